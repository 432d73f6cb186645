//! Signing in and out.

use axum::{
    extract::State,
    http::{HeaderMap, Method, StatusCode, header},
    response::IntoResponse,
};
use axum_extra::extract::CookieJar;
use esteira_shared::{
    dto::administration::{SessionCreate, SessionDto},
    ids::UserId,
};
use uuid::Uuid;

use crate::{
    administration::{
        organization::Organization,
        user::{self, User},
    },
    app::{App, SharedApp},
    auth::{Anyone, InSession, Principal, SignedIn, addresses, csrf, password, session},
    error::{AppError, AppResult},
    http::extract::{ClientAddress, Json, Valid},
};

/// Who is signed in, and what they may do
#[utoipa::path(
    get, path = "/session", tag = "administration",
    responses((status = 200, body = SessionDto)),
)]
pub async fn get_session(
    SignedIn(principal): SignedIn,
    State(app): State<SharedApp>,
    jar: CookieJar,
) -> AppResult<impl IntoResponse> {
    let body = whole(&app, &principal).await?;
    // Every page asks this first, so a cookie with the older name lasts no longer than that.
    let jar = match principal.session_id() {
        Some(_) => session::rename(&app.auth, jar),
        None => jar,
    };
    Ok((jar, Json(body)))
}

/// Sign in
///
/// Sets the session cookie. A wrong e-mail and a wrong password answer alike. Too many tries answer 429: for an account
/// after ten wrong ones, then one a minute; where the account signed in well lately, it has as many of its own.
#[utoipa::path(
    post, path = "/session", tag = "administration", request_body = SessionCreate,
    responses((status = 200, body = SessionDto), (status = 401, body = esteira_shared::error::ErrorBody), (status = 429, body = esteira_shared::error::ErrorBody)),
)]
pub async fn create_session(
    _: Anyone,
    State(app): State<SharedApp>,
    ClientAddress(address): ClientAddress,
    jar: CookieJar,
    headers: HeaderMap,
    Valid(create): Valid<SessionCreate>,
) -> AppResult<impl IntoResponse> {
    csrf::check(&app.auth, &Method::POST, &headers)?;
    let old = session::token(&app.auth, &jar);
    let user = User::by_email(&mut app.db.read().await?, &create.email).await?;
    // Nobody's id for an e-mail of nobody: the answer must not come sooner.
    let id = user.as_ref().map_or(UserId(Uuid::nil()), |user| user.id);
    let standing = addresses::standing(&app.auth, id, old, address).await?;
    let limit = app.auth.sign_in_limit();
    let guess = limit.take(create.email.trim(), address, standing, app.clock.now())?;
    let hash = user
        .as_ref()
        .filter(|user| user.active)
        .map(|user| user.password_hash.clone());
    let fits = password::verify(create.password.into(), hash).await?;
    let Some(user) = user.filter(|_| fits) else {
        tracing::warn!(%address, "a sign-in was refused");
        return Err(user::wrong_credentials());
    };
    guess.was_right();
    // Before the session is there: without an answer nobody would have its cookie.
    let organization = Organization::find(&mut app.db.read().await?, user.organization_id).await?;
    let mut tx = app.db.begin().await?;
    let token = user::sign_in(&mut tx, &user, old, address.to_string(), user_agent(&headers)).await?;
    tx.commit().await?;
    let permissions = user.role.permissions();
    let body = SessionDto {
        user: user.into_dto(),
        organization: organization.into_dto_for(&permissions),
        permissions,
    };
    Ok((session::hand_over(&app.auth, jar, token), Json(body)))
}

/// Sign out
#[utoipa::path(
    delete, path = "/session", tag = "administration",
    responses((status = 204)),
)]
pub async fn delete_session(
    auth: InSession,
    State(app): State<SharedApp>,
    jar: CookieJar,
) -> AppResult<impl IntoResponse> {
    let mut tx = app.db.begin().await?;
    session::end(&mut tx, auth.session_id, auth.principal.user_id).await?;
    tx.commit().await?;
    Ok((StatusCode::NO_CONTENT, session::take_back(&app.auth, jar)))
}

async fn whole(app: &App, principal: &Principal) -> AppResult<SessionDto> {
    let mut conn = app.db.read().await?;
    let user = User::find(&mut conn, principal.organization_id, principal.user_id).await?;
    let user = user.ok_or_else(|| AppError::not_found("user"))?.into_dto();
    let organization = Organization::find(&mut conn, principal.organization_id).await?;
    let permissions = principal.permissions();
    Ok(SessionDto {
        user,
        organization: organization.into_dto_for(&permissions),
        permissions,
    })
}

pub(super) fn user_agent(headers: &HeaderMap) -> String {
    headers
        .get(header::USER_AGENT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("-")
        .to_owned()
}
