use axum::{extract::State, http::StatusCode};
use esteira_shared::ids::ClientId;

use crate::{
    app::SharedApp,
    auth::{Require, permission::WriteRegistry},
    clients::rules,
    error::AppResult,
    http::extract::Path,
};

/// Remove a client without accounts
#[utoipa::path(
    delete, path = "/clients/{id}", tag = "clients", params(("id" = ClientId, Path)),
    responses((status = 204), (status = 409, body = esteira_shared::error::ErrorBody)),
)]
pub async fn delete_client(
    auth: Require<WriteRegistry>,
    State(app): State<SharedApp>,
    Path(id): Path<ClientId>,
) -> AppResult<StatusCode> {
    let mut tx = app.db.begin().await?;
    rules::delete(&mut tx, &auth.actor(), id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
