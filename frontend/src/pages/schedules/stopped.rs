//! Schedules that the program paused: said where nobody can miss it, with the way back.

use esteira_shared::{
    dto::schedules::{ScheduleDto, ScheduleQuery, ScheduleState},
    event::Topic,
    status::{PauseCause, Tone},
};
use leptos::prelude::*;
use leptos_router::components::A;

use super::{dialogs::use_resume, words};
use crate::{
    api,
    components::{Button, IconName, LinkButton, Notice},
    hooks::{Query, use_query},
    i18n::{counted, tr},
    routes::paths,
    text::{
        format,
        reasons::{quotes, told},
    },
};

/// More of them than this are only counted.
const NAMED: usize = 4;

/// Above the list: those that wait for somebody.
#[component]
pub(super) fn Stopped() -> impl IntoView {
    let paused = use_query(&[Topic::Schedules], || async {
        let wanted = ScheduleQuery {
            state: Some(ScheduleState::Paused),
            limit: Some(100),
            ..ScheduleQuery::default()
        };
        api::schedules::list_schedules(&wanted).await
    });
    let stopped = Memo::new(move |_| {
        paused.data.with(|page| {
            let items = page.iter().flat_map(|page| &page.items);
            items
                .filter(|one| words::is_stopped(one))
                .map(|one| (one.id, one.name.clone()))
                .collect::<Vec<_>>()
        })
    });
    move || {
        let stopped = stopped.get();
        if stopped.is_empty() {
            return None;
        }
        let count = i64::try_from(stopped.len()).unwrap_or(i64::MAX);
        let more = stopped.len().saturating_sub(NAMED);
        let title = counted!(schedules.stopped_single, schedules.stopped_many, count);
        let names = stopped
            .into_iter()
            .take(NAMED)
            .map(|(id, name)| view! { <li><A href=paths::schedule(id) attr:class="link">{name}</A></li> })
            .collect_view();
        let more = (more > 0).then(|| {
            let more = i64::try_from(more).unwrap_or(i64::MAX);
            view! { <li>{tr!(schedules.and_more, count = format::count(more))}</li> }
        });
        Some(view! {
            <div role="status">
                <Notice tone=Tone::Failed title text=tr!(schedules.stopped_text)>
                    <ul class="places">{names}{more}</ul>
                </Notice>
            </div>
        })
    }
}

/// On a schedule's own page: that it does not fire, why, and the way back.
#[component]
pub(super) fn Paused(data: Signal<ScheduleDto>, query: Query<ScheduleDto>, may_manage: bool) -> impl IntoView {
    let (resume, busy) = use_resume(Callback::new(move |()| query.refetch()));
    let shown = Memo::new(move |_| {
        data.with(|one| {
            let pause = one.pause.as_ref().filter(|_| one.state == ScheduleState::Paused)?;
            let failure = one.last.as_ref().and_then(|run| run.failure.as_ref()).map(told);
            let words = words::paused_by(one).unwrap_or_default();
            Some((pause.cause, words, one.failures_in_row, failure))
        })
    });
    move || {
        shown.get().map(|(cause, by, failures, failure)| {
            let (tone, title, text) = match cause {
                PauseCause::Person => (Tone::Waiting, tr!(schedules.paused_title).to_owned(), by),
                PauseCause::Failures => (
                    Tone::Failed,
                    tr!(schedules.stopped_failures, count = format::count(failures.into())),
                    tr!(schedules.stopped_failures_text).to_owned(),
                ),
                PauseCause::Unusable => (
                    Tone::NeedsYou,
                    tr!(schedules.stopped_unusable).to_owned(),
                    tr!(schedules.stopped_unusable_text).to_owned(),
                ),
            };
            let failure = failure.filter(|_| cause == PauseCause::Failures);
            let history = paths::schedule_history(data.with_untracked(|one| one.id));
            view! {
                <Notice tone title text>
                    {failure.map(|why| view! { <p class="sched-why">{tr!(schedules.last_failure)}": "{quotes(&why)}</p> })}
                    {may_manage.then(|| view! {
                        <Button small=true icon=IconName::Play busy=busy on_click=move |()| resume.run(data.get_untracked())>{tr!(schedules.resume)}</Button>
                    })}
                    {(cause == PauseCause::Failures).then(|| view! { <LinkButton small=true href=history>{tr!(schedules.see_history)}</LinkButton> })}
                </Notice>
            }
        })
    }
}
