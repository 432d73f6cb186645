//! `DELETE /jobs/{job_id}`.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use serde_json::{Value, json};

use super::{Shared, refusal::Refusal, script::CancelAnswer};

pub(super) async fn cancel_job(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    let job = shared.job("cancel", &id).await?;
    match shared.scripts.cancel_answer(&job.order.hash) {
        Some(CancelAnswer::Refuse) => return Err(Refusal::not_cancellable()),
        Some(CancelAnswer::Hang) => {
            shared.stopping.cancelled().await;
            return Err(Refusal::stopping());
        }
        None => {}
    }
    let is_new = !job.cancelled.is_cancelled();
    if is_new && shared.options().refuses_cancel(&job.dice_key) {
        return Err(Refusal::not_cancellable());
    }
    if !job.request_cancel() {
        return Err(Refusal::over());
    }
    Ok((StatusCode::ACCEPTED, Json(json!({ "success": true }))))
}
