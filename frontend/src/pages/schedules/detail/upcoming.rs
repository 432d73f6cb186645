//! The next runs, and what is left out between them.

use esteira_shared::{
    dto::schedules::{ScheduleDto, SchedulePreviewQuery, ScheduleState},
    event::Topic,
    ids::ScheduleId,
    reason::ReasonDto,
    schedule::{Preview, PreviewOccurrence, PreviewSkipped},
    status::Tone,
};
use leptos::prelude::*;

use super::super::words;
use crate::{
    api,
    components::{AsyncView, Button, Card, Notice, RelativeTime},
    hooks::use_query,
    i18n::tr,
    text::reasons::{quotes, told},
};

/// How many are shown; all of them are in the tab beside.
const SHOWN: u32 = 5;

#[component]
pub(super) fn Upcoming(id: ScheduleId, data: Signal<ScheduleDto>, active: RwSignal<String>) -> impl IntoView {
    // Read anew when the rule changes, and when what came next is past.
    let version = Memo::new(move |_| data.with(|one| (one.version, one.next.as_ref().map(|slot| slot.at))));
    let query = use_query(&[Topic::Calendars], move || {
        version.track();
        async move {
            let wanted = SchedulePreviewQuery {
                count: Some(SHOWN),
                ..SchedulePreviewQuery::default()
            };
            api::schedules::preview_schedule(id, &wanted).await
        }
    });
    let rests = Memo::new(move |_| data.with(|one| one.state != ScheduleState::Active));
    let aside = move || {
        view! { <Button small=true on_click=move |()| active.set("schedule".to_owned())>{tr!(schedules.see_rule)}</Button> }
    };
    view! {
        <Card title=tr!(schedules.upcoming) aside>
            <AsyncView query let:preview>
                <div class="stack stack--tight">
                    <Show when=move || rests.get()>
                        <p class="small muted">{tr!(schedules.upcoming_rests)}</p>
                    </Show>
                    {move || preview.with(list)}
                </div>
            </AsyncView>
        </Card>
    }
}

fn list(preview: &Preview) -> AnyView {
    if preview.never_fires {
        return view! { <Notice tone=Tone::NeedsYou title=tr!(schedules.never_fires) text=tr!(schedules.never_fires_text)/> }
            .into_any();
    }
    let warnings = preview
        .warnings
        .iter()
        .map(|warning| view! { <p class="small sched-warning">{quotes(&told(warning))}</p> })
        .collect_view();
    let rows = rows(preview).into_iter().map(row).collect_view();
    view! {
        <ol class="sched-next">{rows}</ol>
        {warnings}
    }
    .into_any()
}

enum Row {
    Runs(PreviewOccurrence),
    Skipped(PreviewSkipped),
}

/// By nominal time, what runs among what does not.
fn rows(preview: &Preview) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut skipped = preview.skipped.iter().peekable();
    for runs in &preview.occurrences {
        while let Some(before) = skipped.next_if(|skipped| skipped.nominal <= runs.nominal) {
            rows.push(Row::Skipped(before.clone()));
        }
        rows.push(Row::Runs(runs.clone()));
    }
    rows.extend(skipped.cloned().map(Row::Skipped));
    rows
}

fn row(row: Row) -> AnyView {
    match row {
        Row::Runs(runs) => {
            let moved = reasons(&runs.moved);
            let from = (!runs.moved.is_empty()).then(|| tr!(schedules.moved_from, at = words::local(&runs.nominal)));
            view! {
                <li>
                    <b class="num">{words::local(&runs.local)}</b>
                    <span class="small faint"><RelativeTime at=runs.at/></span>
                    {from.map(|from| view! { <small class="sched-moved">{from}": "{quotes(&moved)}</small> })}
                </li>
            }
            .into_any()
        }
        Row::Skipped(skipped) => {
            let why = told(&skipped.reason);
            view! {
                <li class="is-skipped">
                    <s class="num">{words::local(&skipped.nominal)}</s>
                    <span class="small faint">{tr!(schedules.skipped)}</span>
                    <small>{quotes(&why)}</small>
                </li>
            }
            .into_any()
        }
    }
}

fn reasons(moved: &[ReasonDto]) -> String {
    moved.iter().map(told).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at what is not there")]

    use super::{Preview, Row, rows};

    #[test]
    fn what_does_not_run_stands_where_it_would_have_run() {
        let preview: Preview = serde_json::from_value(serde_json::json!({
            "description": "",
            "occurrences": [
                { "at": "2026-05-04T12:00:00Z", "local": "2026-05-04T09:00", "nominal": "2026-05-02T09:00", "moved": [], "changes": {} },
                { "at": "2026-05-06T12:00:00Z", "local": "2026-05-06T09:00", "nominal": "2026-05-06T09:00", "moved": [], "changes": {} },
            ],
            "skipped": [
                { "nominal": "2026-05-01T09:00", "code": "weekend", "args": {}, "text": "fim de semana" },
                { "nominal": "2026-05-05T09:00", "code": "weekend", "args": {}, "text": "fim de semana" },
                { "nominal": "2026-05-07T09:00", "code": "weekend", "args": {}, "text": "fim de semana" },
            ],
            "skipped_more": false,
            "never_fires": false,
            "warnings": [],
        }))
        .unwrap();
        let shown: Vec<String> = rows(&preview)
            .iter()
            .map(|row| match row {
                Row::Runs(runs) => format!("+{}", runs.nominal.get(8..10).unwrap()),
                Row::Skipped(skipped) => format!("-{}", skipped.nominal.get(8..10).unwrap()),
            })
            .collect();
        assert_eq!(shown, ["-01", "+02", "-05", "+06", "-07"]);
    }
}
