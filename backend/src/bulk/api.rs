pub(super) mod executions;
pub(super) mod jobs;
pub(super) mod processes;

use axum::http::StatusCode;
use esteira_shared::dto::bulk::BulkDto;

use super::kind::{self, BulkKind};
use crate::{app::App, auth::Principal, error::AppResult, http::extract::Json};

type Answer = AppResult<(StatusCode, Json<BulkDto>)>;

/// 202 when a job does it, 200 when it was only counted.
async fn start<K: BulkKind>(app: &App, principal: &Principal, kind: K, dry_run: bool) -> Answer {
    let bulk = kind::start(app, principal, kind, dry_run).await?;
    let status = match bulk.job_id {
        Some(_) => StatusCode::ACCEPTED,
        None => StatusCode::OK,
    };
    Ok((status, Json(bulk)))
}
