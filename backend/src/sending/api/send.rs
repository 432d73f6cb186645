use axum::extract::State;
use esteira_shared::{
    dto::processes::{ProcessDetailDto, ProcessSend},
    ids::ProcessId,
};

use crate::{
    app::SharedApp,
    auth::{Require, permission::SendProcesses},
    error::AppResult,
    http::extract::{Json, Path},
    processes::ProcessPage,
    sending::{beside_process, rules},
};

/// Send the approved document to SAT, or try again after a failure
///
/// The answer comes at once; a job sends. `last_job` of the process tells how it goes. When SAT's answer to the last
/// sending was not understood, `sat_unclear` refuses, unless `despite_doubt` says that somebody decided so.
#[utoipa::path(
    post, path = "/processes/{id}/send", tag = "processes", params(("id" = ProcessId, Path)), request_body = ProcessSend,
    responses((status = 200, body = ProcessDetailDto), (status = 409, body = esteira_shared::error::ErrorBody)),
)]
pub async fn send_process(
    auth: Require<SendProcesses>,
    State(app): State<SharedApp>,
    Path(id): Path<ProcessId>,
    Json(seen): Json<ProcessSend>,
) -> AppResult<Json<ProcessDetailDto>> {
    let mut tx = app.db.begin().await?;
    rules::send(&app, &mut tx, &auth.actor(), id, &seen).await?;
    tx.commit().await?;
    ProcessPage::new(beside_process)
        .of(&app, auth.organization_id, id)
        .await
        .map(Json)
}
