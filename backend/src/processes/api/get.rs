use axum::{Extension, extract::State};
use esteira_shared::{dto::processes::ProcessDetailDto, ids::ProcessId};

use crate::{
    app::SharedApp,
    auth::{Require, permission::ReadProcesses},
    error::AppResult,
    http::extract::{Json, Path},
    processes::ProcessPage,
};

/// One process with its moves, documents and legal moves
#[utoipa::path(
    get, path = "/processes/{id}", tag = "processes", params(("id" = ProcessId, Path)),
    responses((status = 200, body = ProcessDetailDto)),
)]
pub async fn get_process(
    auth: Require<ReadProcesses>,
    State(app): State<SharedApp>,
    Extension(page): Extension<ProcessPage>,
    Path(id): Path<ProcessId>,
) -> AppResult<Json<ProcessDetailDto>> {
    page.of(&app, auth.organization_id, id).await.map(Json)
}
