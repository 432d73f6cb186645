//! The external API that runs robots.

mod answer;
mod bounds;
pub mod failure;
mod fields;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzzing;
pub mod hash;
mod http;
mod job;
mod job_id;
mod log_answer;
mod log_cursor;
mod log_joining;
mod log_line;
mod log_lines;
mod log_list;
mod log_seen;
mod log_stream;
mod log_text;
mod log_value;
mod mask;
mod nearly_text;
mod overlap;
pub mod payload;
mod sse;
mod start;

use std::time::Duration;

use async_trait::async_trait;
use esteira_shared::reason::Reason;
use futures_util::stream::BoxStream;
pub use http::{HttpRpa, RpaTimeouts};
pub use job::{RpaJob, RpaStatus};
pub use job_id::ExternalJobId;
pub use log_cursor::{LogCursor, Told};
pub use log_joining::Joining;
pub use log_line::RpaLogLine;
pub use log_list::RpaLogList;
pub use mask::{Mask, Seam};
use secrecy::SecretString;
pub use start::{RpaService, RpaStart, StartBody, StartClient};

use crate::error::reason_of;

/// A way to have robots run.
#[async_trait]
pub trait RpaApi: Send + Sync {
    /// Starts a robot. The same key may be sent again when the answer was lost: an API that honours keys starts one
    /// robot per key and repeats its first answer.
    ///
    /// # Errors
    /// [`StartError`] says whether a robot may be at work all the same.
    async fn start(&self, connection: &RpaConnection, start: &RpaStart) -> Result<ExternalJobId, StartError>;

    /// Where a job stands, and its result when it is over.
    ///
    /// # Errors
    /// [`RpaError`].
    async fn job(&self, connection: &RpaConnection, id: &ExternalJobId) -> Result<RpaJob, RpaError>;

    /// The log. An API that knows how goes on after the line with this id; others begin where they like, and
    /// [`Joining`] finds what is new.
    ///
    /// # Errors
    /// [`RpaError`]; an API without a log is no error, but [`RpaLogs::Unsupported`], nor is one whose log is too long.
    async fn logs(
        &self,
        connection: &RpaConnection,
        id: &ExternalJobId,
        last_event_id: Option<&str>,
    ) -> Result<RpaLogs, RpaError>;

    /// Asks for the end of a job, which may take effect later.
    ///
    /// # Errors
    /// [`RpaError`].
    async fn cancel(&self, connection: &RpaConnection, id: &ExternalJobId) -> Result<Cancelled, RpaError>;

    /// Asks whether the API answers and takes the token, without starting anything. The text names who answered.
    ///
    /// # Errors
    /// [`RpaError`].
    async fn check(&self, connection: &RpaConnection) -> Result<String, RpaError>;
}

/// Where an organisation's, or an operator's, API is.
#[derive(Debug, Clone)]
pub struct RpaConnection {
    /// Base address; the paths of the contract are added to it.
    pub url: String,
    pub token: Option<SecretString>,
}

/// What came of asking for the end of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cancelled {
    /// The API took the wish; the job tells when it is over.
    Accepted,
    /// The API has nothing left to end. One that refuses to end a job just now answers the same (409): the job tells.
    AlreadyOver,
}

