//! `GET /jobs/{job_id}/logs`, as JSON or as server-sent events.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    body::{Body, Bytes},
    extract::{Path, State},
    http::{
        HeaderMap, StatusCode,
        header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE},
    },
    response::{IntoResponse as _, Response},
};
use futures_util::stream;
use serde_json::json;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::{Shared, fault, job::Job, refusal::Refusal};

/// Keeps proxies awake while a robot prints nothing.
const COMMENT_EVERY: Duration = Duration::from_secs(10);
/// Lines sent in one piece.
const PIECE_LINES: usize = 200;

pub(super) async fn get_logs(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let job = shared.job("logs", &id).await?;
    if let Some(fault) = shared.scripts.next_log(&job.order.hash) {
        return Ok(fault.answer(StatusCode::OK, &listed(&job), &shared.stopping).await);
    }
    let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok());
    let wants_stream = accept.is_some_and(|accept| accept.contains("text/event-stream"));
    if !wants_stream || !shared.options().sse {
        return Ok(fault::json(StatusCode::OK, listed(&job)));
    }
    let last = headers.get("last-event-id").and_then(|value| value.to_str().ok());
    let reader = Reader {
        news: job.news(),
        job,
        seen: last.and_then(|last| last.trim().parse().ok()).unwrap_or(0),
        stopping: shared.stopping.clone(),
        ended: false,
    };
    let pieces = stream::unfold(reader, |mut reader| async move {
        let piece = reader.next().await?;
        Some((Ok::<_, Infallible>(Bytes::from(piece)), reader))
    });
    let headers = [(CONTENT_TYPE, "text/event-stream"), (CACHE_CONTROL, "no-cache")];
    Ok((headers, Body::from_stream(pieces)).into_response())
}

/// All lines so far, as JSON.
fn listed(job: &Job) -> String {
    let (lines, _) = job.lines_after(0, usize::MAX);
    let shown: Vec<_> = lines.iter().zip(1..).map(|(line, n)| line.shown(n)).collect();
    json!({ "logs": shown }).to_string()
}

/// One who follows a log.
struct Reader {
    job: Arc<Job>,
    news: watch::Receiver<()>,
    /// The number of the last line sent.
    seen: usize,
    stopping: CancellationToken,
    ended: bool,
}

impl Reader {
    /// The next piece of the stream. It ends after the robot's end, and without a word when the job is forgotten.
    async fn next(&mut self) -> Option<Vec<u8>> {
        while !self.ended {
            let (lines, over) = self.job.lines_after(self.seen, PIECE_LINES);
            if self.job.is_gone() {
                return None;
            }
            if !lines.is_empty() {
                let mut piece = Vec::new();
                for line in lines {
                    self.seen += 1;
                    piece.extend_from_slice(format!("id: {}\ndata: ", self.seen).as_bytes());
                    piece.extend_from_slice(&line.event_data(self.seen));
                    piece.extend_from_slice(b"\n\n");
                }
                return Some(piece);
            }
            if let Some(status) = over {
                self.ended = true;
                let data = json!({ "status": status });
                return Some(format!("event: end\ndata: {data}\n\n").into_bytes());
            }
            tokio::select! {
                () = self.stopping.cancelled() => return None,
                () = self.job.gone.cancelled() => return None,
                _ = self.news.changed() => {}
                () = tokio::time::sleep(COMMENT_EVERY) => return Some(b": ativo\n\n".to_vec()),
            }
        }
        None
    }
}
