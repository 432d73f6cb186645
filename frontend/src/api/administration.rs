//! First run, sign-in, organisation, users, tokens and audit.

use esteira_shared::{
    dto::administration::{
        ApiTokenCreate, ApiTokenCreated, ApiTokenDto, ApiTokenQuery, AuditEventDto, AuditQuery, ConnectionTestDto,
        EmailDto, EmailTestDto, OrganizationDto, OrganizationUpdate, PasswordUpdate, SessionDto, SetupCreate, SetupDto,
        UserCreate, UserDto, UserQuery, UserUpdate,
    },
    ids::{ApiTokenId, UserId},
    page::Page,
};

use super::{ApiResult, client};

pub async fn get_setup() -> ApiResult<SetupDto> {
    client::get("/setup").await
}

/// Creates the first organisation with its administrator, who is signed in by it.
pub async fn create_setup(setup: &SetupCreate) -> ApiResult<SessionDto> {
    client::post("/setup", setup).await
}

pub async fn get_session() -> ApiResult<SessionDto> {
    client::get("/session").await
}

pub async fn delete_session() -> ApiResult<()> {
    client::delete("/session").await
}

/// Changes the signed-in person's own password; their other sessions end.
pub async fn update_password(update: &PasswordUpdate) -> ApiResult<()> {
    client::put("/session/password", update).await
}

pub async fn list_users(query: &UserQuery) -> ApiResult<Page<UserDto>> {
    client::get(&format!("/users{}", client::query_string(query))).await
}

pub async fn create_user(create: &UserCreate) -> ApiResult<UserDto> {
    client::post("/users", create).await
}

/// Another role, a new password or deactivation end the person's sessions.
pub async fn update_user(id: UserId, update: &UserUpdate) -> ApiResult<UserDto> {
    client::put(&format!("/users/{id}"), update).await
}

/// All of them, newest first.
pub async fn list_tokens(query: &ApiTokenQuery) -> ApiResult<Vec<ApiTokenDto>> {
    client::get(&format!("/tokens{}", client::query_string(query))).await
}

/// The answer is the only one that ever holds the token.
pub async fn create_token(create: &ApiTokenCreate) -> ApiResult<ApiTokenCreated> {
    client::post("/tokens", create).await
}

pub async fn revoke_token(id: ApiTokenId) -> ApiResult<()> {
    client::delete(&format!("/tokens/{id}")).await
}

pub async fn get_organization() -> ApiResult<OrganizationDto> {
    client::get("/organization").await
}

pub async fn update_organization(update: &OrganizationUpdate) -> ApiResult<OrganizationDto> {
    client::put("/organization", update).await
}

/// Calls SAT with the settings as they are saved.
pub async fn test_sat_connection() -> ApiResult<ConnectionTestDto> {
    client::post("/organization/sat/test", &()).await
}

/// Whether the server sends e-mails.
pub async fn get_email() -> ApiResult<EmailDto> {
    client::get("/email").await
}

/// Sends one to oneself; its job tells how that went.
pub async fn test_email() -> ApiResult<EmailTestDto> {
    client::post("/email/test", &()).await
}

/// Newest first.
pub async fn list_audit_events(query: &AuditQuery) -> ApiResult<Page<AuditEventDto>> {
    client::get(&format!("/audit{}", client::query_string(query))).await
}
