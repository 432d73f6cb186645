//! The life of one robot, from its turn to its end.

use std::{sync::Arc, time::Duration};

use super::{
    Shared,
    invoice::Invoice,
    job::Job,
    line::{Level, Line},
    order::Service,
    outcome::Outcome,
    payload::JobResult,
    story::Story,
};
use crate::clock::Clock as _;

/// Lines made without letting others run.
const LINES_AT_ONCE: usize = 500;

/// Lives until the end of the robot, or of the simulator, or until the job is forgotten.
pub(super) async fn live(shared: Arc<Shared>, job: Arc<Job>) {
    tokio::select! {
        () = shared.stopping.cancelled() => {}
        () = job.gone.cancelled() => {}
        () = run(&shared, &job) => {}
    }
}

async fn run(shared: &Shared, job: &Job) {
    tokio::select! {
        biased;
        () = job.cancelled.cancelled() => {}
        () = work(shared, job) => return,
    }
    job.print(vec![Line {
        at: shared.clock.now(),
        level: Level::Warn,
        text: "Cancelamento pedido, encerrando o navegador".to_owned().into(),
    }]);
    tokio::time::sleep(shared.options().cancel_wait(&job.dice_key)).await;
    job.finish(Outcome::Cancelled, JobResult::cancelled(job, shared.clock.now()));
}

async fn work(shared: &Shared, job: &Job) {
    tokio::time::sleep(job.plan.pending).await;
    let began = shared.clock.now();
    let start = job.begin();
    let story = Story::of(job);
    let end = if job.plan.vanishes {
        job.plan.duration / 2
    } else {
        job.plan.duration
    };
    let is_due = |index: usize, by: Duration| index < story.count() && story.due(index) <= by;
    let mut printed = 0;
    while is_due(printed, end) {
        tokio::time::sleep_until(start + story.due(printed)).await;
        let by = start.elapsed().min(end);
        let mut next = printed + 1;
        while next - printed < LINES_AT_ONCE && is_due(next, by) {
            next += 1;
        }
        job.print((printed..next).map(|index| story.line(index, began)).collect());
        printed = next;
    }
    tokio::time::sleep_until(start + end).await;
    if job.plan.vanishes {
        job.gone.cancel();
        return;
    }
    let ended = shared.clock.now();
    if job.plan.outcome == Outcome::Success && job.order.service == Service::DownloadFaturas {
        let invoice = Invoice::of(&job.order);
        shared.book.keep_invoice(&job.plan.bucket, invoice, ended);
    }
    if !job.finish(job.plan.outcome, JobResult::planned(job, began, ended)) {
        // Told to stop a moment ago: the other end is on its way.
        std::future::pending::<()>().await;
    }
}
