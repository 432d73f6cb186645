//! Every attempt as one chain, the newest first.

use std::collections::BTreeMap;

use esteira_shared::{
    dto::jobs::{JobAttemptDto, JobDetailDto, JobDto},
    ids::WorkerId,
    status::{JobStatus, Tone},
};
use leptos::prelude::*;

use super::super::words;
use crate::{
    api,
    components::{Card, Timeline, TimelineItem},
    hooks::use_query,
    i18n::tr,
    text::{format, reasons::told, tasks},
};

type Hosts = BTreeMap<WorkerId, String>;

#[component]
pub(super) fn Attempts(data: Signal<JobDetailDto>) -> impl IntoView {
    let workers = use_query(&[], api::jobs::list_workers);
    // A worker that is long gone, or whose host is nobody's business here, is told by its id alone.
    let hosts = Memo::new(move |_| {
        // Put in one by one: what is collected into an ordered map is sorted first, and a sort is 4 kB of program.
        let mut hosts = Hosts::new();
        workers.data.with(|all| {
            for one in all.iter().flatten() {
                if let Some(host) = &one.host {
                    hosts.insert(one.id, host.clone());
                }
            }
        });
        hosts
    });
    let items = Memo::new(move |_| data.with(|detail| hosts.with(|hosts| chain(detail, hosts))));
    let none = Memo::new(move |_| items.with(Vec::is_empty));
    view! {
        <Card title=tr!(monitor.attempts)>
            <Show when=move || !none.get() fallback=|| view! { <p class="small muted">{tr!(monitor.no_attempts)}</p> }>
                <div class="job__attempts"><Timeline items/></div>
            </Show>
        </Card>
    }
}

fn chain(detail: &JobDetailDto, hosts: &Hosts) -> Vec<TimelineItem> {
    let ended = detail.attempts.iter().rev().map(|attempt| ended(attempt, hosts));
    running(&detail.job, hosts).into_iter().chain(ended).collect()
}

fn running(job: &JobDto, hosts: &Hosts) -> Option<TimelineItem> {
    let at = job.started_at.filter(|_| job.status == JobStatus::Running)?;
    Some(TimelineItem {
        tone: Tone::Running,
        what: tr!(monitor.attempt_running, number = job.attempt),
        who: job.worker_id.map(|id| place(id, hosts)).unwrap_or_default(),
        at: *at,
        why: None,
    })
}

fn ended(attempt: &JobAttemptDto, hosts: &Hosts) -> TimelineItem {
    let (tone, outcome) = words::outcome(attempt.outcome, attempt.error_kind);
    let took = format::duration((attempt.finished_at - attempt.started_at).num_milliseconds());
    TimelineItem {
        tone,
        what: tr!(monitor.attempt_ended, number = attempt.attempt, outcome = outcome),
        who: format!("{} · {took}", place(attempt.worker_id, hosts)),
        at: *attempt.finished_at,
        why: attempt.error_coded.as_ref().map(told),
    }
}

fn place(id: WorkerId, hosts: &Hosts) -> String {
    let short = tasks::short_id(id);
    match hosts.get(&id) {
        Some(host) => format!("{host} ({short})"),
        None => short,
    }
}
