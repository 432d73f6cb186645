//! Queues: what waits in each, and stopping them.

use std::time::Duration;

use esteira_shared::{dto::jobs::QueueDto, event::Topic, permission::Permission, status::Tone};
use leptos::prelude::*;

use super::words;
use crate::{
    api,
    components::{
        AsyncView, Button, Card, ConfirmDialog, ErrorCard, Icon, IconName, KeyedRow, Kind, Mark, RelativeTime,
        keyed_rows,
    },
    hooks::{Mutation, Query, use_look, use_mutation, use_now, use_query},
    i18n::tr,
    pages::processes::words::actor,
    state::{session::use_session, toasts::use_toasts},
    text::format,
};

const LOOK: Duration = Duration::from_secs(10);

#[derive(Clone, Copy)]
struct QueueCommands {
    query: Query<Vec<QueueDto>>,
    change: Mutation,
    chosen: RwSignal<String>,
    asking: RwSignal<bool>,
    may: bool,
}

impl QueueCommands {
    fn pause(self) {
        let name = self.chosen.get_untracked();
        let text = tr!(monitor.queue_paused_done, queue = words::queue(&name));
        self.change
            .run_quietly(async move { api::jobs::pause_queue(&name).await }, move |queues| {
                let _ = self.asking.try_set(false);
                let _ = self.query.data.try_set(Some(queues));
                use_toasts().done(text);
            });
    }

    fn resume(self, name: String) {
        let text = tr!(monitor.queue_resumed_done, queue = words::queue(&name));
        self.change
            .run(async move { api::jobs::resume_queue(&name).await }, move |queues| {
                let _ = self.query.data.try_set(Some(queues));
                use_toasts().done(text);
            });
    }
}

#[component]
pub(super) fn Queues() -> impl IntoView {
    let query = use_query(&[Topic::Jobs], api::jobs::list_queues);
    use_look(LOOK, move || query.look());
    let commands = QueueCommands {
        query,
        change: use_mutation(),
        chosen: RwSignal::new(String::new()),
        asking: RwSignal::new(false),
        may: untrack(|| use_session().may(Permission::ManageEngine)),
    };
    view! {
        <Card title=tr!(monitor.queues) flush=true>
            <AsyncView query let:data>
                <div class="card-table">
                    <div class="table-wrap">
                        <table class="table">
                            <thead>
                                <tr>
                                    <th scope="col">{tr!(monitor.queue)}</th>
                                    <th scope="col">{tr!(monitor.status)}</th>
                                    <th scope="col" class="num">{tr!(monitor.waiting)}</th>
                                    <th scope="col" class="num">{tr!(monitor.running)}</th>
                                    <th scope="col">{tr!(monitor.due_since)}</th>
                                    {commands.may.then(|| view! { <th scope="col" class="table__actions"><span class="sr-only">{tr!(parts.actions)}</span></th> })}
                                </tr>
                            </thead>
                            <tbody>
                                {keyed_rows(move || data.with(|all| {
                                    let names = all.iter().map(|one| one.name.clone());
                                    names.map(|name| KeyedRow::new(name.clone(), move || view! { <Row name data commands/> })).collect()
                                }))}
                            </tbody>
                        </table>
                    </div>
                </div>
            </AsyncView>
        </Card>
        <ConfirmDialog
            open=commands.asking
            title=Signal::derive(move || commands.chosen.with(|name| tr!(monitor.queue_pause_title, queue = words::queue(name))))
            confirm=tr!(monitor.queue_pause)
            busy=commands.change.busy
            on_confirm=move |()| commands.pause()
        >
            {move || commands.change.error.get().map(|error| view! { <ErrorCard error/> })}
            <p>{tr!(monitor.queue_pause_text)}</p>
        </ConfirmDialog>
    }
}

#[component]
fn Row(name: String, data: Signal<Vec<QueueDto>>, commands: QueueCommands) -> impl IntoView {
    let now = use_now();
    let key = name.clone();
    let queue = Memo::new(move |_| data.with(|all| all.iter().find(|one| one.name == key).cloned()));
    let paused = Memo::new(move |_| queue.with(|queue| queue.as_ref().is_some_and(|queue| queue.paused_at.is_some())));
    let number = move |pick: fn(&QueueDto) -> i64| {
        move || queue.with(|queue| queue.as_ref().map(|queue| format::count(pick(queue))))
    };
    let state = move || {
        queue.with(
            |queue| match queue.as_ref().and_then(|queue| queue.paused_at.map(|at| (at, queue))) {
                Some((at, queue)) => {
                    let name = actor(queue.paused_by.as_deref().unwrap_or_default());
                    view! {
                        <span class="cell-status">
                            <Mark tone=Tone::NeedsYou word=tr!(monitor.queue_is_paused)/>
                            <small class="muted">{name}" · "<RelativeTime at/></small>
                        </span>
                    }
                    .into_any()
                }
                None => view! { <Mark tone=Tone::Done word=tr!(monitor.queue_is_open)/> }.into_any(),
            },
        )
    };
    // A job that waits for its time is not due yet.
    let due = move || {
        let since = queue.with(|queue| queue.as_ref().and_then(|queue| queue.due_since));
        match since.filter(|at| **at <= now.get()) {
            Some(at) => view! { <RelativeTime at/> }.into_any(),
            None => view! { <span class="faint">"—"</span> }.into_any(),
        }
    };
    let title = words::queue(&name);
    let said = title.clone();
    let act = move |()| {
        if paused.get_untracked() {
            commands.resume(name.clone());
        } else {
            commands.chosen.set(name.clone());
            commands.change.clear();
            commands.asking.set(true);
        }
    };
    // One button that changes its face, so that it keeps the focus.
    let action = move || {
        view! {
            <td class="table__actions">
                <Button small=true kind=Kind::Ghost busy=commands.change.busy on_click=act>
                    {move || view! { <Icon name=if paused.get() { IconName::Play } else { IconName::Pause }/> }}
                    {move || if paused.get() { tr!(monitor.resume) } else { tr!(monitor.queue_pause) }}
                    <span class="sr-only">" "{said}</span>
                </Button>
            </td>
        }
    };
    view! {
        <tr>
            <td class="table__main">{title}</td>
            <td data-label=tr!(monitor.status)>{state}</td>
            <td class="num" data-label=tr!(monitor.waiting)>{number(|queue| queue.waiting)}</td>
            <td class="num" data-label=tr!(monitor.running)>{number(|queue| queue.running)}</td>
            <td data-label=tr!(monitor.due_since)>{due}</td>
            {commands.may.then(action)}
        </tr>
    }
    .into_any()
}
