//! A stand-in for a generic SAT endpoint. It keeps what it is sent and can be told to be slow, to fail, to refuse and
//! to lose its answers. It is no copy of a particular product: it honours the contract that
//! [`crate::integrations::sat::HttpSat`] speaks, and nothing beyond.
//!
//! | call | answer |
//! |---|---|
//! | `POST /documentos` | 201 `{"protocolo"}`; 200 and the same protocol for a key that is known |
//! | `GET /documentos` | what is kept, oldest first |
//! | `GET /documentos/contagem` | `{"total", "tentativas"}`: documents, and the requests that brought them |
//! | `DELETE /documentos` | forgets everything |
//! | `GET /saude` | 200 `{"sistema", "situacao"}` |
//! | `GET /opcoes`, `PUT /opcoes` | the options; any of them may be changed while it runs |

mod options;
mod receive;
mod refusal;
mod store;
#[cfg(test)]
mod tests;

use std::{
    future::Future,
    sync::{Arc, PoisonError, RwLock},
};

use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, Request, State},
    http::HeaderMap,
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse as _, Response},
    routing::get,
};
pub use options::{SatOptions, SatOptionsChange};
use refusal::Refusal;
use serde_json::{Value, json};
pub use store::KeptDocument;
use store::Store;

use crate::{clock::SystemClock, http::listener::without_delay};

/// Above every limit of the product, so that the simulator is never the one that refuses a size by accident.
const BODY_MAX_BYTES: usize = 210 * 1024 * 1024;

/// The simulator, ready to be served.
pub struct SatSimulator(Shared);

struct Shared {
    options: RwLock<SatOptions>,
    store: Store,
    clock: SystemClock,
}

impl SatSimulator {
    /// Takes up what an earlier run kept in the folder of the options; without a folder, a temporary one is used.
    ///
    /// # Errors
    /// When the options contradict themselves, or the folder cannot be used.
    pub fn new(options: SatOptions) -> anyhow::Result<Self> {
        options.validate().map_err(anyhow::Error::msg)?;
        let store = Store::open(options.dir.as_deref())?;
        Ok(Self(Shared {
            options: RwLock::new(options),
            store,
            clock: SystemClock,
        }))
    }

    pub fn router(self) -> Router {
        let shared = Arc::new(self.0);
        Router::new()
            .route("/documentos", get(list_documents).delete(delete_documents))
            .route("/documentos/contagem", get(count_documents))
            .route("/saude", get(check_health))
            .route("/opcoes", get(get_options).put(update_options))
            .route_layer(from_fn_with_state(shared.clone(), require_token))
            // Asks for the token itself, after the body was read: a client hears an early answer only by luck.
            .route("/documentos", axum::routing::post(receive::upload_document))
            .layer(DefaultBodyLimit::max(BODY_MAX_BYTES))
            .with_state(shared)
    }
}

/// Serves a simulator until `shutdown` is ready and the open requests are answered.
///
/// # Errors
/// As [`SatSimulator::new`], and when the listener breaks.
pub async fn serve(
    listener: tokio::net::TcpListener,
    options: SatOptions,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<()> {
    let app = SatSimulator::new(options)?.router();
    Ok(axum::serve(without_delay(listener), app)
        .with_graceful_shutdown(shutdown)
        .await?)
}

impl Shared {
    fn options(&self) -> SatOptions {
        self.options.read().unwrap_or_else(PoisonError::into_inner).clone()
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

async fn list_documents(State(shared): State<Arc<Shared>>) -> Result<Json<Vec<KeptDocument>>, Refusal> {
    shared.store.list().await.map(Json).map_err(Refusal::broken)
}

async fn count_documents(State(shared): State<Arc<Shared>>) -> Result<Json<Value>, Refusal> {
    let (total, tries) = shared.store.count().await.map_err(Refusal::broken)?;
    Ok(Json(json!({ "total": total, "tentativas": tries })))
}

async fn delete_documents(State(shared): State<Arc<Shared>>) -> Result<Json<Value>, Refusal> {
    let removed = shared.store.clear().await.map_err(Refusal::broken)?;
    Ok(Json(json!({ "removidos": removed })))
}

async fn check_health() -> Json<Value> {
    Json(json!({ "sistema": "Simulador do SAT", "situacao": "ok" }))
}

async fn get_options(State(shared): State<Arc<Shared>>) -> Json<SatOptions> {
    Json(shared.options())
}

async fn update_options(
    State(shared): State<Arc<Shared>>,
    Json(change): Json<SatOptionsChange>,
) -> Result<Json<SatOptions>, Refusal> {
    let mut options = shared.options.write().unwrap_or_else(PoisonError::into_inner);
    let changed = change.applied_to(options.clone());
    changed.validate().map_err(|problem| Refusal::invalid(&problem))?;
    *options = changed.clone();
    Ok(Json(changed))
}
