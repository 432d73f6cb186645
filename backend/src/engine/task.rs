//! What a task is: the code of one kind of job.

use std::{future::Future, time::Duration};

use esteira_shared::{reason::Reason, status::FailureKind};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{Host, JobContext, job::Job};
use crate::{
    auth::Actor,
    db::Tx,
    error::{AppError, AppResult, reason_of},
};

/// The code of one kind of job. To add one: a word in `TaskName`, a file with an implementation, and a line
/// in `applications::tasks`.
///
/// A job runs **at least once**. After a crash it runs again from the start, so `run` must bear repetition. It writes
/// our own rows through [`JobContext::finish`] or [`JobContext::begin`], which refuse a worker that lost its lease.
pub trait Task: Send + Sync + 'static {
    /// Kept with every job; never reused for another task. The product's are in `esteira_shared::task::TaskName`.
    const NAME: &'static str;
    /// Attempts before a technical failure is final.
    const MAX_ATTEMPTS: i32 = 8;
    /// Longest time of one attempt.
    const TIMEOUT: Duration = Duration::from_secs(300);
    /// The queue it waits in; people pause queues.
    const QUEUE: &'static str = "default";
    /// 0 (first) to 9, unless the job says otherwise.
    const PRIORITY: i32 = 5;
    /// How long ended jobs are kept, of organisations that do not say it themselves.
    const KEEP: Duration = Duration::from_hours(90 * 24);

    /// True: after the death of its worker the task goes on from where it was. Such a death costs no attempt and does
    /// not count against the job. What it started on another machine keeps its place under the limits meanwhile when the
    /// task says so, see [`super::set_elsewhere`].
    const RESUMES: bool = false;

    /// False: the job mostly waits for another machine. It runs beside the slots, so that many of them stop nobody.
    /// Limits bound the load on that machine. Such a task needs a queue of its kind: when another task of a queue takes
    /// slots, nothing is claimed from that queue while no slot is free.
    const TAKES_SLOT: bool = true;

    /// The program it belongs to; the task sees it as [`JobContext::app`].
    type App: Host;

    type Payload: Serialize + DeserializeOwned + Send + Sync;

    /// Does the work. The value is kept as the job's result.
    fn run(job: &JobContext<Self::App>, payload: Self::Payload) -> impl Future<Output = TaskResult> + Send;

    /// Called in the transaction in which a person starts a failed job once more. Makes the job's subject ready for it
    /// again. An error refuses the retry.
    fn on_revived(_tx: &mut Tx, _job: &Job, _actor: &Actor) -> impl Future<Output = AppResult<()>> + Send {
        async { Ok(()) }
    }

    /// Called in the transaction that ends a job without success. Tidies up what must not stay half-done. It gets no
    /// payload, because the payload may be unreadable; the job's subject says what it was about.
    fn on_failed(_tx: &mut Tx, _job: &Job, _failure: &FinalFailure) -> impl Future<Output = AppResult<()>> + Send {
        async { Ok(()) }
    }
}

pub type TaskResult = Result<Value, Failure>;

/// Why an attempt failed. This decides whether there is another.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A person must act; repeating would give the same answer.
    #[error("{cause}")]
    Business {
        cause: Reason,
        step: Option<String>,
        action: Option<Reason>,
    },
    /// May go away by itself: retried with backoff.
    #[error("{0}")]
    Technical(anyhow::Error),
    /// As `Technical`, and the other side said how long to wait at least.
    #[error("{cause}")]
    Later { cause: anyhow::Error, after: Duration },
    /// The job was cancelled and the task stopped.
    #[error("{}", Reason::Cancelled {})]
    Cancelled,
    /// No program here knows the task; another replica may.
    #[error("no program here knows the task {0}")]
    Unknown(String),
    /// Another worker holds the job now, so this one may write nothing more.
    #[error("the lease was lost")]
    LeaseLost,
}

/// How a job ended without success.
#[derive(Debug, Clone)]
pub struct FinalFailure {
    pub cause: Reason,
    pub step: Option<String>,
    pub action: Option<Reason>,
    /// Absent when it was cancelled.
    pub kind: Option<FailureKind>,
}

impl Failure {
    pub(super) fn kind(&self) -> Option<FailureKind> {
        match self {
            Self::Business { .. } | Self::Unknown(_) => Some(FailureKind::Business),
            Self::Technical(_) | Self::Later { .. } => Some(FailureKind::Technical),
            Self::Cancelled | Self::LeaseLost => None,
        }
    }

    /// How long the other side asked to be left alone.
    pub(super) fn asked_wait(&self) -> Duration {
        match self {
            Self::Later { after, .. } => *after,
            _ => Duration::ZERO,
        }
    }

    /// Why, as it is kept. An error that is no [`Reason`] becomes a quote.
    #[must_use]
    pub fn reason(&self) -> Reason {
        match self {
            Self::Business { cause, .. } => cause.clone(),
            Self::Technical(error) | Self::Later { cause: error, .. } => reason_of(error),
            Self::Cancelled => Reason::Cancelled {},
            Self::Unknown(task) => Reason::TaskUnknown { task: task.clone() },
            Self::LeaseLost => Reason::quoted(self.to_string()),
        }
    }

    pub(super) fn to_final(&self) -> FinalFailure {
        let (step, action) = match self {
            Self::Business { step, action, .. } => (step.clone(), action.clone()),
            _ => (None, None),
        };
        FinalFailure {
            cause: self.reason(),
            step,
            action,
            kind: self.kind(),
        }
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Technical(error)
    }
}

impl From<AppError> for Failure {
    fn from(error: AppError) -> Self {
        Self::Technical(error.into())
    }
}

impl From<diesel::result::Error> for Failure {
    fn from(error: diesel::result::Error) -> Self {
        Self::Technical(error.into())
    }
}
