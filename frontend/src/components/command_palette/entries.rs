//! What the palette offers.

use esteira_shared::{
    dto::search::{SearchHitDto, SearchKind},
    month::Month,
    permission::Permission,
};
use serde::{Deserialize, Serialize};

use super::super::IconName;
use crate::{
    api::{self, ApiResult},
    base::Address,
    i18n::{Locale, tr},
    routes::{self, paths},
    state::{
        Session,
        prefs::{Density, Theme},
        session::RECENT,
        storage,
    },
    text::{format, schedules, status, tasks},
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
    /// Of what the server found; pages and actions have none.
    pub(super) kind: Option<SearchKind>,
}

/// What was opened last, then pages and actions whose words hold what was typed.
pub(super) fn fixed(session: Session, wanted: &str) -> Vec<Entry> {
    let page = |icon, label: &str, address: Address| Entry {
        group: tr!(parts.palette_pages),
        icon,
        label: label.to_owned(),
        note: String::new(),
        act: Act::Go(address.to_string()),
        kind: None,
    };
    let pages = routes::rail(session)
        .into_iter()
        .map(|row| page(row.icon, (row.label)(), row.address()));
    let account = page(IconName::Users, tr!(account.title), paths::ACCOUNT);
    let wanted = plain(wanted);
    recent()
        .into_iter()
        .chain(pages)
        .chain([account])
        .chain(work(session))
        .chain(actions())
        .filter(|entry| plain(&format!("{} {}", entry.label, entry.note)).contains(&wanted))
        .collect()
}

/// Things to start, each on the page that asks before it does anything.
fn work(session: Session) -> impl Iterator<Item = Entry> {
    let start = |icon, label: String, path: String| Entry {
        group: tr!(parts.palette_actions),
        icon,
        label,
        note: String::new(),
        act: Act::Go(path),
        kind: None,
    };
    let open = session.may(Permission::OpenMonth).then(|| {
        let month = Month::of(format::today());
        let label = tr!(parts.palette_open_month, month = format::month_digits(month));
        start(IconName::Month, label, paths::month(month))
    });
    let import = session.may(Permission::WriteRegistry).then(|| {
        start(
            IconName::Upload,
            tr!(import.title).to_owned(),
            paths::CLIENTS_IMPORT.to_string(),
        )
    });
    open.into_iter().chain(import)
}

fn actions() -> impl Iterator<Item = Entry> {
    let action = |icon, label: &str, note: &str, act| Entry {
        group: tr!(parts.palette_actions),
        icon,
        label: label.to_owned(),
        note: note.to_owned(),
        act,
        kind: None,
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

/// What the server finds.
pub(super) async fn search(wanted: &str) -> ApiResult<Vec<Entry>> {
    let hits = api::search::search(wanted).await?;
    let mut found: Vec<Entry> = hits.into_iter().filter_map(entry).collect();
    // Who was named comes before the many processes of theirs.
    found.sort_by_key(|entry| match entry.kind {
        Some(SearchKind::Client) => 0,
        Some(SearchKind::Operator) => 1,
        Some(SearchKind::Schedule) => 2,
        Some(SearchKind::Process) => 3,
        Some(SearchKind::Job) | None => 4,
    });
    Ok(found)
}

/// Something found and opened, as it is kept in the browser until the person signs out.
#[derive(Serialize, Deserialize)]
struct Opened {
    kind: SearchKind,
    label: String,
    note: String,
    address: String,
}

const RECENT_KEPT: usize = 5;

fn icon_of(kind: SearchKind) -> IconName {
    match kind {
        SearchKind::Process => IconName::Process,
        SearchKind::Job => IconName::Monitor,
        SearchKind::Client => IconName::Client,
        SearchKind::Operator => IconName::Operator,
        SearchKind::Schedule => IconName::Clock,
    }
}

fn opened() -> Vec<Opened> {
    storage::read(RECENT)
        .and_then(|text| serde_json::from_str(&text).ok())
        .unwrap_or_default()
}

fn recent() -> Vec<Entry> {
    let show = |one: Opened| Entry {
        group: tr!(parts.palette_recent),
        icon: icon_of(one.kind),
        label: one.label,
        note: one.note,
        act: Act::Go(one.address),
        kind: Some(one.kind),
    };
    opened().into_iter().map(show).collect()
}

/// Remembers a result that was opened.
pub(super) fn remember(entry: &Entry) {
    let (Some(kind), Act::Go(address)) = (entry.kind, &entry.act) else {
        return;
    };
    let mut all = opened();
    all.retain(|one| one.address != *address);
    let now = Opened {
        kind,
        label: entry.label.clone(),
        note: entry.note.clone(),
        address: address.clone(),
    };
    all.insert(0, now);
    all.truncate(RECENT_KEPT);
    if let Ok(text) = serde_json::to_string(&all) {
        storage::write(RECENT, &text);
    }
}

fn entry(hit: SearchHitDto) -> Option<Entry> {
    let address = match hit.kind {
        SearchKind::Process => paths::process(hit.id),
        SearchKind::Client => paths::client(hit.id),
        SearchKind::Operator => paths::operator_named(&hit.title),
        SearchKind::Job => paths::job(hit.id),
        SearchKind::Schedule => paths::schedule(hit.id),
    };
    let (title, note) = match hit.kind {
        // The server names the task and its status by their codes.
        SearchKind::Job => {
            let status = hit.subtitle.parse().map(status::job);
            (tasks::title(&hit.title), status.map_or(hit.subtitle, str::to_owned))
        }
        SearchKind::Schedule => {
            let kind = hit.subtitle.parse().map(schedules::kind);
            (hit.title, kind.map_or(hit.subtitle, str::to_owned))
        }
        _ => (hit.title, hit.subtitle),
    };
    let mut notes = vec![note];
    notes.extend(hit.month.map(format::month_digits));
    notes.extend(hit.status.map(|status| status::process(status).to_owned()));
    notes.retain(|note| !note.is_empty());
    Some(Entry {
        group: match hit.kind {
            SearchKind::Client => tr!(frame.clients),
            SearchKind::Operator => tr!(frame.operators),
            SearchKind::Process => tr!(frame.processes),
            SearchKind::Job => tr!(monitor.jobs),
            SearchKind::Schedule => tr!(frame.schedules),
        },
        icon: icon_of(hit.kind),
        label: title,
        note: notes.join(" · "),
        act: Act::Go(address),
        kind: Some(hit.kind),
    })
}
