//! First run and sign-in.

use esteira_shared::dto::administration::{PasswordUpdate, SessionCreate, SessionDto, SetupCreate, SetupDto};

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

pub async fn create_session(session: &SessionCreate) -> ApiResult<SessionDto> {
    client::post("/session", session).await
}

pub async fn delete_session() -> ApiResult<()> {
    client::delete("/session").await
}

/// Changes the signed-in person's own password; their other sessions end.
pub async fn update_password(update: &PasswordUpdate) -> ApiResult<()> {
    client::put("/session/password", update).await
}
