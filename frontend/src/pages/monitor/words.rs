//! The engine's statuses, checks and actions in words.

use esteira_shared::{
    dto::{
        bulk::JobBulkAction,
        jobs::{JobDto, WaitingCheck, WaitingCheckDto},
    },
    ids::SubjectId,
    instant::Instant,
    status::{FailureKind, JobOutcome, JobStatus, Tone},
};
use leptos::prelude::*;
use leptos_router::components::A;

use crate::{
    components::{CopyText, Mark},
    i18n::{counted, tr},
    pages::processes::words::actor,
    routes::paths,
    text::{format, status, tasks},
};

/// Name, status and the end of the id: enough to tell rows apart when read aloud.
pub(super) fn label(job: &JobDto) -> String {
    format!(
        "{}, {}, {}",
        tasks::title(&job.task),
        status::job(job.status),
        tasks::short_id(job.id)
    )
}

/// The status, or that it is about to end.
pub(super) fn mark(job: &JobDto, pill: bool) -> AnyView {
    if job.status == JobStatus::Running && job.cancel_requested_at.is_some() {
        return view! { <Mark tone=Tone::Running word=tr!(monitor.cancelling) pill/> }.into_any();
    }
    if job.status == JobStatus::Queued && job.attempt > 0 {
        return view! { <Mark tone=Tone::Waiting word=tr!(monitor.will_retry) pill/> }.into_any();
    }
    view! { <Mark tone=job.status.tone() word=status::job(job.status) pill/> }.into_any()
}

/// What the job is about: a process or the run of a robot is a link.
pub(super) fn subject(task: &str, id: Option<SubjectId>) -> AnyView {
    match id {
        Some(id) if tasks::is_about_process(task) => {
            let words = tr!(monitor.process_of, id = tasks::short_id(id));
            view! { <A href=paths::process(id) attr:class="link nowrap">{words}</A> }.into_any()
        }
        Some(id) if tasks::is_about_execution(task) => {
            let words = tr!(monitor.execution_of, id = tasks::short_id(id));
            view! { <A href=paths::execution(id) attr:class="link nowrap">{words}</A> }.into_any()
        }
        Some(id) => view! { <CopyText text=id.to_string() shown=tasks::short_id(id) mono=true/> }.into_any(),
        None => view! { <span class="faint">"—"</span> }.into_any(),
    }
}

pub(super) fn outcome(outcome: JobOutcome, kind: Option<FailureKind>) -> (Tone, &'static str) {
    match (outcome, kind) {
        (JobOutcome::Succeeded, _) => (Tone::Done, tr!(monitor.outcome_succeeded)),
        (JobOutcome::Failed, Some(FailureKind::Business)) => (Tone::Failed, tr!(monitor.outcome_business)),
        (JobOutcome::Failed, _) => (Tone::Failed, tr!(monitor.outcome_technical)),
        (JobOutcome::Cancelled, _) => (Tone::Cancelled, tr!(monitor.outcome_cancelled)),
        (JobOutcome::Lost, _) => (Tone::Failed, tr!(monitor.outcome_lost)),
        (JobOutcome::Released, _) => (Tone::Waiting, tr!(monitor.outcome_released)),
    }
}

/// `robots/VIVO`, or the whole organisation.
pub(super) fn lane(lane: &str) -> String {
    if lane.is_empty() {
        tr!(monitor.whole_organization).to_owned()
    } else {
        lane.to_owned()
    }
}

pub(super) fn queue(name: &str) -> String {
    match name {
        "default" => tr!(monitor.queue_default).to_owned(),
        "bulk" => tr!(monitor.queue_bulk).to_owned(),
        "robots" => tr!(monitor.queue_robots).to_owned(),
        "schedules" => tr!(monitor.queue_schedules).to_owned(),
        other => other.to_owned(),
    }
}

/// How a check looks: passed, passes by itself, or needs somebody.
pub(super) fn check_look(check: &WaitingCheckDto) -> (Tone, &'static str) {
    match (check.passed, check.check) {
        (true, _) => (Tone::Done, tr!(monitor.check_ok)),
        (false, WaitingCheck::Queue | WaitingCheck::Workers) => (Tone::NeedsYou, tr!(monitor.check_blocked)),
        (false, _) => (Tone::Waiting, tr!(monitor.check_waiting)),
    }
}

