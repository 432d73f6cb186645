use axum::extract::State;
use esteira_shared::{
    dto::clients::{ClientDto, ClientUpdate},
    ids::ClientId,
};

use crate::{
    app::SharedApp,
    auth::{Require, permission::WriteRegistry},
    clients::rules,
    error::AppResult,
    http::extract::{Json, Path, Valid},
};

/// Change a client
#[utoipa::path(
    put, path = "/clients/{id}", tag = "clients", params(("id" = ClientId, Path)), request_body = ClientUpdate,
    responses((status = 200, body = ClientDto)),
)]
pub async fn update_client(
    auth: Require<WriteRegistry>,
    State(app): State<SharedApp>,
    Path(id): Path<ClientId>,
    Valid(update): Valid<ClientUpdate>,
) -> AppResult<Json<ClientDto>> {
    let mut tx = app.db.begin().await?;
    let client = rules::update(&mut tx, &auth.actor(), id, update).await?;
    tx.commit().await?;
    Ok(Json(client))
}
