use axum::extract::State;
use esteira_shared::{dto::clients::ClientDto, ids::ClientId};

use crate::{
    app::SharedApp,
    auth::{Require, permission::ReadRegistry},
    clients::rules,
    error::AppResult,
    http::extract::{Json, Path},
};

/// One client
#[utoipa::path(
    get, path = "/clients/{id}", tag = "clients", params(("id" = ClientId, Path)),
    responses((status = 200, body = ClientDto)),
)]
pub async fn get_client(
    auth: Require<ReadRegistry>,
    State(app): State<SharedApp>,
    Path(id): Path<ClientId>,
) -> AppResult<Json<ClientDto>> {
    rules::get(&mut app.db.read().await?, auth.organization_id, id)
        .await
        .map(Json)
}
