//! `GET /jobs/{job_id}`.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use serde_json::{Value, json};

use super::{
    Shared,
    fault::{self, Fault, FaultKind},
    job::{Job, Snapshot, Status},
    refusal::Refusal,
    timestamp,
};
use crate::clock::Clock as _;

pub(super) async fn get_job(State(shared): State<Arc<Shared>>, Path(id): Path<String>) -> Result<Response, Refusal> {
    let job = shared.job("status", &id).await?;
    let hash = &job.order.hash;
    let seen = job.look();
    let told = json!(seen.status);
    match shared.scripts.next_poll(hash) {
        Some(Fault::Kind(FaultKind::NoProcesses)) => {
            Ok(fault::json(StatusCode::OK, without_processes(&shared, &job, &seen)))
        }
        Some(Fault::Kind(kind @ (FaultKind::UnknownStatus | FaultKind::NoStatus))) => {
            let told = match kind {
                FaultKind::UnknownStatus => json!("EM_ANALISE"),
                _ => Value::Null,
            };
            let whole = answer(&job, &seen, &told, &Value::from(seen.progress));
            Ok(fault::json(StatusCode::OK, whole))
        }
        Some(fault) => {
            let whole = answer(&job, &seen, &told, &Value::from(seen.progress));
            Ok(fault.answer(StatusCode::OK, &whole, &shared.stopping).await)
        }
        None => {
            let progress = shared.scripts.next_progress(hash).map_or_else(
                || {
                    let whole = seen.result.as_ref().is_some_and(|result| result.verbatim);
                    Value::from(if whole { 100 } else { seen.progress })
                },
                Value::Number,
            );
            Ok(fault::json(StatusCode::OK, answer(&job, &seen, &told, &progress)))
        }
    }
}

/// `status` is left out when it is null.
fn answer(job: &Job, seen: &Snapshot, status: &Value, progress: &Value) -> String {
    let status = match status {
        Value::Null => String::new(),
        status => format!(r#""status":{status},"#),
    };
    let head = format!(r#""job_id":{},{status}"progress":{progress}"#, job.id);
    match &seen.result {
        Some(result) if result.verbatim => splice(&head, &result.text),
        result => {
            let head = format!(r#"{head},"logs":{}"#, json!(seen.tail));
            splice(&head, result.as_ref().map_or("{}", |result| result.text.as_str()))
        }
    }
}

/// Puts fields in front of those of an object, whose own bytes stay as they are.
fn splice(fields: &str, object: &str) -> String {
    let Some((before, rest)) = object.split_once('{') else {
        return object.to_owned();
    };
    let comma = if rest.trim_start().starts_with('}') { "" } else { "," };
    format!("{before}{{{fields}{comma}{rest}")
}

/// As if the job were over, whatever it does: a test need not wait for the right moment.
fn without_processes(shared: &Shared, job: &Job, seen: &Snapshot) -> String {
    let status = if seen.status.is_over() {
        seen.status
    } else {
        Status::Completed
    };
    let answer = json!({
        "job_id": job.id, "status": status, "progress": 100, "logs": seen.tail,
        "success": status == Status::Completed, "message": "Processo concluído.",
        "timestamp": timestamp(shared.clock.now()),
    });
    answer.to_string()
}
