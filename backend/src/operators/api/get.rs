use axum::extract::State;
use esteira_shared::{dto::operators::OperatorDto, ids::OperatorId};

use crate::{
    app::SharedApp,
    auth::{Require, permission::ReadRegistry},
    error::AppResult,
    http::extract::{Json, Path},
    operators::{api::shown_to, rules},
};

/// One operator
#[utoipa::path(
    get, path = "/operators/{id}", tag = "operators", params(("id" = OperatorId, Path)),
    responses((status = 200, body = OperatorDto)),
)]
pub async fn get_operator(
    auth: Require<ReadRegistry>,
    State(app): State<SharedApp>,
    Path(id): Path<OperatorId>,
) -> AppResult<Json<OperatorDto>> {
    let operator = rules::get(&mut app.db.read().await?, auth.organization_id, id).await?;
    Ok(Json(shown_to(&auth, operator)))
}
