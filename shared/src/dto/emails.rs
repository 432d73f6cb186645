//! E-mails that were written to people, and how sending them went.

use serde::{Deserialize, Serialize};

use crate::{
    ids::{EmailId, JobId, ScheduleRunId},
    instant::Instant,
    reason::ReasonDto,
    status::EmailStatus,
};

/// One e-mail to one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SentEmailDto {
    pub id: EmailId,
    pub to: String,
    pub subject: String,
    pub status: EmailStatus,
    /// Every try has the same `Message-ID`.
    pub tries: i32,
    /// The connection broke after the mail server had the message, so it may have arrived, perhaps twice.
    pub uncertain: bool,
    /// Why the last try failed.
    pub last_error: Option<String>,
    /// The same as code and arguments.
    pub last_error_coded: Option<ReasonDto>,
    /// Sends it, or did.
    pub job_id: JobId,
    /// The schedule's run that wrote it.
    pub schedule_run_id: Option<ScheduleRunId>,
    pub created_at: Instant,
    pub tried_at: Option<Instant>,
    pub sent_at: Option<Instant>,
}

/// The same with what was written and answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SentEmailDetailDto {
    pub email: SentEmailDto,
    /// As its headers have it; absent while no mail server is set.
    pub message_id: Option<String>,
    /// The mail server's last answer, as it came.
    pub last_answer: Option<String>,
    pub text: String,
    /// It has an HTML form too, at `/emails/{id}/html`.
    pub has_html: bool,
    pub attachment: Option<EmailAttachmentDto>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EmailAttachmentDto {
    pub filename: String,
    pub size_bytes: i64,
}

/// Filters of the list of e-mails.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(deny_unknown_fields)]
pub struct SentEmailQuery {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<EmailStatus>,
    /// Part of the address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
    /// Those of one run of a schedule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule_run_id: Option<ScheduleRunId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
}
