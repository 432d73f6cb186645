//! The audit trail.

use axum::extract::State;
use esteira_shared::{
    dto::administration::{AuditEventDto, AuditQuery},
    page::Page,
};

use crate::{
    administration::{audit_event, organization::Organization},
    app::SharedApp,
    auth::{Require, permission::ReadAudit},
    error::AppResult,
    http::extract::{Json, Query},
};

/// Who did what, newest first
#[utoipa::path(
    get, path = "/audit", tag = "administration", params(AuditQuery), responses((status = 200, body = Page<AuditEventDto>)),
)]
pub async fn list_audit_events(
    auth: Require<ReadAudit>,
    State(app): State<SharedApp>,
    Query(query): Query<AuditQuery>,
) -> AppResult<Json<Page<AuditEventDto>>> {
    let mut conn = app.db.read().await?;
    let zone = Organization::find(&mut conn, auth.organization_id).await?.zone();
    audit_event::list(&mut conn, auth.organization_id, zone, &query)
        .await
        .map(Json)
}
