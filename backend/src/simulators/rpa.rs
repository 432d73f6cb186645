//! A stand-in for the external RPA API: robots that take their time, print what they do, and come to an end. It honours
//! the contract that the product speaks with such an API, and nothing beyond. All is kept in memory, and gone with the
//! process.
//!
//! | call of the contract | answer |
//! |---|---|
//! | `POST /executar/{operadora}` | 202 `{"job_id"}`; 200 and the same id for a key that is known |
//! | `GET /jobs/{job_id}` | status, progress, the last log lines, and the result when over |
//! | `GET /jobs/{job_id}/logs` | the log lines, as JSON or as server-sent events |
//! | `DELETE /jobs/{job_id}` | 202; the robot ends a little later |
//! | `GET /saude` | 200 `{"sistema", "situacao"}` |
//!
//! `GET /s3/{bucket}/{key}` serves the invoices that robots brought, as an S3 store does. A client signs its requests;
//! the signature is not verified, and the token not asked for. `PUT` there leaves a file as if a robot had.
//!
//! | call of whoever tests or demonstrates, without token | answer |
//! |---|---|
//! | `GET /opcoes`, `PUT /opcoes` | the options; any of them may be changed while it runs |
//! | `GET /contagem` | the starts that were asked for, and the robots that they started |
//! | `GET /vigilia` | the most robots that were at work at once, and the longest time in which nobody asked for one |
//! | `GET /jobs`, `DELETE /jobs` | what is kept; forgets it, robots at work included |
//! | `PUT /roteiros/{hash_execucao}`, `DELETE /roteiros` | scripts: exactly what shall happen to one execution |

mod book;
mod cancel;
mod control;
mod dice;
mod fault;
mod invoice;
mod job;
mod line;
mod logs;
mod options;
mod order;
mod outcome;
mod payload;
mod plan;
mod refusal;
mod robot;
mod scenes;
mod script;
mod start;
mod status;
mod story;
#[cfg(test)]
mod tests;

use std::{
    collections::HashMap,
    future::Future,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, RwLock,
        atomic::{AtomicU32, Ordering},
    },
};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Request, State},
    http::HeaderMap,
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse as _, Response},
    routing::{delete, get, post, put},
};
use book::Book;
use chrono::SecondsFormat;
use esteira_shared::instant::Instant;
use job::Job;
pub use options::{RpaOptions, RpaOptionsChange};
use refusal::Refusal;
use script::Scripts;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::{clock::SystemClock, http::listener::without_delay, secrets::random_bytes};

/// Of a start; far above what the contract needs.
const BODY_MAX_BYTES: usize = 256 * 1024;
/// A script may hold a payload that is too large on purpose.
const SCRIPT_MAX_BYTES: usize = 64 * 1024 * 1024;

/// The simulator, ready to be served.
pub struct RpaSimulator(Shared);

struct Shared {
    options: RwLock<RpaOptions>,
    book: Book,
    scripts: Scripts,
    /// What was put below `/s3`, by bucket and key.
    objects: Mutex<HashMap<(String, String), Bytes>>,
    /// Passwords are compared by their digests, which are worth nothing without this.
    salt: [u8; 16],
    health_calls: AtomicU32,
    /// Ends robots, open streams and answers that would never come.
    stopping: CancellationToken,
    clock: SystemClock,
}

impl RpaSimulator {
    /// # Errors
    /// When the options contradict themselves, or the machine gives no randomness.
    pub fn new(options: RpaOptions) -> anyhow::Result<Self> {
        options.validate().map_err(anyhow::Error::msg)?;
        Ok(Self(Shared {
            options: RwLock::new(options),
            book: Book::default(),
            scripts: Scripts::default(),
            objects: Mutex::default(),
            salt: random_bytes()?,
            health_calls: AtomicU32::new(0),
            stopping: CancellationToken::new(),
            clock: SystemClock,
        }))
    }

