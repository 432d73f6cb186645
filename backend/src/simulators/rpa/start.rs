//! `POST /executar/{operadora}`.

use std::sync::Arc;

use axum::{
    body::Bytes,
    extract::{State, rejection::BytesRejection},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde_json::json;

use super::{
    Shared,
    book::Started,
    fault::{self, Fault},
    order::Received,
    refusal::Refusal,
    robot,
};
use crate::clock::Clock as _;

pub(super) async fn start_robot(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Refusal> {
    shared.check_token(&headers)?;
    let body = body.map_err(|_| Refusal::invalid("o corpo foi cortado ou é grande demais"))?;
    let received = Received::read(&headers, &body, &shared.salt)?;
    let hash = received.order.hash.clone();
    let attempt = shared.book.attempt(&hash);
    shared.delay("start", &hash, attempt).await?;
    let fault = shared.scripts.next_start(&hash);
    if let Some(refused @ Fault::Status(_)) = fault {
        return Ok(refused.answer(StatusCode::OK, "", &shared.stopping).await);
    }

    let options = shared.options();
    let script = shared.scripts.find(&hash);
    let now = shared.clock.now();
    let (job, is_new) = match shared.book.start(received, &options, script, now) {
        Started::New(job) => {
            tokio::spawn(robot::live(Arc::clone(&shared), Arc::clone(&job)));
            (job, true)
        }
        Started::Before(job) => (job, false),
    };
    let status = if is_new { StatusCode::ACCEPTED } else { StatusCode::OK };
    let answer = json!({ "job_id": job.id }).to_string();
    if let Some(fault) = fault {
        return Ok(fault.answer(status, &answer, &shared.stopping).await);
    }
    if is_new && options.loses_answer(&hash, attempt) {
        return Ok(if options.cuts_off(&hash, attempt) {
            fault::cut(status, &answer)
        } else {
            fault::bad_gateway()
        });
    }
    Ok(fault::json(status, answer))
}
