//! The error every route answers with, and its closed list of codes.

use serde::{Deserialize, Serialize};

/// The body of every answer that is not a success.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ErrorBody {
    pub code: ErrorCode,
    /// For developers and logs, in English; the screen translates `code`.
    pub message: String,
    /// What is wrong with which field of the request.
    #[serde(default)]
    pub fields: Vec<FieldError>,
    /// Facts that belong to the code, for example the legal moves of `illegal_transition`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<serde_json::Value>,
    /// Find the request in the log by this.
    pub request_id: String,
}

/// One refused field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldError {
    /// Path of the field as sent, for example `cnpj`.
    pub field: String,
    pub code: FieldCode,
    /// For developers, in English.
    pub message: String,
}

impl FieldError {
    #[must_use]
    pub fn new(field: &str, code: FieldCode, message: impl Into<String>) -> Self {
        Self {
            field: field.to_owned(),
            code,
            message: message.into(),
        }
    }
}

/// A closed list of words, the same on the wire, in the databases and in Rust.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:tt),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub enum $name { $($(#[$variant_doc])* #[serde(rename = $word)] $variant),+ }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The wire word.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::error::UnknownWord;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text { $($word => Ok(Self::$variant),)+ _ => Err($crate::error::UnknownWord(text.to_owned())) }
            }
        }

        #[cfg(feature = "diesel")]
        $crate::sql_types::word_value!($name);
    };
}
pub(crate) use words;

/// A word that is not on its list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown value {0:?}")]
pub struct UnknownWord(pub String);

words! {
    /// What went wrong, for programs. New codes may be added; none changes its meaning.
    ErrorCode {
        /// 401: not signed in, session over, or token invalid, expired or revoked.
        Unauthenticated = "unauthenticated",
        /// 401: wrong e-mail or password (never says which).
        InvalidCredentials = "invalid_credentials",
        /// 403: signed in, but the role or the token's scopes do not allow it.
        Forbidden = "forbidden",
        /// 403: an unsafe request from a browser without the CSRF header or from another origin.
        CrossSiteRequest = "cross_site_request",
        /// 403: the request names this installation in a way that it does not know.
        HostNotAllowed = "host_not_allowed",
        /// 404: there is none, or it belongs to another organisation.
        NotFound = "not_found",
        /// 405
        MethodNotAllowed = "method_not_allowed",
        /// 400: the request cannot be read (broken JSON, bad path id or query).
        MalformedRequest = "malformed_request",
        /// 422: `fields` says what to change.
        Validation = "validation",
        /// 409: somebody changed the row since it was read; read it again.
        VersionConflict = "version_conflict",
        /// 409: `details` is `{from, allowed}`.
        IllegalTransition = "illegal_transition",
        /// 409: another row already has this unique value.
        AlreadyExists = "already_exists",
        /// 409: the row is used by others; `details` says by how many.
        InUse = "in_use",
        /// 409: the same bytes are kept already; `details` is a list of `DocumentPlace`.
        DuplicateDocument = "duplicate_document",
        /// 409: the document on screen is no longer the current one.
        DocumentChanged = "document_changed",
        /// 409: the store does not hold the bytes that were received; `details` is `{cause, action}` with their codes.
        DocumentDamaged = "document_damaged",
        /// 409: an organisation exists already; the first-run page is closed.
        SetupDone = "setup_done",
        /// 409: the last active administrator cannot be removed.
        LastAdministrator = "last_administrator",
        /// 409: the job's status does not allow it; `details` is `{status}`.
        JobStatus = "job_status",
        /// 409: the message is still being delivered.
        DeliveryPending = "delivery_pending",
        /// 409: a request with this `Idempotency-Key` is being carried out, or was and its answer is lost.
        IdempotencyPending = "idempotency_pending",
        /// 422: this `Idempotency-Key` was used for another request.
        IdempotencyKeyReused = "idempotency_key_reused",
        /// 409: this server has no settings for e-mail.
        EmailNotConfigured = "email_not_configured",
        /// 409: SAT's address is not set.
        SatNotConfigured = "sat_not_configured",
        /// 409: SAT's answer to the last sending was not understood, so SAT may have the document; `despite_doubt` sends it again.
        SatUnclear = "sat_unclear",
        /// 409: no address of the robots' API is set.
        RpaNotConfigured = "rpa_not_configured",
        /// 409: no service is set that holidays could be compared with.
        HolidaysNotConfigured = "holidays_not_configured",
        /// 409: the operator has no robot.
        OperatorWithoutRobot = "operator_without_robot",
        /// 409: another run for the process is not over; `details` is `{execution_id}`.
        ExecutionActive = "execution_active",
        /// 413: over the size limit; `details` is `{limit_bytes}`.
        TooLarge = "too_large",
        /// 415
        UnsupportedMediaType = "unsupported_media_type",
        /// 422: 0 bytes.
        EmptyFile = "empty_file",
        /// 422: the content is not a PDF; `details.looks_like` may name what it is.
        NotPdf = "not_pdf",
        /// 422: the PDF wants a password.
        EncryptedPdf = "encrypted_pdf",
        /// 422: the PDF has no page.
        PdfWithoutPages = "pdf_without_pages",
        /// 422: the PDF cannot be read to its end, or only at a cost above the bounds.
        DamagedPdf = "damaged_pdf",
        /// 429: `Retry-After` says when.
        RateLimited = "rate_limited",
        /// 503: too much of this is under way; nothing was changed, `Retry-After` says when to send it again.
        Busy = "busy",
        /// 429: the user, or the organisation, has as many of these under way as it may have at once; `details` is
        /// `{most}`, `Retry-After` says when to try again.
        TooManyAtOnce = "too_many_at_once",
        /// 503: the database does not answer.
        DatabaseUnavailable = "database_unavailable",
        /// 503: the document store does not answer.
        StorageUnavailable = "storage_unavailable",
        /// 503: the request took longer than the server allows.
        Timeout = "timeout",
        /// 500: a fault of ours; `request_id` finds it in the log.
        Internal = "internal",
    }
}

words! {
    /// What is wrong with one field.
    FieldCode {
        Required = "required",
        TooShort = "too_short",
        TooLong = "too_long",
        Invalid = "invalid",
        /// Check digits do not fit.
        CheckDigits = "check_digits",
        Taken = "taken",
        Unknown = "unknown",
        OutOfRange = "out_of_range",
        /// An address in a private range, refused unless a setting allows it.
        PrivateAddress = "private_address",
        /// The current password given is not right.
        WrongPassword = "wrong_password",
        /// A new password that others try first.
        EasilyGuessed = "easily_guessed",
        /// Not the setup code that the server printed.
        WrongCode = "wrong_code",
        /// A token cannot give more rights than it has.
        BeyondOwnRights = "beyond_own_rights",
    }
}
