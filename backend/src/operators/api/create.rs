use axum::{extract::State, http::StatusCode};
use esteira_shared::dto::operators::{OperatorCreate, OperatorDto};

use crate::{
    app::SharedApp,
    auth::{Require, permission::WriteRegistry},
    error::AppResult,
    http::extract::{Json, Valid},
    operators::rules,
};

/// Add an operator
#[utoipa::path(
    post, path = "/operators", tag = "operators", request_body = OperatorCreate,
    responses((status = 201, body = OperatorDto)),
    security(("session" = ["registry:write"]), ("token" = ["registry:write"])),
)]
pub async fn create_operator(
    auth: Require<WriteRegistry>,
    State(app): State<SharedApp>,
    Valid(create): Valid<OperatorCreate>,
) -> AppResult<(StatusCode, Json<OperatorDto>)> {
    let mut tx = app.db.begin().await?;
    let operator = rules::create(&mut tx, &auth.actor(), &create).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(operator)))
}
