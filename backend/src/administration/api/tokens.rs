//! Tokens of machines.

use axum::{extract::State, http::StatusCode};
use esteira_shared::{
    dto::administration::{ApiTokenCreate, ApiTokenCreated, ApiTokenDto, ApiTokenQuery},
    ids::ApiTokenId,
};

use crate::{
    administration::token,
    app::SharedApp,
    auth::{Require, permission::ManageTokens},
    error::AppResult,
    http::extract::{Json, Path, Query, Valid},
};

/// API tokens, newest first
#[utoipa::path(
    get, path = "/tokens", tag = "administration", params(ApiTokenQuery),
    responses((status = 200, body = Vec<ApiTokenDto>)),
)]
pub async fn list_tokens(
    auth: Require<ManageTokens>,
    State(app): State<SharedApp>,
    Query(query): Query<ApiTokenQuery>,
) -> AppResult<Json<Vec<ApiTokenDto>>> {
    let mut conn = app.db.read().await?;
    token::list(&mut conn, auth.organization_id, &query, app.clock.now())
        .await
        .map(Json)
}

/// Make an API token
///
/// The answer holds the token; it is shown never again. A token may make others with its own scopes only, which end no later
/// than itself.
#[utoipa::path(
    post, path = "/tokens", tag = "administration", request_body = ApiTokenCreate,
    responses((status = 201, body = ApiTokenCreated)),
)]
pub async fn create_token(
    auth: Require<ManageTokens>,
    State(app): State<SharedApp>,
    Valid(create): Valid<ApiTokenCreate>,
) -> AppResult<(StatusCode, Json<ApiTokenCreated>)> {
    let mut tx = app.db.begin().await?;
    let created = token::create(&app, &mut tx, &auth, create).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(created)))
}

/// Revoke an API token at once
#[utoipa::path(
    delete, path = "/tokens/{id}", tag = "administration", params(("id" = ApiTokenId, Path)),
    responses((status = 200, body = ApiTokenDto)),
)]
pub async fn revoke_token(
    auth: Require<ManageTokens>,
    State(app): State<SharedApp>,
    Path(id): Path<ApiTokenId>,
) -> AppResult<Json<ApiTokenDto>> {
    let mut tx = app.db.begin().await?;
    let revoked = token::revoke(&mut tx, &auth.actor(), id).await?;
    tx.commit().await?;
    Ok(Json(revoked))
}
