use axum::extract::State;
use esteira_shared::{
    dto::operators::{OperatorDto, OperatorUpdate},
    ids::OperatorId,
    permission::Permission,
};

use crate::{
    app::SharedApp,
    auth::{Require, permission::WriteRegistry},
    error::AppResult,
    http::extract::{Json, Path, Valid},
    operators::{Operator, rules},
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
    let before = Operator::find(tx.conn(), auth.organization_id, id).await?;
    let address = |url: Option<&str>| url.filter(|url| !url.is_empty()).map(str::to_owned);
    let wanted = address(update.url_endpoint_rpa.as_deref());
    if wanted.is_some() && wanted != before.and_then(|before| address(before.url_endpoint_rpa.as_deref())) {
        // The organisation's token goes wherever this leads.
        auth.require(Permission::ManageOrganization)?;
    }
    let operator = rules::update(&mut tx, &auth.actor(), id, update).await?;
    tx.commit().await?;
    Ok(Json(operator))
}
