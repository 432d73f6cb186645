//! Translations, checked at compile time: a missing key or argument does not build.
//!
//! A changed language draws the whole page again (see `app`), so texts are plain strings, never signals.

use std::cell::Cell;

#[expect(
    unused_imports,
    dead_code,
    clippy::expect_used,
    reason = "made by build.rs, which brings more than is used"
)]
mod made {
    include!(concat!(env!("OUT_DIR"), "/i18n.rs"));
}

pub use made::i18n::Locale;

thread_local! {
    static LOCALE: Cell<Locale> = const { Cell::new(Locale::pt_BR) };
}

/// The language texts are written in now.
pub fn locale() -> Locale {
    LOCALE.with(Cell::get)
}

/// Called by `state::prefs` only, before the page is drawn again.
pub fn use_locale(locale: Locale) {
    LOCALE.with(|cell| cell.set(locale));
}

/// `tr!(parts.save)` or `tr!(parts.sort_by, name = label)`: the text in the current language.
macro_rules! tr {
    ($($key:tt)+) => {
        leptos_i18n::td_string!($crate::i18n::locale(), $($key)+)
    };
}
pub(crate) use tr;
