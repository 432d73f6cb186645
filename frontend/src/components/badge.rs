//! `<StatusBadge status=process.status/>`, `<StatusBadge status pill=true/>`, `<JobBadge status=job.status/>`,
//! `<Mark tone=Tone::NeedsYou word="Para aprovar"/>`, `<Badge>"v2"</Badge>`. Status is colour, mark and word together.

use esteira_shared::status::{JobStatus, ProcessStatus, Tone};
use leptos::prelude::*;

use super::{Icon, IconName};
use crate::text::status;

/// CSS suffix and mark of a tone.
pub(super) fn look(tone: Tone) -> (&'static str, IconName) {
    match tone {
        Tone::Waiting => ("idle", IconName::Waiting),
        Tone::Running => ("run", IconName::Running),
        Tone::NeedsYou => ("need", IconName::Needs),
        Tone::Done => ("done", IconName::Done),
        Tone::Failed => ("fail", IconName::Failed),
        Tone::Cancelled => ("off", IconName::Cancelled),
    }
}

/// Colour, mark and word of a tone.
#[component]
pub fn Mark(
    tone: Tone,
    #[prop(into)] word: String,
    #[prop(optional)] pill: bool,
    /// Another mark than the tone's, for a status that runs without moving.
    #[prop(optional, into)]
    icon: Option<IconName>,
) -> impl IntoView {
    let (suffix, usual) = look(tone);
    let class = format!("st st--{suffix}{}", if pill { " st--pill" } else { "" });
    let name = icon.unwrap_or(usual);
    view! { <span class=class><Icon name spin=name == IconName::Running/>{word}</span> }.into_any()
}

#[component]
pub fn StatusBadge(
    status: ProcessStatus,
    #[prop(optional)] pill: bool,
    /// One word, for the cells of the month.
    #[prop(optional)]
    short: bool,
) -> impl IntoView {
    let word = if short {
        status::process_short(status)
    } else {
        status::process(status)
    };
    // Waiting for its turn at SAT is under way, but nothing moves yet.
    let icon = if status == ProcessStatus::AguardandoEnvioSat {
        IconName::Send
    } else {
        look(status.tone()).1
    };
    view! { <Mark tone=status.tone() word pill icon/> }
}

#[component]
pub fn JobBadge(status: JobStatus, #[prop(optional)] pill: bool) -> impl IntoView {
    view! { <Mark tone=status.tone() word=status::job(status) pill/> }
}

/// A quiet label that is no status: a version, a role, a count.
#[component]
pub fn Badge(#[prop(optional)] accent: bool, children: Children) -> impl IntoView {
    view! { <span class="badge" class:badge--accent=accent>{children()}</span> }.into_any()
}
