//! An API of robots that answers one kind of question with a flood, and the others as it should.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use futures_util::{StreamExt as _, future::ready};
use serde_json::{Value, json};

use crate::flood::Flood;

/// Which question is answered with the flood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    Start,
    Job,
    Log,
}

/// What is asked, how the answer is called, and the answer.
type Hostility = (Question, &'static str, Flood);

/// Served by threads of its own.
pub struct Vendor {
    pub url: String,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    /// Robots work as long as there is one; then they fail for a reason that nobody tries again.
    hostility: Mutex<Option<Hostility>>,
}

impl Shared {
    fn hostility(&self) -> MutexGuard<'_, Option<Hostility>> {
        self.hostility.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends when the hostility does.
    fn flood(self: &Arc<Self>, question: Question) -> Option<Response> {
        let hostility = self.hostility().clone();
        let (_, kind, flood) = hostility.filter(|(asked, ..)| *asked == question)?;
        let shared = Arc::clone(self);
        let pieces = flood.pieces().take_while(move |_| ready(shared.hostility().is_some()));
        Some(([(header::CONTENT_TYPE, kind)], Body::from_stream(pieces)).into_response())
    }
}

impl Vendor {
    pub fn start() -> anyhow::Result<Self> {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0))?;
        listener.set_nonblocking(true)?;
        let url = format!("http://{}", listener.local_addr()?);
        let shared = Arc::new(Shared::default());
        let router = Router::new()
            .route("/executar/{operadora}", post(start_robot))
            .route("/jobs/{id}", get(get_job).delete(|| async { StatusCode::NO_CONTENT }))
            .route("/jobs/{id}/logs", get(get_log))
            .with_state(Arc::clone(&shared));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        std::thread::spawn(move || {
            runtime.block_on(async move {
                let listener = tokio::net::TcpListener::from_std(listener)?;
                axum::serve(listener, router).await
            })
        });
        Ok(Self { url, shared })
    }

    pub fn turn_hostile(&self, question: Question, kind: &'static str, flood: Flood) {
        *self.shared.hostility() = Some((question, kind, flood));
    }

    pub fn calm_down(&self) {
        *self.shared.hostility() = None;
    }
}

async fn start_robot(State(shared): State<Arc<Shared>>, headers: HeaderMap, _order: Bytes) -> Response {
    let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok());
    let id = key.unwrap_or_default().to_owned();
    let answer = || (StatusCode::ACCEPTED, Json(json!({ "job_id": id }))).into_response();
    shared.flood(Question::Start).unwrap_or_else(answer)
}

async fn get_job(State(shared): State<Arc<Shared>>, Path(id): Path<String>) -> Response {
    let answer = || Json(job(&id, shared.hostility().is_some())).into_response();
    shared.flood(Question::Job).unwrap_or_else(answer)
}

fn job(id: &str, works: bool) -> Value {
    if works {
        return json!({ "job_id": id, "status": "RUNNING", "progress": 1 });
    }
    let details =
        json!({ "etapa_falha": "LOGIN_PORTAL", "codigo_erro": "AUTH-401", "mensagem_erro": "Fim da medida." });
    json!({
        "job_id": id, "status": "FAILED", "success": false,
        "processes": [{ "status_final": "FAILED", "detalhes": details }],
    })
}

async fn get_log(State(shared): State<Arc<Shared>>) -> Response {
    shared
        .flood(Question::Log)
        .unwrap_or_else(|| StatusCode::NOT_FOUND.into_response())
}
