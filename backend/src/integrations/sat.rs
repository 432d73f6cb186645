//! SAT, the system that receives approved invoices.

mod answer;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzzing;
mod http;

use std::{io, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use chrono::NaiveDate;
use esteira_shared::reason::Reason;
use futures_util::stream::BoxStream;
pub use http::HttpSat;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

/// A way to hand documents over.
#[async_trait]
pub trait SatApi: Send + Sync {
    /// Hands over one document. The same key may be sent again whenever the outcome is unknown: SAT keeps one document
    /// per key and repeats its first answer.
    ///
    /// # Errors
    /// [`SatError`] says whether a repetition may help, or a person must act first.
    async fn upload(&self, connection: &SatConnection, upload: SatUpload) -> Result<SatReceipt, SatError>;

    /// Asks whether SAT answers and takes the token, without leaving anything there. The text names who answered.
    ///
    /// # Errors
    /// As for [`SatApi::upload`].
    async fn check(&self, connection: &SatConnection) -> Result<String, SatError>;
}

/// Where an organisation's SAT is.
#[derive(Debug, Clone)]
pub struct SatConnection {
    /// Base address; the paths of the contract are added to it.
    pub url: String,
    pub token: Option<SecretString>,
}

/// One document on its way.
pub struct SatUpload {
    /// The same for every try of one hand-over, another for every other.
    pub idempotency_key: String,
    pub filename: String,
    pub metadata: SatMetadata,
    /// Exactly what the body holds.
    pub size_bytes: u64,
    pub body: BoxStream<'static, io::Result<Bytes>>,
}

/// What SAT is told about the document, in its own words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SatMetadata {
    pub operadora: String,
    pub razao_social: String,
    pub cnpj: String,
    /// The account number at the operator.
    pub conta: String,
    pub mes: u32,
    pub ano: i32,
    /// Such as `1284.90`.
    pub valor: Option<String>,
    pub data_vencimento: Option<NaiveDate>,
    /// Of the document, in lower-case hexadecimal.
    pub sha256: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SatReceipt {
    pub protocol: String,
}

#[derive(Debug, thiserror::Error)]
pub enum SatError {
    /// SAT, or the connection as it is configured, refuses: the same again would be refused again. Message and action
    /// are for the analyst.
    #[error("{message}")]
    Business {
        code: Option<String>,
        message: Reason,
        action: Option<Reason>,
    },
    /// 409 with a protocol: SAT says that it has a document already. After a lost answer it is this one.
    #[error("{refusal}")]
    AlreadyKept { protocol: String, refusal: Box<SatError> },
    /// A success that was read whole and tells no protocol. SAT may have the document, and the same again would get no
    /// better answer, so nothing is sent again. The reason quotes the answer.
    #[error("{0}")]
    NotUnderstood(Reason),
    /// No answer, or none that can be believed. Whether SAT has the document is not known.
    #[error("SAT did not answer as it should: {0:#}")]
    Technical(anyhow::Error),
    /// As `Technical`, and SAT said how long to wait.
    #[error("SAT did not answer as it should: {cause:#}")]
    Later { cause: anyhow::Error, after: Duration },
}

impl SatError {
    /// What the analyst reads.
    #[must_use]
    pub fn reason(&self) -> Reason {
        match self {
            Self::Business { message, .. } | Self::NotUnderstood(message) => message.clone(),
            Self::AlreadyKept { refusal, .. } => refusal.reason(),
            Self::Technical(_) | Self::Later { .. } => Reason::quoted(self.to_string()),
        }
    }

    /// True when this call certainly left nothing with SAT: it refused, or was never reached.
    #[must_use]
    pub fn left_nothing(&self) -> bool {
        match self {
            Self::Business { .. } | Self::AlreadyKept { .. } => true,
            Self::Technical(cause) => cause
                .downcast_ref::<reqwest::Error>()
                .is_some_and(reqwest::Error::is_connect),
            Self::NotUnderstood(_) | Self::Later { .. } => false,
        }
    }

    /// With the wait that the answer asked for.
    fn after(self, wait: Option<Duration>) -> Self {
        match (self, wait) {
            (Self::Technical(cause), Some(after)) => Self::Later { cause, after },
            (error, _) => error,
        }
    }

    fn business(message: Reason, action: Reason) -> Self {
        Self::Business {
            code: None,
            message,
            action: Some(action),
        }
    }
}
