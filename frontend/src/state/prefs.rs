//! Theme, density, language, the rail's width and how logs are read, kept in the browser. `boot.js` reads the first three
//! before the first paint.

use leptos::prelude::*;

use super::storage;
use crate::i18n::{self, Locale};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    System,
    Light,
    Dark,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Density {
    Compact,
    Normal,
    Comfortable,
}

/// The time beside each line of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogTime {
    Hidden,
    /// Since the log began.
    Elapsed,
    Clock,
}

#[derive(Clone, Copy)]
pub struct Prefs {
    pub theme: RwSignal<Theme>,
    pub density: RwSignal<Density>,
    pub locale: RwSignal<Locale>,
    pub narrow_rail: RwSignal<bool>,
    /// Long lines of a log are wrapped.
    pub log_wrap: RwSignal<bool>,
    pub log_time: RwSignal<LogTime>,
}

impl Prefs {
    pub fn provide() -> Self {
        let (theme, locale) = (kept_theme(), kept_locale());
        i18n::use_locale(locale);
        let density = match storage::read("density").as_deref() {
            Some("compact") => Density::Compact,
            Some("comfortable") => Density::Comfortable,
            _ => Density::Normal,
        };
        let log_time = match storage::read("log.time").as_deref() {
            Some("hidden") => LogTime::Hidden,
            Some("elapsed") => LogTime::Elapsed,
            _ => LogTime::Clock,
        };
        let prefs = Self {
            theme: RwSignal::new(theme),
            density: RwSignal::new(density),
            locale: RwSignal::new(locale),
            narrow_rail: RwSignal::new(storage::read("rail").as_deref() == Some("narrow")),
            log_wrap: RwSignal::new(storage::read("log.wrap").as_deref() == Some("on")),
            log_time: RwSignal::new(log_time),
        };
        provide_context(prefs);
        prefs
    }

    /// The sign-in form changes theme and language.
    pub fn read_again(self) {
        let (theme, locale) = (kept_theme(), kept_locale());
        if theme != self.theme.get_untracked() {
            self.theme.set(theme);
        }
        if locale != self.locale.get_untracked() {
            i18n::use_locale(locale);
            self.locale.set(locale);
        }
    }

    pub fn set_theme(self, theme: Theme) {
        let word = match theme {
            Theme::System => "system",
            Theme::Light => "light",
            Theme::Dark => "dark",
        };
        storage::write("theme", word);
        let dark = match theme {
            Theme::System => prefers_dark(),
            Theme::Light => false,
            Theme::Dark => true,
        };
        set_on_root("data-theme", if dark { "dark" } else { "light" });
        self.theme.set(theme);
    }

    /// Light or dark, whatever the choice says.
    pub fn shown_theme(self) -> Theme {
        match self.theme.get() {
            Theme::System if prefers_dark() => Theme::Dark,
            Theme::System => Theme::Light,
            chosen => chosen,
        }
    }

    pub fn set_density(self, density: Density) {
        let word = match density {
            Density::Compact => "compact",
            Density::Normal => "normal",
            Density::Comfortable => "comfortable",
        };
        storage::write("density", word);
        set_on_root("data-density", word);
        self.density.set(density);
    }

    /// Draws the whole page again, in that language.
    pub fn set_locale(self, locale: Locale) {
        let (word, tag) = match locale {
            Locale::pt_BR => ("pt-BR", "pt-BR"),
            Locale::en => ("en", "en"),
        };
        storage::write("locale", word);
        set_on_root("lang", tag);
        i18n::use_locale(locale);
        self.locale.set(locale);
    }

    pub fn toggle_rail(self) {
        self.narrow_rail.update(|narrow| *narrow = !*narrow);
        storage::write(
            "rail",
            if self.narrow_rail.get_untracked() {
                "narrow"
            } else {
                "wide"
            },
        );
    }

    pub fn toggle_log_wrap(self) {
        self.log_wrap.update(|wrap| *wrap = !*wrap);
        storage::write("log.wrap", if self.log_wrap.get_untracked() { "on" } else { "off" });
    }

    pub fn set_log_time(self, time: LogTime) {
        let word = match time {
            LogTime::Hidden => "hidden",
            LogTime::Elapsed => "elapsed",
            LogTime::Clock => "clock",
        };
        storage::write("log.time", word);
        self.log_time.set(time);
    }
}

pub fn use_prefs() -> Prefs {
    use_context::<Prefs>().unwrap_or_else(Prefs::provide)
}

fn kept_theme() -> Theme {
    match storage::read("theme").as_deref() {
        Some("light") => Theme::Light,
        Some("dark") => Theme::Dark,
        _ => Theme::System,
    }
}

/// What the page says already: boot.js and the sign-in form put it there, also where storage is refused.
fn kept_locale() -> Locale {
    let root = document().document_element();
    match root.and_then(|root| root.get_attribute("lang")).as_deref() {
        Some("en") => Locale::en,
        _ => Locale::pt_BR,
    }
}

fn prefers_dark() -> bool {
    window()
        .match_media("(prefers-color-scheme: dark)")
        .ok()
        .flatten()
        .is_some_and(|media| media.matches())
}

fn set_on_root(attribute: &str, value: &str) {
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute(attribute, value);
    }
}
