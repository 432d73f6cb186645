//! For whoever runs the simulator: options, counts, and the jobs that are kept.

use std::sync::{Arc, PoisonError};

use axum::{Json, extract::State};
use serde_json::{Value, json};

use super::{
    Shared,
    job::Job,
    options::{RpaOptions, RpaOptionsChange},
    refusal::Refusal,
    timestamp,
};

pub(super) async fn get_options(State(shared): State<Arc<Shared>>) -> Json<RpaOptions> {
    Json(shared.options())
}

pub(super) async fn update_options(
    State(shared): State<Arc<Shared>>,
    Json(change): Json<RpaOptionsChange>,
) -> Result<Json<RpaOptions>, Refusal> {
    let mut options = shared.options.write().unwrap_or_else(PoisonError::into_inner);
    let changed = change.applied_to(options.clone());
    changed.validate().map_err(|problem| Refusal::invalid(&problem))?;
    *options = changed.clone();
    Ok(Json(changed))
}

pub(super) async fn count_starts(State(shared): State<Arc<Shared>>) -> Json<Value> {
    Json(shared.book.count())
}

pub(super) async fn watch_robots(State(shared): State<Arc<Shared>>) -> Json<Value> {
    Json(shared.book.watch())
}

pub(super) async fn list_jobs(State(shared): State<Arc<Shared>>) -> Json<Vec<Value>> {
    Json(shared.book.list().iter().map(|job| row(job)).collect())
}

pub(super) async fn delete_jobs(State(shared): State<Arc<Shared>>) -> Json<Value> {
    Json(json!({ "removidos": shared.book.clear() }))
}

fn row(job: &Job) -> Value {
    let seen = job.snapshot();
    json!({
        "job_id": job.id,
        "hash_execucao": job.order.hash,
        "status": seen.status,
        "linhas": seen.lines,
        "iniciado_em": timestamp(job.accepted_at),
        "sumiu": job.is_gone(),
    })
}
