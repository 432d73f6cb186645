//! Jobs during which workers died run in a process of their own. If one aborts, takes all memory or never returns, only
//! that process ends.

use std::{process::Stdio, sync::Arc, time::Duration};

use esteira_shared::{ids::JobId, reason::Reason};
use rustix::process::{Resource, Rlimit, setrlimit};
use tokio::process::{Child, Command};
use tokio_util::sync::CancellationToken;

use super::{Failure, Host, JobContext, context::Conclusion, ends, job::Job, lease};
use crate::error::AppResult;

/// Address space of such a process.
const MEMORY: u64 = 2 * 1024 * 1024 * 1024;
/// What starting and ending take, beside the job's own time.
const AROUND: Duration = Duration::from_secs(30);

/// Starts this program for one claimed job. It ends when the handle is dropped.
pub(super) fn start(job: &Job) -> std::io::Result<Child> {
    Command::new(std::env::current_exe()?)
        .args(["run-job", &job.id.to_string(), &job.fence.to_string()])
        // The allocator takes addresses ahead, 1 GiB at a time unless told otherwise: they would count as the job's.
        .env("MIMALLOC_ARENA_RESERVE", "64MiB")
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .spawn()
}

/// Waits for the process of a job; it is killed when the job is no longer ours, or its time is over.
pub(super) async fn watch(mut child: Child, timeout: Duration, abandon: &CancellationToken) {
    tokio::select! {
        ended = child.wait() => match ended {
            Ok(status) => tracing::info!(%status, "the process of an isolated job ended"),
            Err(error) => tracing::warn!(error = %error, "the process of an isolated job cannot be watched"),
        },
        () = abandon.cancelled() => {}
        () = tokio::time::sleep(timeout + AROUND) => tracing::warn!("the process of an isolated job does not end; it is killed"),
    }
    if let Err(error) = child.kill().await {
        tracing::debug!(error = %error, "the process had ended");
    }
}

/// In the job's own process: runs it and writes how it ended.
///
/// # Errors
/// When the database does not answer; the parent then takes the job back.
pub async fn run_job<A: Host>(app: Arc<A>, id: JobId, fence: i64) -> AppResult<()> {
    let memory = Rlimit {
        current: Some(MEMORY),
        maximum: Some(MEMORY),
    };
    if let Err(error) = setrlimit(Resource::As, memory) {
        tracing::warn!(error = %error, "the memory of this process is not limited");
    }
    let mut tx = app.db().begin().await?;
    let Some(job) = lease::holds(&mut tx, id, fence).await? else {
        return Ok(());
    };
    tx.commit().await?;
    let timeout = app.tasks().timeout(&job.task);
    let cancelled = CancellationToken::new();
    let context = Arc::new(JobContext::new(Arc::clone(&app), job, cancelled));
    let work = {
        let context = Arc::clone(&context);
        tokio::spawn(async move { context.app.tasks().run(&context).await })
    };
    let outcome = match tokio::time::timeout(timeout, work).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(error)) => Err(super::worker::failure(error)),
        Err(_) => Err(Failure::Technical(anyhow::Error::new(Reason::TaskWithoutEnd {
            seconds: timeout.as_secs(),
        }))),
    };
    match context.conclude(outcome) {
        Conclusion::Nothing => Ok(()),
        Conclusion::Success(done) => ends::write_successes(app.db(), &[done]).await,
        Conclusion::Failure(failure) => context.fail(&failure).await,
    }
}
