//! First run, sign-in, organisation, users, tokens and audit.

use serde::{Deserialize, Serialize};

use crate::{
    error::{FieldCode, FieldError, words},
    ids::{ApiTokenId, AuditEventId, EmailId, JobId, OrganizationId, UserId},
    instant::Instant,
    permission::{Permission, Role},
    reason::ReasonDto,
    validate::{Fields, Validate},
};

/// Whether the first administrator is still to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SetupDto {
    pub needed: bool,
}

/// The first organisation and its administrator.
#[derive(Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SetupCreate {
    /// Proves that one may read what the server printed when it started.
    pub code: String,
    pub organization_name: String,
    pub name: String,
    pub email: String,
    pub password: String,
}

impl Validate for SetupCreate {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        let mut fields = Fields::new();
        fields.text("code", &self.code, 120);
        fields.text("organization_name", &self.organization_name, 120);
        fields.text("name", &self.name, 120);
        fields.email("email", &self.email);
        fields.password("password", &self.password, &[&self.name, &self.email]);
        fields.finish()
    }
}

/// Sign-in.
#[derive(Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionCreate {
    pub email: String,
    pub password: String,
}

impl Validate for SessionCreate {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        let mut fields = Fields::new();
        fields.text("email", &self.email, 254);
        fields.text("password", &self.password, *crate::validate::PASSWORD_CHARS.end());
        fields.finish()
    }
}

/// Who is signed in, and what they may do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionDto {
    pub user: UserDto,
    pub organization: OrganizationDto,
    pub permissions: Vec<Permission>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UserDto {
    pub id: UserId,
    pub name: String,
    pub email: String,
    pub role: Role,
    pub active: bool,
    pub last_sign_in_at: Option<Instant>,
    pub created_at: Instant,
    pub version: i32,
}

#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UserCreate {
    pub name: String,
    pub email: String,
    pub role: Role,
    pub password: String,
}

impl Validate for UserCreate {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        let mut fields = Fields::new();
        fields.text("name", &self.name, 120);
        fields.email("email", &self.email);
        fields.password("password", &self.password, &[&self.name, &self.email]);
        fields.finish()
    }
}

/// Changes to a user. A new role, `active: false` or a new password ends their sessions.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UserUpdate {
    pub name: String,
    pub role: Role,
    pub active: bool,
    /// Absent: unchanged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// Ends every API token that the person made. Needs `tokens:manage` too.
    #[serde(default)]
    pub end_tokens: bool,
    pub version: i32,
}

impl Validate for UserUpdate {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        let mut fields = Fields::new();
        fields.text("name", &self.name, 120);
        if let Some(password) = &self.password {
            fields.password("password", password, &[&self.name]);
        }
        fields.finish()
    }
}

/// Filters of the user list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(deny_unknown_fields)]
pub struct UserQuery {
    /// Part of the name or e-mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
}

/// One's own password.
#[derive(Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PasswordUpdate {
    pub current_password: String,
    pub new_password: String,
}

impl Validate for PasswordUpdate {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        let mut fields = Fields::new();
        fields.text(
            "current_password",
            &self.current_password,
            *crate::validate::PASSWORD_CHARS.end(),
        );
        fields.password("new_password", &self.new_password, &[]);
        fields.finish()
    }
}

/// Whether the server sends e-mails.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EmailDto {
    /// Who they are from; absent when none are sent.
    pub from: Option<String>,
    /// Where answers go, when not to the sender.
    pub reply_to: Option<String>,
}

/// A test e-mail on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EmailTestDto {
    /// Sends it, and tells how that went.
    pub job_id: JobId,
    /// The message, with what the mail server answered.
    pub email_id: EmailId,
    pub to: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApiTokenDto {
    pub id: ApiTokenId,
    pub name: String,
    pub scopes: Vec<Permission>,
    pub created_by: String,
    pub created_at: Instant,
    pub expires_at: Instant,
    pub last_used_at: Option<Instant>,
    pub revoked_at: Option<Instant>,
}

words! {
    /// Whether a token still opens the API.
    ApiTokenState {
        Active = "active",
        Expired = "expired",
        Revoked = "revoked",
    }
}

