use axum::{extract::State, http::StatusCode};
use esteira_shared::{
    dto::executions::{ExecutionCreate, ExecutionDto},
    error::{FieldCode, FieldError},
    permission::Permission,
    status::ExecutionType,
};

use crate::{
    app::SharedApp,
    auth::{Require, permission::RunRobots},
    error::{AppError, AppResult},
    executions::{model, start},
    http::extract::{Json, Valid},
    processes::model::Process,
};

/// Start a robot for a process
///
/// One at a time for each process. It waits for its turn under the limits of its operator and organisation.
#[utoipa::path(
    post, path = "/executions", tag = "executions", request_body = ExecutionCreate,
    responses((status = 201, body = ExecutionDto), (status = 409, body = esteira_shared::error::ErrorBody)),
)]
pub async fn create_execution(
    auth: Require<RunRobots>,
    State(app): State<SharedApp>,
    Valid(create): Valid<ExecutionCreate>,
) -> AppResult<(StatusCode, Json<ExecutionDto>)> {
    let actor = auth.actor();
    let mut tx = app.db.begin().await?;
    let process = Process::lock(&mut tx, auth.organization_id, create.process_id).await?;
    let started = match create.tipo {
        ExecutionType::DownloadFatura => start::start_download(&mut tx, &actor, &process, create.parametros).await?,
        ExecutionType::UploadSat => {
            auth.require(Permission::SendProcesses)?;
            if !create.parametros.is_empty() {
                let error = FieldError::new("parametros", FieldCode::Invalid, "a sending takes none");
                return Err(AppError::validation(vec![error]));
            }
            start::send_by_robot(&app, &mut tx, &actor, &process).await?
        }
    };
    let started = model::dto(tx.conn(), started).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(started)))
}
