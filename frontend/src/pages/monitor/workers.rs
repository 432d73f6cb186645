//! Who runs jobs: each worker with its places, its pulse and what it does now.

use std::time::Duration;

use esteira_shared::{
    dto::jobs::{JobDto, JobQuery, WorkerDto},
    event::Topic,
    ids::WorkerId,
    status::Tone,
};
use leptos::prelude::*;
use leptos_router::components::A;

use super::words;
use crate::{
    api,
    components::{
        AsyncView, Button, ConfirmDialog, EmptyState, ErrorCard, Icon, IconName, KeyedRow, Kind, Mark, ProgressBar,
        RelativeTime, keyed_rows,
    },
    hooks::{Mutation, Query, use_look, use_mutation, use_query},
    i18n::{counted, tr},
    pages::processes::words::actor,
    routes::paths,
    state::toasts::use_toasts,
    text::{format, tasks},
};

/// A pulse is no event of the live stream.
const LOOK: Duration = Duration::from_secs(5);

/// More places than this are only counted.
const PLACES: i32 = 40;

#[derive(Clone, Copy)]
struct WorkerCommands {
    query: Query<Vec<WorkerDto>>,
    change: Mutation,
    /// Who is asked about in the open dialog.
    chosen: RwSignal<Option<(WorkerId, String)>>,
    asking: RwSignal<bool>,
}

/// Where it runs; its id for whoever is not told.
fn name(worker: &WorkerDto) -> String {
    worker.host.clone().unwrap_or_else(|| tasks::short_id(worker.id))
}

impl WorkerCommands {
    fn ask(self, worker: &WorkerDto) {
        self.chosen.set(Some((worker.id, name(worker))));
        self.change.clear();
        self.asking.set(true);
    }

    fn drain(self) {
        let Some((id, host)) = self.chosen.get_untracked() else {
            return;
        };
        self.change.run_quietly(api::jobs::drain_worker(id), move |workers| {
            let _ = self.asking.try_set(false);
            let _ = self.query.data.try_set(Some(workers));
            use_toasts().done(tr!(monitor.drained, host = host));
        });
    }

    fn resume(self, worker: &WorkerDto) {
        let host = name(worker);
        self.change.run(api::jobs::resume_worker(worker.id), move |workers| {
            let _ = self.query.data.try_set(Some(workers));
            use_toasts().done(tr!(monitor.resumed, host = host));
        });
    }
}

#[component]
pub(super) fn Workers() -> impl IntoView {
    let query = use_query(&[Topic::Jobs], api::jobs::list_workers);
    use_look(LOOK, move || query.look());
    let commands = WorkerCommands {
        query,
        change: use_mutation(),
        chosen: RwSignal::new(None),
        asking: RwSignal::new(false),
    };
    let host = move || {
        commands
            .chosen
            .with(|chosen| chosen.as_ref().map(|(_, host)| host.clone()).unwrap_or_default())
    };
    let empty = || view! { <EmptyState icon=IconName::Monitor title=tr!(monitor.no_workers) text=tr!(monitor.no_workers_text)/> };
    view! {
        <AsyncView query empty_when=Vec::is_empty empty let:data>
            <ul class="workers">
                {keyed_rows(move || data.with(|all| {
                    let ids = all.iter().map(|one| one.id);
                    ids.map(|id| KeyedRow::new(id, move || view! { <OneWorker id data commands/> })).collect()
                }))}
            </ul>
        </AsyncView>
        <ConfirmDialog
            open=commands.asking
            title=Signal::derive(move || tr!(monitor.drain_title, host = host()))
            confirm=tr!(monitor.drain)
            busy=commands.change.busy
            on_confirm=move |()| commands.drain()
        >
            {move || commands.change.error.get().map(|error| view! { <ErrorCard error/> })}
            <p>{tr!(monitor.drain_text)}</p>
        </ConfirmDialog>
    }
}

#[component]
fn OneWorker(id: WorkerId, data: Signal<Vec<WorkerDto>>, commands: WorkerCommands) -> impl IntoView {
    // Its card stays while its numbers change, so that a button keeps the focus.
    let worker = Memo::new(move |old: Option<&Option<WorkerDto>>| {
        let now = data.with(|all| all.iter().find(|one| one.id == id).cloned());
        now.or_else(|| old.cloned().flatten())
    });
    let part = move |draw: fn(&WorkerDto) -> AnyView| move || worker.with(|one| one.as_ref().map(draw));
    let draining = Memo::new(move |_| worker.with(|one| one.as_ref().is_some_and(|one| one.draining_at.is_some())));
    let alive = Memo::new(move |_| worker.with(|one| one.as_ref().is_some_and(|one| one.alive)));
    let act = move || {
        let Some(one) = worker.get_untracked() else { return };
        if one.draining_at.is_some() {
            commands.resume(&one);
        } else {
            commands.ask(&one);
        }
    };
    // Only who may drain it is told where it runs.
    let may = Memo::new(move |_| worker.with(|one| one.as_ref().is_some_and(|one| one.host.is_some())));
    let jobs = Memo::new(move |_| worker.with(|one| one.as_ref().map(|one| one.jobs.clone()).unwrap_or_default()));
    let running = Memo::new(move |_| worker.with(|one| one.as_ref().map_or(0, |one| one.running)));
    view! {
        <li class="card worker">
            {part(head)}
            {part(places)}
            {part(facts)}
            <Doing id jobs running/>
            <Show when=move || may.get() && (alive.get() || draining.get())>
                <div class="worker__foot">
                    <Button small=true kind=Kind::Ghost busy=commands.change.busy on_click=move |()| act()>
                        {move || view! { <Icon name=if draining.get() { IconName::Play } else { IconName::Pause }/> }}
                        {move || if draining.get() { tr!(monitor.resume) } else { tr!(monitor.drain) }}
                        <span class="sr-only">" "{move || worker.with(|one| one.as_ref().map(name))}</span>
                    </Button>
                </div>
            </Show>
        </li>
    }
    .into_any()
}

