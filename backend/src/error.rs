//! What handlers and rules fail with, and how it reaches the wire.
//!
//! Models return `QueryResult`, rules and handlers [`AppResult`], tasks and commands `anyhow::Result`. Internal causes
//! are logged once, with their whole chain, where the answer is made; they are never shown.

use std::borrow::Cow;

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header::RETRY_AFTER},
    response::{IntoResponse, Response},
};
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use esteira_shared::{
    error::{ErrorBody, ErrorCode, FieldError},
    reason::Reason,
};
use serde_json::{Value, json};

use crate::telemetry::request_id;

pub type AppResult<T> = Result<T, AppError>;

/// When to come again if nothing better is known: what does not answer now often does in a moment.
const IN_A_MOMENT_S: u64 = 5;

/// A failure with its code for the wire. Boxed, so that a result stays small.
#[derive(Debug)]
pub struct AppError(Box<Inner>);

#[derive(Debug)]
struct Inner {
    code: ErrorCode,
    message: Cow<'static, str>,
    fields: Vec<FieldError>,
    details: Option<Value>,
    retry_after_s: Option<u64>,
    cause: Option<anyhow::Error>,
}

impl AppError {
    pub fn new(code: ErrorCode, message: impl Into<Cow<'static, str>>) -> Self {
        let (fields, details, retry_after_s, cause) = (Vec::new(), None, None, None);
        Self(Box::new(Inner {
            code,
            message: message.into(),
            fields,
            details,
            retry_after_s,
            cause,
        }))
    }

    #[must_use]
    pub fn with_details(mut self, details: Value) -> Self {
        self.0.details = Some(details);
        self
    }

    /// Kept for the log, never shown.
    #[must_use]
    pub fn with_cause(mut self, cause: impl Into<anyhow::Error>) -> Self {
        self.0.cause = Some(cause.into());
        self
    }

    #[must_use]
    pub fn code(&self) -> ErrorCode {
        self.0.code
    }

    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    #[must_use]
    pub fn details(&self) -> Option<&Value> {
        self.0.details.as_ref()
    }

    /// The refused fields.
    #[must_use]
    pub fn fields(&self) -> &[FieldError] {
        &self.0.fields
    }

    /// The refused fields as those of a part of what was sent.
    #[must_use]
    pub fn within(mut self, part: &str) -> Self {
        for field in &mut self.0.fields {
            field.field = match field.field.as_str() {
                "" | "." => part.to_owned(),
                inner => format!("{part}.{inner}"),
            };
        }
        self
    }

    /// `what` is the resource: "process".
    #[must_use]
    pub fn not_found(what: &str) -> Self {
        Self::new(ErrorCode::NotFound, format!("there is no such {what}"))
    }

    #[must_use]
    pub fn validation(fields: Vec<FieldError>) -> Self {
        let mut error = Self::new(ErrorCode::Validation, "some fields were refused; see `fields`");
        error.0.fields = fields;
        error
    }

    #[must_use]
    pub fn version_conflict() -> Self {
        Self::new(
            ErrorCode::VersionConflict,
            "somebody changed it meanwhile; read it again and repeat your change",
        )
    }

    #[must_use]
    pub fn rate_limited(retry_after_s: u64) -> Self {
        let mut error = Self::new(
            ErrorCode::RateLimited,
            format!("too many tries; wait {retry_after_s} s"),
        );
        error.0.retry_after_s = Some(retry_after_s);
        error
    }

    /// `most`: how many there may be.
    #[must_use]
    pub fn too_many_at_once(most: usize, retry_after_s: u64) -> Self {
        let mut error = Self::new(
            ErrorCode::TooManyAtOnce,
            format!("{most} of these at once are enough; wait for one to end"),
        )
        .with_details(json!({ "most": most }));
        error.0.retry_after_s = Some(retry_after_s);
        error
    }

    #[must_use]
    pub fn too_large(limit_bytes: i64) -> Self {
        Self::new(
            ErrorCode::TooLarge,
            format!("larger than the limit of {limit_bytes} bytes"),
        )
        .with_details(json!({ "limit_bytes": limit_bytes }))
    }

    /// `message` says what there is too much of at the moment.
    #[must_use]
    pub fn busy(message: &'static str, retry_after_s: u64) -> Self {
        let mut error = Self::new(ErrorCode::Busy, message);
        error.0.retry_after_s = Some(retry_after_s);
        error
    }

    pub fn database_unavailable(cause: impl Into<anyhow::Error>) -> Self {
        Self::new(
            ErrorCode::DatabaseUnavailable,
            "the database does not answer; try again in a moment",
        )
        .with_cause(cause)
    }

    pub fn storage_unavailable(cause: impl Into<anyhow::Error>) -> Self {
        Self::new(
            ErrorCode::StorageUnavailable,
            "the document store does not answer; try again in a moment",
        )
        .with_cause(cause)
    }

    pub fn internal(cause: impl Into<anyhow::Error>) -> Self {
        Self::new(
            ErrorCode::Internal,
            "a fault of the server; give `request_id` to whoever runs it",
        )
        .with_cause(cause)
    }

