//! What the palette offers.

use esteira_shared::dto::search::{SearchHitDto, SearchKind};

use super::super::IconName;
use crate::{
    api,
    i18n::{Locale, tr},
    routes::{self, paths},
    state::{
        Session,
        prefs::{Density, Theme},
    },
    text::{format, status},
};

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Act {
    Go(String),
    Theme(Theme),
    Density(Density),
    Language(Locale),
    SignOut,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry {
    pub(super) group: &'static str,
    pub(super) icon: IconName,
    pub(super) label: String,
    pub(super) note: String,
    pub(super) act: Act,
}

/// Pages and actions whose words hold what was typed.
pub(super) fn fixed(session: Session, wanted: &str) -> Vec<Entry> {
    let pages = routes::rail(session).into_iter().map(|row| Entry {
        group: tr!(parts.palette_pages),
        icon: row.icon,
        label: (row.label)().to_owned(),
        note: String::new(),
        act: Act::Go(row.path.to_owned()),
    });
    let wanted = plain(wanted);
    pages
        .chain(actions())
        .filter(|entry| plain(&format!("{} {}", entry.label, entry.note)).contains(&wanted))
        .collect()
}

fn actions() -> impl Iterator<Item = Entry> {
    let action = |icon, label: &str, note: &str, act| Entry {
        group: tr!(parts.palette_actions),
        icon,
        label: label.to_owned(),
        note: note.to_owned(),
        act,
    };
    let theme = |label: &str, theme| action(IconName::Appearance, label, tr!(frame.theme), Act::Theme(theme));
    let density = |label: &str, density| action(IconName::Process, label, tr!(frame.density), Act::Density(density));
    let language = |label: &str, locale| action(IconName::Language, label, tr!(frame.language), Act::Language(locale));
    [
        theme(tr!(frame.theme_light), Theme::Light),
        theme(tr!(frame.theme_dark), Theme::Dark),
        theme(tr!(frame.theme_system), Theme::System),
        density(tr!(frame.density_compact), Density::Compact),
        density(tr!(frame.density_normal), Density::Normal),
        density(tr!(frame.density_comfortable), Density::Comfortable),
        language("Português", Locale::pt_BR),
        language("English", Locale::en),
        action(IconName::SignOut, tr!(frame.sign_out), "", Act::SignOut),
    ]
    .into_iter()
}

/// Lower case and without accents, so that "mes" finds "Mês".
fn plain(text: &str) -> String {
    text.to_lowercase()
        .chars()
        .map(|c| match c {
            'á' | 'à' | 'â' | 'ã' => 'a',
            'é' | 'ê' => 'e',
            'í' => 'i',
            'ó' | 'ô' | 'õ' => 'o',
            'ú' => 'u',
            'ç' => 'c',
            other => other,
        })
        .collect()
}

/// What the server finds. A failed search shows nothing: the pages and actions remain.
pub(super) async fn search(wanted: &str) -> Vec<Entry> {
    let hits = api::search::search(wanted).await.unwrap_or_default();
    hits.into_iter().filter_map(entry).collect()
}

fn entry(hit: SearchHitDto) -> Option<Entry> {
    let (icon, address) = match hit.kind {
        SearchKind::Process => (IconName::Process, paths::process(hit.id)),
        SearchKind::Client => (IconName::Client, paths::client(hit.id)),
        SearchKind::Operator => (IconName::Operator, paths::operator_named(&hit.title)),
        // There is no page for jobs yet.
        SearchKind::Job => return None,
    };
    let mut notes = vec![hit.subtitle];
    notes.extend(hit.month.map(format::month_digits));
    notes.extend(hit.status.map(|status| status::process(status).to_owned()));
    notes.retain(|note| !note.is_empty());
    Some(Entry {
        group: tr!(parts.palette_results),
        icon,
        label: hit.title,
        note: notes.join(" · "),
        act: Act::Go(address),
    })
}
