//! The name, how it stands, when it fires next, and what can be done.

use esteira_shared::dto::schedules::{ScheduleDto, ScheduleState};
use leptos::prelude::*;

use super::super::{
    dialogs::{ScheduleDialogs, use_resume},
    words,
};
use crate::{
    components::{Badge, Button, IconName, Menu, MenuItem, PageHead, RelativeTime},
    hooks::Query,
    i18n::tr,
    text::schedules,
};

#[component]
pub(super) fn Head(
    data: Signal<ScheduleDto>,
    query: Query<ScheduleDto>,
    dialogs: ScheduleDialogs,
    may_manage: bool,
) -> impl IntoView {
    view! {
        <PageHead title=Signal::derive(move || data.with(|one| one.name.clone()))>
            {may_manage.then(|| view! { <Actions data query dialogs/> })}
        </PageHead>
        <div class="process__line">{move || data.with(line)}</div>
    }
}

#[component]
fn Actions(data: Signal<ScheduleDto>, query: Query<ScheduleDto>, dialogs: ScheduleDialogs) -> impl IntoView {
    let state = Memo::new(move |_| data.with(|one| one.state));
    let (resume, resuming) = use_resume(Callback::new(move |()| query.refetch()));
    let on = move |dialog| dialogs.on(data.get_untracked(), dialog);
    view! {
        <Button icon=IconName::Play on_click=move |()| on(dialogs.run)>{tr!(schedules.run_now)}</Button>
        <Show when=move || state.get() == ScheduleState::Active>
            <Button icon=IconName::Pause on_click=move |()| on(dialogs.pause)>{tr!(schedules.pause)}</Button>
        </Show>
        <Show when=move || state.get() == ScheduleState::Paused>
            <Button icon=IconName::Retry busy=resuming on_click=move |()| resume.run(data.get_untracked())>{tr!(schedules.resume)}</Button>
        </Show>
        <Menu label=tr!(parts.actions)>
            <MenuItem icon=IconName::Schedule on_click=move |()| on(dialogs.backfill)>{tr!(schedules.backfill)}</MenuItem>
            <div class="menu__sep" role="separator"></div>
            <MenuItem icon=IconName::Trash danger=true on_click=move |()| on(dialogs.removal)>{tr!(forms.delete)}</MenuItem>
        </Menu>
    }
}

/// State, kind, next and last run.
fn line(one: &ScheduleDto) -> impl IntoView + use<> {
    let (state, kind) = (words::state(one, true), schedules::kind(one.kind));
    let next = one.next.as_ref().map(|slot| slot.at);
    let last = one.last.as_ref().map(|run| {
        let at = run.fired_at.unwrap_or(run.due_at);
        (words::mark(run, false), at)
    });
    view! {
        {state}
        <Badge>{kind}</Badge>
        {next.map(|at| view! { <span class="muted">{tr!(schedules.next)}": "<RelativeTime at/></span> })}
        {last.map(|(mark, at)| view! { <span class="muted">{tr!(schedules.last)}": "{mark}" "<RelativeTime at/></span> })}
    }
}