/// Filters of the tokens.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(deny_unknown_fields)]
pub struct ApiTokenQuery {
    /// Part of the name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<ApiTokenState>,
    /// Who made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApiTokenCreate {
    pub name: String,
    pub scopes: Vec<Permission>,
    /// 1 to 366.
    pub expires_in_days: i64,
}

impl Validate for ApiTokenCreate {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        let mut fields = Fields::new();
        fields.text("name", &self.name, 120);
        if self.scopes.is_empty() {
            fields.push("scopes", FieldCode::Required, "at least one scope");
        }
        if !(1..=366).contains(&self.expires_in_days) {
            fields.push("expires_in_days", FieldCode::OutOfRange, "between 1 and 366 days");
        }
        fields.finish()
    }
}

/// The only answer that ever holds the token itself.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApiTokenCreated {
    pub token: String,
    pub details: ApiTokenDto,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OrganizationDto {
    pub id: OrganizationId,
    pub name: String,
    /// IANA name; days and hours on the screen follow it.
    pub timezone: String,
    /// Days in one status after which a process counts as late.
    pub late_after_days: i32,
    /// Largest accepted PDF, in bytes.
    pub max_document_bytes: i64,
    /// Where SAT takes documents; empty until set, and for whoever may not set it.
    pub sat_url: Option<String>,
    /// Whether a SAT token is kept; the token itself is never sent back.
    pub sat_token_set: bool,
    pub version: i32,
}

/// Changes to the organisation's settings.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OrganizationUpdate {
    pub name: String,
    pub timezone: String,
    pub late_after_days: i32,
    pub max_document_bytes: i64,
    pub sat_url: Option<String>,
    /// Absent: unchanged. Empty: removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sat_token: Option<String>,
    pub version: i32,
}

/// Limits of [`OrganizationUpdate::max_document_bytes`]: 1 KiB to 50 MiB.
pub const DOCUMENT_BYTES: std::ops::RangeInclusive<i64> = 1_024..=50 * 1024 * 1024;

impl Validate for OrganizationUpdate {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        let mut fields = Fields::new();
        fields.text("name", &self.name, 120);
        fields.text("timezone", &self.timezone, 64);
        if !(1..=60).contains(&self.late_after_days) {
            fields.push("late_after_days", FieldCode::OutOfRange, "between 1 and 60 days");
        }
        if !DOCUMENT_BYTES.contains(&self.max_document_bytes) {
            fields.push("max_document_bytes", FieldCode::OutOfRange, "between 1 KiB and 50 MiB");
        }
        if let Some(url) = self.sat_url.as_deref().filter(|url| !url.is_empty()) {
            fields.url("sat_url", url);
        }
        fields.optional_text("sat_token", self.sat_token.as_deref(), 4_000);
        fields.finish()
    }
}

/// Result of trying the SAT connection with the saved settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConnectionTestDto {
    pub ok: bool,
    /// What answered, or why nothing did.
    pub message: String,
    /// The same as code and arguments.
    pub message_coded: ReasonDto,
    pub elapsed_ms: i64,
}

/// One line of the audit trail.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditEventDto {
    pub id: AuditEventId,
    pub at: Instant,
    /// Name of the person or token, or `sistema`.
    pub actor: String,
    /// For example `process.approve`.
    pub action: String,
    /// Kind of the thing acted on, for example `process`.
    pub subject_kind: String,
    pub subject_id: Option<crate::ids::SubjectId>,
    /// How people know the thing.
    pub subject_name: String,
    pub before: Option<serde_json::Value>,
    pub after: Option<serde_json::Value>,
    pub request_id: Option<String>,
}

/// Filters of the audit list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(deny_unknown_fields)]
pub struct AuditQuery {
    /// Start of the actor's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// Exact action, or its part before the dot (`process`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject_id: Option<crate::ids::SubjectId>,
    /// First day, in the organisation's zone.
    #[serde(
        default,
        deserialize_with = "crate::instant::day",
        skip_serializing_if = "Option::is_none"
    )]
    pub from: Option<chrono::NaiveDate>,
    /// Last day, included.
    #[serde(
        default,
        deserialize_with = "crate::instant::day",
        skip_serializing_if = "Option::is_none"
    )]
    pub to: Option<chrono::NaiveDate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
}
