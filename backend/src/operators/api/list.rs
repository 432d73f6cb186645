use axum::extract::State;
use esteira_shared::{
    dto::operators::{OperatorDto, OperatorQuery},
    page::Page,
};

use crate::{
    app::SharedApp,
    auth::{Require, permission::ReadRegistry},
    error::AppResult,
    http::extract::{Json, Query},
    operators::{Operator, api::shown_to},
};

/// Operators by name
#[utoipa::path(
    get, path = "/operators", tag = "operators", params(OperatorQuery), responses((status = 200, body = Page<OperatorDto>)),
)]
pub async fn list_operators(
    auth: Require<ReadRegistry>,
    State(app): State<SharedApp>,
    Query(query): Query<OperatorQuery>,
) -> AppResult<Json<Page<OperatorDto>>> {
    let page = Operator::list(&mut app.db.read().await?, auth.organization_id, &query).await?;
    Ok(Json(page.map(|operator| shown_to(&auth, operator))))
}
