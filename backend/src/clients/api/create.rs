use axum::{extract::State, http::StatusCode};
use esteira_shared::dto::clients::{ClientCreate, ClientDto};

use crate::{
    app::SharedApp,
    auth::{Require, permission::WriteRegistry},
    clients::rules,
    error::AppResult,
    http::extract::{Json, Valid},
};

/// Add a client
#[utoipa::path(
    post, path = "/clients", tag = "clients", request_body = ClientCreate,
    responses((status = 201, body = ClientDto)),
)]
pub async fn create_client(
    auth: Require<WriteRegistry>,
    State(app): State<SharedApp>,
    Valid(create): Valid<ClientCreate>,
) -> AppResult<(StatusCode, Json<ClientDto>)> {
    let mut tx = app.db.begin().await?;
    let client = rules::create(&mut tx, &auth.actor(), &create).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(client)))
}