/// What a check saw, in one sentence. `run_at` is when the job may start at the earliest.
pub(super) fn check(
    check: &WaitingCheckDto,
    queue_name: &str,
    run_at: Instant,
    now: chrono::DateTime<chrono::Utc>,
) -> String {
    let count = check.count.unwrap_or(0);
    let number = format::count(count);
    let most = || format::count(check.most.unwrap_or(0));
    let lane = || lane(check.subject.as_deref().unwrap_or_default());
    let at = check.at.unwrap_or(run_at);
    let (exact, ago) = (format::date_time_seconds(*at), format::relative(*at, now));
    match (check.check, check.passed) {
        (WaitingCheck::Due, true) => tr!(monitor.due_passed, at = exact),
        (WaitingCheck::Due, false) => tr!(monitor.due_waits, at = exact, ago = ago),
        (WaitingCheck::Group, true) => tr!(monitor.group_passed).to_owned(),
        (WaitingCheck::Group, false) => counted!(monitor.group_waits_single, monitor.group_waits_many, count),
        (WaitingCheck::Queue, true) => tr!(monitor.queue_passed, queue = queue(queue_name)),
        (WaitingCheck::Queue, false) => tr!(
            monitor.queue_blocked,
            queue = queue(queue_name),
            name = actor(check.subject.as_deref().unwrap_or_default()),
            at = exact
        ),
        (WaitingCheck::Maintenance, _) => {
            let reason = check.subject.clone().unwrap_or_default();
            tr!(monitor.maintenance_waits, at = exact, ago = ago, reason = reason)
        }
        (WaitingCheck::Workers, true) => counted!(monitor.workers_passed_single, monitor.workers_passed_many, count),
        (WaitingCheck::Workers, false) => tr!(monitor.workers_blocked).to_owned(),
        (WaitingCheck::Running, true) => tr!(monitor.running_passed, lane = lane(), count = number, most = most()),
        (WaitingCheck::Running, false) => tr!(monitor.running_waits, lane = lane(), count = number, most = most()),
        (WaitingCheck::Rate, true) => tr!(monitor.rate_passed, lane = lane()),
        (WaitingCheck::Rate, false) => tr!(monitor.rate_waits, lane = lane(), at = exact, ago = ago),
        (WaitingCheck::Turn, true) => tr!(monitor.turn_passed).to_owned(),
        (WaitingCheck::Turn, false) => {
            let place = format::count(count.saturating_add(1));
            match count {
                1 => tr!(monitor.turn_waits_single, place = place),
                _ => tr!(monitor.turn_waits_many, place = place, count = number),
            }
        }
    }
}

pub(super) fn bulk_title(action: JobBulkAction) -> &'static str {
    match action {
        JobBulkAction::Retry => tr!(monitor.bulk_retry_title),
        JobBulkAction::Cancel => tr!(monitor.bulk_cancel_title),
    }
}

/// The verb of a bulk action, with how many it is for.
pub(super) fn bulk_verb(action: JobBulkAction, count: i64) -> String {
    let count = format::count(count);
    match action {
        JobBulkAction::Retry => tr!(monitor.bulk_retry_count, count = count),
        JobBulkAction::Cancel => tr!(monitor.bulk_cancel_count, count = count),
    }
}

pub(super) fn bulk_eligible(action: JobBulkAction, eligible: i64, matching: i64) -> String {
    let (eligible, matching) = (format::count(eligible), format::count(matching));
    match action {
        JobBulkAction::Retry => tr!(monitor.bulk_retry_eligible, eligible = eligible, matching = matching),
        JobBulkAction::Cancel => tr!(monitor.bulk_cancel_eligible, eligible = eligible, matching = matching),
    }
}

/// `12 repetidas`
pub(super) fn bulk_done(action: JobBulkAction, count: i64) -> String {
    match action {
        JobBulkAction::Retry => counted!(monitor.bulk_retry_done_single, monitor.bulk_retry_done_many, count),
        JobBulkAction::Cancel => counted!(monitor.bulk_cancel_done_single, monitor.bulk_cancel_done_many, count),
    }
}
