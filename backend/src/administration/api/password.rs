//! One's own password.

use axum::{extract::State, http::StatusCode};
use esteira_shared::{
    dto::administration::PasswordUpdate,
    error::{FieldCode, FieldError},
};

use crate::{
    administration::user::{self, User},
    app::SharedApp,
    auth::{InSession, password, rate_limit::Standing},
    error::{AppError, AppResult},
    http::extract::{ClientAddress, Valid},
};

/// Change one's own password
///
/// Ends all other sessions of the person. Not for machines.
#[utoipa::path(
    put, path = "/session/password", tag = "administration", request_body = PasswordUpdate,
    responses((status = 204)),
)]
pub async fn update_password(
    auth: InSession,
    State(app): State<SharedApp>,
    ClientAddress(address): ClientAddress,
    Valid(update): Valid<PasswordUpdate>,
) -> AppResult<StatusCode> {
    let found = User::find(
        &mut app.db.read().await?,
        auth.principal.organization_id,
        auth.principal.user_id,
    )
    .await?;
    let user = found.ok_or_else(|| AppError::not_found("user"))?;
    let limit = app.auth.sign_in_limit();
    let guess = limit.take(&user.email, address, Standing::InSession, app.clock.now())?;
    if !password::verify(update.current_password.into(), Some(user.password_hash.clone())).await? {
        let error = FieldError::new(
            "current_password",
            FieldCode::WrongPassword,
            "this is not the current password",
        );
        return Err(AppError::validation(vec![error]));
    }
    guess.was_right();
    password::refuse_guessable("new_password", &update.new_password, &[&user.name, &user.email])?;
    let hash = password::hash(update.new_password.into()).await?;
    let mut tx = app.db.begin().await?;
    user::change_password(&mut tx, &auth.principal.actor(), user, hash, auth.session_id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
