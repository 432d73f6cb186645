//! The one error type of the page.

use std::collections::BTreeMap;

use esteira_shared::error::{ErrorBody, ErrorCode, FieldError};
use serde_json::Value;

use crate::text;

/// Where an error comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// The server refused, and said why.
    Server(ErrorCode),
    /// No answer: network down, server stopped, request cut.
    Offline,
    /// An answer that is neither what was asked for nor an [`ErrorBody`].
    Unreadable,
    /// The person stopped it.
    Cancelled,
}

/// Why a call failed.
#[derive(Debug, Clone, PartialEq)]
pub struct ApiError {
    /// 0 when there was no answer.
    pub status: u16,
    pub cause: Cause,
    /// For developers, in English.
    pub message: String,
    pub fields: Vec<FieldError>,
    pub details: Option<Value>,
    /// Finds the request in the server's log.
    pub request_id: Option<String>,
    /// From `Retry-After`.
    pub retry_after_seconds: Option<u32>,
}

impl ApiError {
    pub fn offline(message: impl Into<String>) -> Self {
        Self::new(0, Cause::Offline, message)
    }

    pub fn cancelled() -> Self {
        Self::new(0, Cause::Cancelled, "cancelled by the person")
    }

    pub fn unreadable(status: u16, message: impl Into<String>) -> Self {
        Self::new(status, Cause::Unreadable, message)
    }

    /// Refused before it was sent, with the checks the server would run too.
    pub fn refused_here(code: ErrorCode, fields: Vec<FieldError>) -> Self {
        Self {
            fields,
            ..Self::new(422, Cause::Server(code), "refused before sending")
        }
    }

    fn new(status: u16, cause: Cause, message: impl Into<String>) -> Self {
        Self {
            status,
            cause,
            message: message.into(),
            fields: Vec::new(),
            details: None,
            request_id: None,
            retry_after_seconds: None,
        }
    }

    /// Reads an answer that is not a success. A body that is not ours (a proxy's page, a code newer than this page)
    /// is judged by its HTTP status.
    pub fn from_answer(status: u16, body: &str, retry_after_seconds: Option<u32>) -> Self {
        match serde_json::from_str::<ErrorBody>(body) {
            Ok(body) => Self {
                status,
                cause: Cause::Server(body.code),
                message: body.message,
                fields: body.fields,
                details: body.details,
                request_id: Some(body.request_id),
                retry_after_seconds,
            },
            Err(_) => Self {
                retry_after_seconds,
                ..Self::new(status, Self::guess(status), "not an error body of ours")
            },
        }
    }

    fn guess(status: u16) -> Cause {
        match status {
            401 => Cause::Server(ErrorCode::Unauthenticated),
            403 => Cause::Server(ErrorCode::Forbidden),
            404 => Cause::Server(ErrorCode::NotFound),
            413 => Cause::Server(ErrorCode::TooLarge),
            429 => Cause::Server(ErrorCode::RateLimited),
            502 | 504 => Cause::Offline,
            503 => Cause::Server(ErrorCode::Timeout),
            500.. => Cause::Server(ErrorCode::Internal),
            _ => Cause::Unreadable,
        }
    }

    pub fn code(&self) -> Option<ErrorCode> {
        match self.cause {
            Cause::Server(code) => Some(code),
            Cause::Offline | Cause::Unreadable | Cause::Cancelled => None,
        }
    }

    pub fn is(&self, code: ErrorCode) -> bool {
        self.code() == Some(code)
    }

    pub fn detail(&self, key: &str) -> Option<&Value> {
        self.details.as_ref()?.get(key)
    }

    /// The sentence for the person.
    pub fn text(&self) -> String {
        text::errors::describe(self)
    }

    /// Field name to its sentence, the first refusal of each.
    pub fn field_texts(&self) -> BTreeMap<String, String> {
        let mut texts = BTreeMap::new();
        for field in &self.fields {
            texts
                .entry(field.field.clone())
                .or_insert_with(|| text::errors::field(field.code).to_owned());
        }
        texts
    }
}
