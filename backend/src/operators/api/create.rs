use axum::{extract::State, http::StatusCode};
use esteira_shared::{
    dto::operators::{OperatorCreate, OperatorDto},
    permission::Permission,
};

use crate::{
    app::SharedApp,
    auth::{Require, permission::WriteRegistry},
    error::AppResult,
    http::extract::{Json, Valid},
    operators::rules,
};

/// Add an operator
///
/// An address of its own for robots needs `organization:manage` too, because the organisation's token is sent there.
#[utoipa::path(
    post, path = "/operators", tag = "operators", request_body = OperatorCreate,
    responses((status = 201, body = OperatorDto)),
)]
pub async fn create_operator(
    auth: Require<WriteRegistry>,
    State(app): State<SharedApp>,
    Valid(create): Valid<OperatorCreate>,
) -> AppResult<(StatusCode, Json<OperatorDto>)> {
    if create.url_endpoint_rpa.as_deref().is_some_and(|url| !url.is_empty()) {
        // The organisation's token goes wherever this leads.
        auth.require(Permission::ManageOrganization)?;
    }
    let mut tx = app.db.begin().await?;
    let operator = rules::create(&mut tx, &auth.actor(), &create).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(operator)))
}
