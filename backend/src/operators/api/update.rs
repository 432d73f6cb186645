use axum::extract::State;
use esteira_shared::{
    dto::operators::{OperatorDto, OperatorUpdate},
    ids::OperatorId,
};

use crate::{
    app::SharedApp,
    auth::{Require, permission::WriteRegistry},
    error::AppResult,
    http::extract::{Json, Path, Valid},
    operators::rules,
};

/// Change an operator
///
/// An address of its own for robots needs `organization:manage` too, because the organisation's token is sent there.
#[utoipa::path(
    put, path = "/operators/{id}", tag = "operators", params(("id" = OperatorId, Path)), request_body = OperatorUpdate,
    responses((status = 200, body = OperatorDto)),
)]
pub async fn update_operator(
    auth: Require<WriteRegistry>,
    State(app): State<SharedApp>,
    Path(id): Path<OperatorId>,
    Valid(update): Valid<OperatorUpdate>,
) -> AppResult<Json<OperatorDto>> {
    let mut tx = app.db.begin().await?;
    let operator = rules::update(&mut tx, &auth, id, update).await?;
    tx.commit().await?;
    Ok(Json(operator))
}