/// A job's log, the way its API hands it out.
pub enum RpaLogs {
    /// All there are so far. A long list keeps others waiting until it is dropped.
    Lines(RpaLogList),
    /// Lines as they are written. Ends with the log; after an error nothing follows.
    Stream(BoxStream<'static, Result<RpaLogLine, RpaError>>),
    /// Text, line by line. It may go on for long, or end at once and be there again from its first line.
    Text(BoxStream<'static, Result<RpaLogLine, RpaError>>),
    /// More than is read of a log that is no stream.
    TooLong { told: Reason },
    /// This API keeps none.
    Unsupported,
}

#[derive(Debug, thiserror::Error)]
pub enum RpaError {
    /// 401: the token is refused, or none that could be sent.
    #[error("{}", Reason::RobotTokenRefused {})]
    Unauthorized,
    /// 404, 410, and it was the API that said so.
    #[error("{}", Reason::RobotJobUnknown {})]
    NotFound,
    /// Any other 4xx, a 403 too: the same again would be refused again. The message is for the analyst, at most 1,000 characters.
    #[error("{message}")]
    Refused { status: u16, message: Reason },
    /// The address as it is configured leads nowhere. Message and action are for the analyst.
    #[error("{message}")]
    Address { message: Reason, action: Reason },
    /// 429 or 503, and it said how long to wait before the next call.
    #[error("{reason}")]
    Later { reason: Reason, after: Duration },
    /// More than is read of an answer; the same again would be as long.
    #[error("{0}")]
    TooLong(Reason),
    /// No answer, or none that can be believed; later there may be one. A [`Reason`] is for the analyst; what lies below
    /// it is for the server's log.
    #[error(transparent)]
    Technical(anyhow::Error),
}

impl RpaError {
    /// What the analyst reads.
    #[must_use]
    pub fn reason(&self) -> Reason {
        match self {
            Self::Unauthorized => Reason::RobotTokenRefused {},
            Self::NotFound => Reason::RobotJobUnknown {},
            Self::Refused { message, .. } | Self::Address { message, .. } => message.clone(),
            Self::Later { reason, .. } => reason.clone(),
            Self::TooLong(reason) => reason.clone(),
            Self::Technical(error) => reason_of(error),
        }
    }

    /// What the analyst can do.
    #[must_use]
    pub fn action(&self) -> Option<Reason> {
        match self {
            Self::Unauthorized => Some(Reason::CheckRobotToken {}),
            Self::Address { action, .. } => Some(action.clone()),
            Self::TooLong(_) => Some(Reason::CheckResultWithMaintainer {}),
            Self::NotFound | Self::Refused { .. } | Self::Later { .. } | Self::Technical(_) => None,
        }
    }

    /// With the wait that the answer asked for.
    fn after(self, wait: Option<Duration>) -> Self {
        match (self, wait) {
            (Self::Technical(error), Some(after)) => Self::Later {
                reason: reason_of(&error),
                after,
            },
            (error, _) => error,
        }
    }

    /// As one that is tried again, which keeps its reason.
    #[must_use]
    pub fn into_technical(self) -> anyhow::Error {
        match self {
            Self::Technical(error) => error,
            error => anyhow::Error::new(error.reason()),
        }
    }

    fn address(message: Reason) -> Self {
        Self::Address {
            message,
            action: Reason::CheckRobotUrl {},
        }
    }

    fn technical(reason: Reason) -> Self {
        Self::Technical(anyhow::Error::new(reason))
    }

    /// The same with what a library says of it, which no analyst reads.
    fn caused(reason: Reason, cause: impl Into<anyhow::Error>) -> Self {
        Self::Technical(cause.into().context(reason))
    }
}

/// Why there is no job id, and what that means for the robot.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Certain: this request started nothing.
    #[error("{0}")]
    NotStarted(RpaError),
    /// The answer did not come, or is one of trouble: the request may have arrived, so a robot may be at work.
    #[error("{0}")]
    Unknown(RpaError),
    /// The answer came whole and does not say whether a robot began. The same request would get no better one, so
    /// nothing is sent again. The reason quotes the answer.
    #[error("{0}")]
    NotUnderstood(Reason),
}

impl StartError {
    /// With the wait that the answer asked for.
    fn after(self, wait: Option<Duration>) -> Self {
        match self {
            Self::NotStarted(error) => Self::NotStarted(error.after(wait)),
            Self::Unknown(error) => Self::Unknown(error.after(wait)),
            Self::NotUnderstood(reason) => Self::NotUnderstood(reason),
        }
    }
}