    fn status(&self) -> StatusCode {
        match self.0.code {
            ErrorCode::Unauthenticated | ErrorCode::InvalidCredentials => StatusCode::UNAUTHORIZED,
            ErrorCode::Forbidden | ErrorCode::CrossSiteRequest | ErrorCode::HostNotAllowed => StatusCode::FORBIDDEN,
            ErrorCode::NotFound => StatusCode::NOT_FOUND,
            ErrorCode::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            ErrorCode::MalformedRequest => StatusCode::BAD_REQUEST,
            ErrorCode::Validation
            | ErrorCode::IdempotencyKeyReused
            | ErrorCode::EmptyFile
            | ErrorCode::NotPdf
            | ErrorCode::EncryptedPdf
            | ErrorCode::PdfWithoutPages
            | ErrorCode::DamagedPdf => StatusCode::UNPROCESSABLE_ENTITY,
            ErrorCode::VersionConflict
            | ErrorCode::IllegalTransition
            | ErrorCode::AlreadyExists
            | ErrorCode::InUse
            | ErrorCode::JobStatus
            | ErrorCode::DuplicateDocument
            | ErrorCode::DocumentChanged
            | ErrorCode::DocumentDamaged
            | ErrorCode::SetupDone
            | ErrorCode::LastAdministrator
            | ErrorCode::DeliveryPending
            | ErrorCode::EmailNotConfigured
            | ErrorCode::IdempotencyPending
            | ErrorCode::SatNotConfigured
            | ErrorCode::SatUnclear
            | ErrorCode::RpaNotConfigured
            | ErrorCode::HolidaysNotConfigured
            | ErrorCode::OperatorWithoutRobot
            | ErrorCode::ExecutionActive => StatusCode::CONFLICT,
            ErrorCode::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            ErrorCode::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            ErrorCode::RateLimited | ErrorCode::TooManyAtOnce => StatusCode::TOO_MANY_REQUESTS,
            ErrorCode::Busy | ErrorCode::DatabaseUnavailable | ErrorCode::StorageUnavailable | ErrorCode::Timeout => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            ErrorCode::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl IntoResponse for AppError {
    fn into_response(self) -> Response {
        let status = self.status();
        if status.is_server_error() {
            let cause = self.0.cause.as_ref().map(|cause| format!("{cause:#}"));
            tracing::error!(code = %self.0.code, cause, "request failed");
        } else if let Some(cause) = &self.0.cause {
            tracing::debug!(code = %self.0.code, cause = format!("{cause:#}"), "request refused");
        }
        let passing = (status == StatusCode::SERVICE_UNAVAILABLE).then_some(IN_A_MOMENT_S);
        let retry_after = self.0.retry_after_s.or(passing);
        let body = ErrorBody {
            code: self.0.code,
            message: self.0.message.into_owned(),
            fields: self.0.fields,
            details: self.0.details,
            request_id: request_id::current(),
        };
        let mut response = (status, Json(body)).into_response();
        if let Some(seconds) = retry_after {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl std::fmt::Display for AppError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.0.code, self.0.message)
    }
}

impl std::error::Error for AppError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.cause.as_ref().map(AsRef::as_ref)
    }
}

impl From<DieselError> for AppError {
    fn from(error: DieselError) -> Self {
        if let DieselError::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _) = &error {
            let message = "it is used elsewhere, or what it belongs to was just deleted; read again";
            return Self::new(ErrorCode::InUse, message);
        }
        let passing = match &error {
            DieselError::BrokenTransactionManager
            | DieselError::DatabaseError(
                DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::SerializationFailure,
                _,
            ) => true,
            // What neither library gives a kind of its own: a lost connection, SQLite's busy and full, PostgreSQL's
            // full disk, deadlock and statement time-out.
            DieselError::DatabaseError(_, info) => {
                let text = info.message();
                [
                    "connection closed",
                    "database is locked",
                    "disk is full",
                    "No space left on device",
                    "deadlock",
                    "statement timeout",
                ]
                .iter()
                .any(|sign| text.contains(sign))
            }
            _ => false,
        };
        if passing {
            Self::database_unavailable(error)
        } else {
            Self::internal(error)
        }
    }
}

/// The reason that an error was given with; otherwise what it says, as a quote.
#[must_use]
pub fn reason_of(error: &anyhow::Error) -> Reason {
    match error.downcast_ref::<Reason>() {
        Some(reason) => reason.clone(),
        None => Reason::quoted(error.to_string()),
    }
}

/// True when a unique index refused the row.
#[must_use]
pub fn is_unique_violation(error: &DieselError) -> bool {
    matches!(error, DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _))
}

impl From<Vec<FieldError>> for AppError {
    fn from(fields: Vec<FieldError>) -> Self {
        Self::validation(fields)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_told_to_come_back_is_told_when() {
        let gone = || anyhow::anyhow!("gone");
        for (error, seconds) in [
            (AppError::busy("too many files", 10), 10_u64),
            (AppError::database_unavailable(gone()), 5),
            (AppError::storage_unavailable(gone()), 5),
            (AppError::new(ErrorCode::Timeout, "too slow"), 5),
        ] {
            let answer = error.into_response();
            assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
            assert_eq!(answer.headers().get(RETRY_AFTER), Some(&HeaderValue::from(seconds)));
        }
        let fault = AppError::internal(gone()).into_response();
        assert_eq!(fault.headers().get(RETRY_AFTER), None);
    }
}
