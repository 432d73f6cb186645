//! People of the organisation.

use axum::{extract::State, http::StatusCode};
use esteira_shared::{
    dto::administration::{UserCreate, UserDto, UserQuery, UserUpdate},
    ids::UserId,
    page::Page,
};

use crate::{
    administration::user::{self, User},
    app::SharedApp,
    auth::{Require, password, permission::ManageUsers},
    error::{AppError, AppResult},
    http::extract::{Json, Path, Query, Valid},
};

/// People of the organisation, newest first
#[utoipa::path(
    get, path = "/users", tag = "administration", params(UserQuery), responses((status = 200, body = Page<UserDto>)),
)]
pub async fn list_users(
    auth: Require<ManageUsers>,
    State(app): State<SharedApp>,
    Query(query): Query<UserQuery>,
) -> AppResult<Json<Page<UserDto>>> {
    User::list(&mut app.db.read().await?, auth.organization_id, &query)
        .await
        .map(Json)
}

/// Add a person
///
/// A token may only add those who may no more than itself.
#[utoipa::path(
    post, path = "/users", tag = "administration", request_body = UserCreate, responses((status = 201, body = UserDto)),
)]
pub async fn create_user(
    auth: Require<ManageUsers>,
    State(app): State<SharedApp>,
    Valid(create): Valid<UserCreate>,
) -> AppResult<(StatusCode, Json<UserDto>)> {
    user::may_give(&auth, create.role)?;
    password::refuse_guessable("password", &create.password, &[&create.name, &create.email])?;
    let hash = password::hash(create.password.clone().into()).await?;
    let mut tx = app.db.begin().await?;
    let user = user::create(&mut tx, &auth.actor(), &create, hash).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(user)))
}

/// Change a person
///
/// Another role, a new password or deactivation end their sessions everywhere within seconds. With `end_tokens` their API
/// tokens end too. A token may only change those who may no more than itself.
#[utoipa::path(
    put, path = "/users/{id}", tag = "administration", params(("id" = UserId, Path)), request_body = UserUpdate,
    responses((status = 200, body = UserDto)),
)]
pub async fn update_user(
    auth: Require<ManageUsers>,
    State(app): State<SharedApp>,
    Path(id): Path<UserId>,
    Valid(update): Valid<UserUpdate>,
) -> AppResult<Json<UserDto>> {
    let hash = match &update.password {
        Some(password) => {
            let user = User::find(&mut app.db.read().await?, auth.organization_id, id).await?;
            let user = user.ok_or_else(|| AppError::not_found("user"))?;
            password::refuse_guessable("password", password, &[&update.name, &user.email])?;
            Some(password::hash(password.clone().into()).await?)
        }
        None => None,
    };
    let mut tx = app.db.begin().await?;
    let user = user::update(&mut tx, &auth, id, update, hash).await?;
    tx.commit().await?;
    Ok(Json(user))
}
