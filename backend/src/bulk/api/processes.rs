//! On processes.

use axum::extract::State;
use esteira_shared::dto::bulk::{BulkAction, BulkCreate, BulkDto};

use super::{Answer, start};
use crate::{
    app::{App, SharedApp},
    auth::{
        Principal, Require,
        permission::{ReviewProcesses, RunRobots, SendProcesses},
    },
    bulk::processes::BulkProcesses,
    http::extract::Valid,
};

/// Approve the current documents of many processes
///
/// Only documents that were there when it was asked. With `dry_run` it only counts; otherwise a job does it, and `job_id`
/// tells how far it is.
#[utoipa::path(
    post, path = "/processes/bulk/approve", tag = "processes", request_body = BulkCreate,
    responses((status = 200, body = BulkDto), (status = 202, body = BulkDto)),
)]
pub async fn bulk_approve_processes(
    auth: Require<ReviewProcesses>,
    State(app): State<SharedApp>,
    Valid(create): Valid<BulkCreate>,
) -> Answer {
    begin(&app, &auth, BulkAction::Approve, create).await
}

/// Reject the current documents of many processes, with one reason
#[utoipa::path(
    post, path = "/processes/bulk/reject", tag = "processes", request_body = BulkCreate,
    responses((status = 200, body = BulkDto), (status = 202, body = BulkDto)),
)]
pub async fn bulk_reject_processes(
    auth: Require<ReviewProcesses>,
    State(app): State<SharedApp>,
    Valid(create): Valid<BulkCreate>,
) -> Answer {
    begin(&app, &auth, BulkAction::Reject, create).await
}

/// Send many approved documents to SAT
#[utoipa::path(
    post, path = "/processes/bulk/send", tag = "processes", request_body = BulkCreate,
    responses((status = 200, body = BulkDto), (status = 202, body = BulkDto)),
)]
pub async fn bulk_send_processes(
    auth: Require<SendProcesses>,
    State(app): State<SharedApp>,
    Valid(create): Valid<BulkCreate>,
) -> Answer {
    begin(&app, &auth, BulkAction::Send, create).await
}

/// Have robots download the invoices of many processes
///
/// Each waits for its turn under the limits of its operator and organisation.
#[utoipa::path(
    post, path = "/processes/bulk/download", tag = "processes", request_body = BulkCreate,
    responses((status = 200, body = BulkDto), (status = 202, body = BulkDto)),
)]
pub async fn bulk_download_processes(
    auth: Require<RunRobots>,
    State(app): State<SharedApp>,
    Valid(create): Valid<BulkCreate>,
) -> Answer {
    begin(&app, &auth, BulkAction::Download, create).await
}

async fn begin(app: &App, who: &Principal, action: BulkAction, create: BulkCreate) -> Answer {
    let dry_run = create.dry_run;
    start(app, who, BulkProcesses::new(action, create)?, dry_run).await
}