    /// Robots live on the runtime that serves it.
    pub fn router(self) -> Router {
        let shared = Arc::new(self.0);
        let contract = Router::new()
            .route("/jobs/{job_id}", get(status::get_job).delete(cancel::cancel_job))
            .route("/jobs/{job_id}/logs", get(logs::get_logs))
            .route("/saude", get(check_health))
            .route_layer(from_fn_with_state(shared.clone(), require_token))
            // Asks for the token itself, after the body was read: a client hears an early answer only by luck.
            .route("/executar/{operadora}", post(start::start_robot))
            .layer(DefaultBodyLimit::max(BODY_MAX_BYTES));
        let control = Router::new()
            .route("/opcoes", get(control::get_options).put(control::update_options))
            .route("/contagem", get(control::count_starts))
            .route("/vigilia", get(control::watch_robots))
            .route("/jobs", get(control::list_jobs).delete(control::delete_jobs))
            .route("/roteiros", delete(script::delete_scripts))
            .route("/roteiros/{hash_execucao}", put(script::put_script))
            .route(
                "/s3/{bucket}/{*key}",
                get(invoice::get_invoice).put(invoice::put_object),
            )
            .layer(DefaultBodyLimit::max(SCRIPT_MAX_BYTES));
        contract.merge(control).with_state(shared)
    }
}

/// Serves a simulator until `shutdown` is ready and the open requests are answered; streams end, robots stop.
///
/// # Errors
/// As [`RpaSimulator::new`], and when the listener breaks.
pub async fn serve(
    listener: tokio::net::TcpListener,
    options: RpaOptions,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<()> {
    let simulator = RpaSimulator::new(options)?;
    let stopping = simulator.0.stopping.clone();
    let _robots_end_with_the_server = stopping.clone().drop_guard();
    let signal = async move {
        shutdown.await;
        stopping.cancel();
    };
    Ok(axum::serve(without_delay(listener), simulator.router())
        .with_graceful_shutdown(signal)
        .await?)
}

impl Shared {
    fn options(&self) -> RpaOptions {
        self.options.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn objects(&self) -> MutexGuard<'_, HashMap<(String, String), Bytes>> {
        self.objects.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn check_token(&self, headers: &HeaderMap) -> Result<(), Refusal> {
        let Some(token) = self.options().token else {
            return Ok(());
        };
        let given = headers.get("authorization").and_then(|value| value.to_str().ok());
        if given.and_then(|value| value.strip_prefix("Bearer ")) == Some(token.as_str()) {
            Ok(())
        } else {
            Err(Refusal::unauthorized())
        }
    }

    /// Waits before an answer of the contract, and fails, as the options say.
    async fn delay(&self, call: &str, key: &str, attempt: u32) -> Result<(), Refusal> {
        let options = self.options();
        let wait = options.wait(call, key, attempt);
        if !wait.is_zero() {
            tokio::select! {
                () = self.stopping.cancelled() => {}
                () = tokio::time::sleep(wait) => {}
            }
        }
        if options.fails(call, key, attempt) {
            return Err(Refusal::failure());
        }
        Ok(())
    }

    /// The job that a call asks for, after the wait before its answer.
    async fn job(&self, call: &str, id: &str) -> Result<Arc<Job>, Refusal> {
        let found = self.book.find(id);
        match &found {
            Some(job) => self.delay(call, &job.dice_key, job.next_call()).await?,
            None => self.delay(call, id, 0).await?,
        }
        found
            .filter(|job| !job.is_gone())
            .ok_or_else(|| Refusal::unknown_job(id))
    }
}

async fn require_token(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    request: Request,
    next: Next,
) -> Response {
    match shared.check_token(&headers) {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    }
}

async fn check_health(State(shared): State<Arc<Shared>>) -> Result<Json<Value>, Refusal> {
    let attempt = shared.health_calls.fetch_add(1, Ordering::Relaxed);
    shared.delay("health", "saude", attempt).await?;
    Ok(Json(json!({ "sistema": "Simulador de robôs", "situacao": "ok" })))
}

/// As the contract writes instants, e.g. `2025-10-15T13:42:51.201Z`.
fn timestamp(at: Instant) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}
