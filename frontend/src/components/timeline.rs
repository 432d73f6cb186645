//! `<Timeline items=vec![TimelineItem { tone, what: "Aprovado".into(), who: "Ana".into(), at, why: None }]/>`: newest first.

use chrono::{DateTime, Utc};
use esteira_shared::status::Tone;
use leptos::prelude::*;

use super::{Icon, RelativeTime, badge::look};
use crate::text::reasons::quotes;

#[derive(Debug, Clone, PartialEq)]
pub struct TimelineItem {
    pub tone: Tone,
    pub what: String,
    pub who: String,
    pub at: DateTime<Utc>,
    /// May hold quotes, as `text::reasons` marks them.
    pub why: Option<String>,
}

#[component]
pub fn Timeline(#[prop(into)] items: Signal<Vec<TimelineItem>>) -> impl IntoView {
    view! {
        <ol class="timeline">
            {move || items.get().into_iter().map(|item| {
                let (suffix, name) = look(item.tone);
                view! {
                    <li class="timeline__item">
                        <span class=format!("timeline__mark st--{suffix}")><Icon name/></span>
                        <div>
                            <div class="timeline__what">{item.what}</div>
                            <div class="timeline__meta">{item.who}" · "<RelativeTime at=item.at/></div>
                            {item.why.map(|why| view! { <div class="timeline__why">{quotes(&why)}</div> })}
                        </div>
                    </li>
                }
            }).collect_view()}
        </ol>
    }
    .into_any()
}