fn head(worker: &WorkerDto) -> AnyView {
    let (tone, word) = match (worker.alive, worker.draining_at) {
        (false, _) => (Tone::Failed, tr!(monitor.worker_silent)),
        (true, Some(_)) => (Tone::NeedsYou, tr!(monitor.worker_draining)),
        (true, None) => (Tone::Done, tr!(monitor.worker_alive)),
    };
    view! {
        <div class="worker__head">
            <h3 class="mono break">{name(worker)}</h3>
            <Mark tone word pill=true/>
        </div>
    }
    .into_any()
}

fn places(worker: &WorkerDto) -> AnyView {
    let words = tr!(
        monitor.slots_used,
        running = format::count(worker.running),
        slots = worker.slots
    );
    let blocks = (1..=PLACES).contains(&worker.slots).then(|| {
        let used = worker.running;
        view! {
            <div class="slots" aria-hidden="true">
                {(0..worker.slots).map(|place| view! { <i class:is-used=i64::from(place) < used></i> }).collect_view()}
            </div>
        }
    });
    view! { <div class="worker__places">{blocks}<small class="num muted">{words}</small></div> }.into_any()
}

fn facts(worker: &WorkerDto) -> AnyView {
    let drained = worker.draining_at.map(|at| {
        let name = worker.drained_by.as_deref().map(|name| format!("{} · ", actor(name)));
        view! { <dt>{tr!(monitor.draining_since)}</dt><dd>{name}<RelativeTime at/></dd> }
    });
    view! {
        <dl class="facts">
            <dt>{tr!(monitor.pulse)}</dt><dd><RelativeTime at=worker.heartbeat_at/></dd>
            <dt>{tr!(monitor.up_since)}</dt><dd><RelativeTime at=worker.started_at/></dd>
            <dt>{tr!(monitor.version)}</dt><dd class="mono">{worker.version.clone()}</dd>
            {worker.pid.map(|pid| view! { <dt>"PID"</dt><dd class="mono">{pid}</dd> })}
            {drained}
        </dl>
    }
    .into_any()
}

#[component]
fn Doing(id: WorkerId, jobs: Memo<Vec<JobDto>>, running: Memo<i64>) -> impl IntoView {
    let idle = Memo::new(move |_| running.get() == 0);
    let others = move || running.get() - i64::try_from(jobs.with(Vec::len)).unwrap_or(0);
    let here = paths::jobs_where(&JobQuery {
        worker_id: Some(id),
        ..JobQuery::default()
    });
    view! {
        <Show when=move || !idle.get() fallback=|| view! { <p class="small faint">{tr!(monitor.worker_idle)}</p> }>
            <div class="worker__jobs">
                <ul aria-label=tr!(monitor.worker_jobs)>
                    {keyed_rows(move || {
                        let all = jobs.get().into_iter();
                        all.map(|job| KeyedRow::new(job.id, move || view! { <OneJob job jobs/> })).collect()
                    })}
                </ul>
                {move || match others() {
                    ..=0 => None,
                    others => Some(view! { <p class="small faint">{counted!(monitor.others_single, monitor.others_many, others)}</p> }),
                }}
                <A href=here.clone() attr:class="link small">{tr!(monitor.see_in_list)}</A>
            </div>
        </Show>
    }
}

#[component]
fn OneJob(job: JobDto, jobs: Memo<Vec<JobDto>>) -> impl IntoView {
    let id = job.id;
    let now = Memo::new(move |_| jobs.with(|jobs| jobs.iter().find(|one| one.id == id).cloned()));
    let (title, short) = (tasks::title(&job.task), tasks::short_id(id));
    let name = title.clone();
    let share = Signal::derive(move || now.with(|now| now.as_ref().map(|now| f64::from(now.progress) / 100.0)));
    let cancelling = move || {
        now.with(|now| {
            let now = now.as_ref()?;
            now.cancel_requested_at.is_some().then(|| words::mark(now, false))
        })
    };
    view! {
        <li>
            <div class="line line--between">
                <A href=paths::job(id) attr:class="link">{name}" "<span class="mono small">{short}</span></A>
                {cancelling}
                {job.started_at.map(|at| view! { <small class="faint"><RelativeTime at/></small> })}
            </div>
            <ProgressBar share label=title/>
        </li>
    }
}
