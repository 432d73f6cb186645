//! What an error means to the person who met it: what happened and what to do next.

use esteira_shared::error::{ErrorCode, FieldCode};

use crate::{
    api::{ApiError, Cause},
    i18n::tr,
    text::format,
};

/// The whole sentence for an error, with what its details add.
pub fn describe(error: &ApiError) -> String {
    let code = match error.cause {
        Cause::Offline => return tr!(errors.offline).to_owned(),
        Cause::Unreadable => return tr!(errors.unreadable).to_owned(),
        Cause::Cancelled => return tr!(parts.drop_cancelled).to_owned(),
        Cause::Server(code) => code,
    };
    match code {
        ErrorCode::TooLarge => too_large(error),
        ErrorCode::NotPdf => not_pdf(error),
        ErrorCode::RateLimited => rate_limited(error),
        code => plain(code).to_owned(),
    }
}

/// The sentence for a code alone. Exhaustive, so that a new code does not build without its words.
pub fn plain(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::Unauthenticated => tr!(errors.unauthenticated),
        ErrorCode::InvalidCredentials => tr!(errors.invalid_credentials),
        ErrorCode::Forbidden => tr!(errors.forbidden),
        ErrorCode::CrossSiteRequest => tr!(errors.cross_site_request),
        ErrorCode::HostNotAllowed => tr!(errors.host_not_allowed),
        ErrorCode::NotFound => tr!(errors.not_found),
        ErrorCode::MethodNotAllowed => tr!(errors.method_not_allowed),
        ErrorCode::MalformedRequest => tr!(errors.malformed_request),
        ErrorCode::Validation => tr!(errors.validation),
        ErrorCode::VersionConflict => tr!(errors.version_conflict),
        ErrorCode::IllegalTransition => tr!(errors.illegal_transition),
        ErrorCode::AlreadyExists => tr!(errors.already_exists),
        ErrorCode::InUse => tr!(errors.in_use),
        ErrorCode::JobStatus => tr!(errors.job_status),
        ErrorCode::DeliveryPending => tr!(errors.delivery_pending),
        ErrorCode::IdempotencyPending => tr!(errors.idempotency_pending),
        ErrorCode::IdempotencyKeyReused => tr!(errors.idempotency_key_reused),
        ErrorCode::DuplicateDocument => tr!(errors.duplicate_document),
        ErrorCode::DocumentChanged => tr!(errors.document_changed),
        ErrorCode::DocumentDamaged => tr!(errors.document_damaged),
        ErrorCode::SetupDone => tr!(errors.setup_done),
        ErrorCode::LastAdministrator => tr!(errors.last_administrator),
        ErrorCode::EmailNotConfigured => tr!(errors.email_not_configured),
        ErrorCode::SatNotConfigured => tr!(errors.sat_not_configured),
        ErrorCode::SatUnclear => tr!(errors.sat_unclear),
        ErrorCode::RpaNotConfigured => tr!(errors.rpa_not_configured),
        ErrorCode::HolidaysNotConfigured => tr!(errors.holidays_not_configured),
        ErrorCode::OperatorWithoutRobot => tr!(errors.operator_without_robot),
        ErrorCode::ExecutionActive => tr!(errors.execution_active),
        ErrorCode::TooLarge => tr!(errors.too_large),
        ErrorCode::UnsupportedMediaType => tr!(errors.unsupported_media_type),
        ErrorCode::EmptyFile => tr!(errors.empty_file),
        ErrorCode::NotPdf => tr!(errors.not_pdf),
        ErrorCode::EncryptedPdf => tr!(errors.encrypted_pdf),
        ErrorCode::PdfWithoutPages => tr!(errors.pdf_without_pages),
        ErrorCode::DamagedPdf => tr!(errors.damaged_pdf),
        ErrorCode::RateLimited => tr!(errors.rate_limited),
        ErrorCode::Busy => tr!(errors.busy),
        ErrorCode::TooManyAtOnce => tr!(errors.too_many_at_once),
        ErrorCode::DatabaseUnavailable => tr!(errors.database_unavailable),
        ErrorCode::StorageUnavailable => tr!(errors.storage_unavailable),
        ErrorCode::Timeout => tr!(errors.timeout),
        ErrorCode::Internal => tr!(errors.internal),
    }
}

fn too_large(error: &ApiError) -> String {
    match error.detail("limit_bytes").and_then(serde_json::Value::as_i64) {
        Some(limit) => tr!(errors.too_large_limit, limit = format::limit(limit)),
        None => tr!(errors.too_large).to_owned(),
    }
}

fn not_pdf(error: &ApiError) -> String {
    match error.detail("looks_like").and_then(serde_json::Value::as_str) {
        Some(kind) => tr!(errors.not_pdf_but, kind = kind.to_owned()),
        None => tr!(errors.not_pdf).to_owned(),
    }
}

fn rate_limited(error: &ApiError) -> String {
    match error.retry_after_seconds {
        Some(seconds) => tr!(errors.rate_limited_for, seconds = seconds),
        None => tr!(errors.rate_limited).to_owned(),
    }
}

/// What to change in one field.
pub fn field(code: FieldCode) -> &'static str {
    match code {
        FieldCode::Required => tr!(errors.field_required),
        FieldCode::TooShort => tr!(errors.field_too_short),
        FieldCode::TooLong => tr!(errors.field_too_long),
        FieldCode::Invalid => tr!(errors.field_invalid),
        FieldCode::CheckDigits => tr!(errors.field_check_digits),
        FieldCode::Taken => tr!(errors.field_taken),
        FieldCode::Unknown => tr!(errors.field_unknown),
        FieldCode::OutOfRange => tr!(errors.field_out_of_range),
        FieldCode::PrivateAddress => tr!(errors.field_private_address),
        FieldCode::WrongPassword => tr!(errors.field_wrong_password),
        FieldCode::EasilyGuessed => tr!(errors.field_easily_guessed),
        FieldCode::WrongCode => tr!(errors.field_wrong_code),
        FieldCode::BeyondOwnRights => tr!(errors.field_beyond_own_rights),
    }
}
