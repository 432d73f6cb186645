//! SAT, the system that receives approved invoices.

mod answer;
mod http;

use std::io;

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
    /// [`SatError::Business`] when a person must act first, [`SatError::Technical`] when a repetition may help.
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
    /// No answer, or none that can be believed. Whether SAT has the document is not known.
    #[error("SAT did not answer as it should: {0:#}")]
    Technical(anyhow::Error),
}

impl SatError {
    /// What the analyst reads.
    #[must_use]
    pub fn reason(&self) -> Reason {
        match self {
            Self::Business { message, .. } => message.clone(),
            Self::Technical(_) => Reason::quoted(self.to_string()),
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
