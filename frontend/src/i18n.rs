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

/// `counted!(home.due_single, home.due_many, count)`: "1 processo vence", else "12 processos vencem", the number grouped.
macro_rules! counted {
    ($one_in:ident . $one:ident, $many_in:ident . $many:ident, $count:expr) => {
        match $count {
            1 => $crate::i18n::tr!($one_in.$one).to_owned(),
            count => $crate::i18n::tr!($many_in.$many, count = $crate::text::format::count(i64::from(count))),
        }
    };
}
pub(crate) use counted;
