use axum::{extract::State, http::StatusCode};
use esteira_shared::ids::OperatorId;

use crate::{
    app::SharedApp,
    auth::{Require, permission::WriteRegistry},
    error::AppResult,
    http::extract::Path,
    operators::rules,
};

/// Remove an operator without accounts
#[utoipa::path(
    delete, path = "/operators/{id}", tag = "operators", params(("id" = OperatorId, Path)),
    responses((status = 204), (status = 409, body = esteira_shared::error::ErrorBody)),
)]
pub async fn delete_operator(
    auth: Require<WriteRegistry>,
    State(app): State<SharedApp>,
    Path(id): Path<OperatorId>,
) -> AppResult<StatusCode> {
    let mut tx = app.db.begin().await?;
    rules::delete(&mut tx, &auth.actor(), id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
