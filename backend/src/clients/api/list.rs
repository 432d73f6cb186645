use axum::extract::State;
use esteira_shared::{
    dto::clients::{ClientDto, ClientQuery},
    page::Page,
};

use crate::{
    app::SharedApp,
    auth::{Require, permission::ReadRegistry},
    clients::Client,
    error::AppResult,
    http::extract::{Json, Query},
};

/// Clients by name
#[utoipa::path(
    get, path = "/clients", tag = "clients", params(ClientQuery), responses((status = 200, body = Page<ClientDto>)),
)]
pub async fn list_clients(
    auth: Require<ReadRegistry>,
    State(app): State<SharedApp>,
    Query(query): Query<ClientQuery>,
) -> AppResult<Json<Page<ClientDto>>> {
    Client::list(&mut app.db.read().await?, auth.organization_id, &query)
        .await
        .map(Json)
}
