//! The external API that runs robots.

mod answer;
mod fields;
pub mod hash;
mod http;
mod job;
mod job_id;
mod log_line;
mod log_lines;
mod log_stream;
mod mask;
pub mod payload;
mod sse;
mod start;

use async_trait::async_trait;
use futures_util::stream::BoxStream;
pub use http::{HttpRpa, RpaTimeouts};
pub use job::{RpaJob, RpaStatus};
pub use job_id::ExternalJobId;
pub use log_line::RpaLogLine;
pub use mask::Mask;
use secrecy::SecretString;
pub use start::{RpaService, RpaStart, StartBody, StartClient};

const TOKEN_ACTION: &str = "Conferir o token da API de robôs em Administração → Conexões";
const ADDRESS_ACTION: &str = "Conferir o endereço da API de robôs em Administração → Conexões";

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

    /// The log after its first `after` lines.
    ///
    /// # Errors
    /// [`RpaError`]; an API without a log is no error, but [`RpaLogs::Unsupported`], nor is one whose log is too long.
    async fn logs(&self, connection: &RpaConnection, id: &ExternalJobId, after: u64) -> Result<RpaLogs, RpaError>;

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
    /// All there are so far.
    Lines(Vec<RpaLogLine>),
    /// Lines as they are written. Ends with the log; after an error nothing follows.
    Stream(BoxStream<'static, Result<RpaLogLine, RpaError>>),
    /// More than is read of a log that is no stream.
    TooLong { max_bytes: usize },
    /// This API keeps none.
    Unsupported,
}

#[derive(Debug, thiserror::Error)]
pub enum RpaError {
    /// 401: the token is refused, or none that could be sent.
    #[error("A API de robôs recusou o token.")]
    Unauthorized,
    /// 404, 410, and it was the API that said so.
    #[error("A API de robôs não conhece este trabalho.")]
    NotFound,
    /// Any other 4xx, a 403 too: the same again would be refused again. The message is for the analyst, at most 1,000 characters.
    #[error("{message}")]
    Refused { status: u16, message: String },
    /// The address as it is configured leads nowhere. Message and action are for the analyst, in Portuguese.
    #[error("{message}")]
    Address { message: String, action: String },
    /// No answer, or none that can be believed; later there may be one. The outermost text is for the analyst, in
    /// Portuguese; what lies below it is for the server's log.
    #[error(transparent)]
    Technical(anyhow::Error),
}

impl RpaError {
    /// What the analyst can do, in Portuguese.
    #[must_use]
    pub fn action(&self) -> Option<&str> {
        match self {
            Self::Unauthorized => Some(TOKEN_ACTION),
            Self::Address { action, .. } => Some(action),
            Self::NotFound | Self::Refused { .. } | Self::Technical(_) => None,
        }
    }

    fn address(message: impl Into<String>) -> Self {
        Self::Address {
            message: message.into(),
            action: ADDRESS_ACTION.to_owned(),
        }
    }

    /// `said` is a sentence for the analyst.
    fn technical(said: impl Into<String>) -> Self {
        Self::Technical(anyhow::Error::msg(said.into()))
    }

    /// The same with what a library says of it, which no analyst reads.
    fn caused(said: impl Into<String>, cause: impl Into<anyhow::Error>) -> Self {
        Self::Technical(cause.into().context(said.into()))
    }
}

/// Why there is no job id, and what that means for the robot.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Certain: this request started nothing.
    #[error("{0}")]
    NotStarted(RpaError),
    /// The request may have arrived, so a robot may be at work.
    #[error("{0}")]
    Unknown(RpaError),
}

impl StartError {
    #[must_use]
    pub fn cause(&self) -> &RpaError {
        match self {
            Self::NotStarted(error) | Self::Unknown(error) => error,
        }
    }
}
