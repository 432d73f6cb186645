//! The API of robots that print lines at a steady rate, each stamped with the moment at which it is handed in.
//!
//! A run says in its `parametros` how many lines its robot prints (`linhas`) and how many a second (`ritmo`; without it
//! they come as fast as they are taken). Robots begin when they are let; after its last line a robot fails for a reason
//! that nobody tries again.

use std::{
    collections::HashMap,
    convert::Infallible,
    fmt::Write as _,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::{get, post},
    serve::ListenerExt as _,
};
use futures_util::stream;
use serde_json::{Value, json};
use tokio::{sync::watch, time::Instant};

use crate::stamp;

/// Lines in one piece when they come as fast as they are taken.
const PIECE: u64 = 500;
/// A stream that says nothing for long counts as broken.
const COMMENT: Duration = Duration::from_secs(10);
/// From asking for robots to their being at work.
const PATIENCE: Duration = Duration::from_secs(60);

/// The API, served by a thread of its own: whatever else this process does, lines come when they are due.
pub struct Robots {
    pub url: String,
    shared: Arc<Shared>,
}

struct Shared {
    robots: Mutex<HashMap<String, Arc<Robot>>>,
    /// Whether robots may print.
    gate: watch::Sender<bool>,
}

struct Robot {
    lines: u64,
    rate: Option<u64>,
    /// Somebody reads what it prints.
    read: AtomicBool,
    over: AtomicBool,
}

impl Robots {
    pub fn start() -> anyhow::Result<Self> {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0))?;
        listener.set_nonblocking(true)?;
        let url = format!("http://{}", listener.local_addr()?);
        let shared = Arc::new(Shared {
            robots: Mutex::default(),
            gate: watch::Sender::new(false),
        });
        let router = Router::new()
            .route("/executar/{operadora}", post(start_robot))
            .route("/jobs/{id}", get(get_job))
            .route("/jobs/{id}/logs", get(get_log))
            .with_state(Arc::clone(&shared));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        std::thread::spawn(move || {
            runtime.block_on(async move {
                // A line must not wait for the next one.
                let listener = tokio::net::TcpListener::from_std(listener)?.tap_io(|socket| {
                    let _ = socket.set_nodelay(true);
                });
                axum::serve(listener, router).await
            })
        });
        Ok(Self { url, shared })
    }

    /// Robots that begin from here on print nothing yet.
    pub fn hold(&self) {
        self.shared.gate.send_replace(false);
    }

    /// All robots print.
    pub fn go(&self) {
        self.shared.gate.send_replace(true);
    }

    /// Waits until somebody reads the log of each of these runs.
    pub async fn until_read(&self, runs: &[String]) -> anyhow::Result<()> {
        let began = Instant::now();
        let is_read = |run: &String| {
            let robot = self.shared.find(run);
            robot.is_some_and(|robot| robot.read.load(Ordering::Relaxed))
        };
        while !runs.iter().all(is_read) {
            anyhow::ensure!(began.elapsed() < PATIENCE, "robots did not begin within {PATIENCE:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }
}

impl Shared {
    fn robots(&self) -> MutexGuard<'_, HashMap<String, Arc<Robot>>> {
        self.robots.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn find(&self, id: &str) -> Option<Arc<Robot>> {
        self.robots().get(id).cloned()
    }
}

/// A job has the id of its run, which is the key of the request.
async fn start_robot(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Json(order): Json<Value>,
) -> (StatusCode, Json<Value>) {
    let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok());
    let id = key.unwrap_or_default().to_owned();
    let robot = Arc::new(Robot {
        lines: order["linhas"].as_u64().unwrap_or_default(),
        rate: order["ritmo"].as_u64(),
        read: AtomicBool::new(false),
        over: AtomicBool::new(false),
    });
    shared.robots().entry(id.clone()).or_insert(robot);
    (StatusCode::ACCEPTED, Json(json!({ "job_id": id })))
}

async fn get_job(State(shared): State<Arc<Shared>>, Path(id): Path<String>) -> Response {
    let Some(robot) = shared.find(&id) else {
        return unknown();
    };
    if !robot.over.load(Ordering::Relaxed) {
        return Json(json!({ "job_id": id, "status": "RUNNING", "progress": 1 })).into_response();
    }
    let details = json!({
        "etapa_falha": "LOGIN_PORTAL", "codigo_erro": "AUTH-401", "mensagem_erro": "Fim da medida.", "tentativas": 1,
    });
    let result = json!({
        "job_id": id, "status": "FAILED", "progress": 100, "success": false, "message": "Fim da medida.",
        "processes": [{ "status_final": "FAILED", "detalhes": details }],
    });
    Json(result).into_response()
}

fn unknown() -> Response {
    (StatusCode::NOT_FOUND, Json(json!({ "erro": "Não há tal trabalho." }))).into_response()
}

async fn get_log(State(shared): State<Arc<Shared>>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    let Some(robot) = shared.find(&id) else {
        return unknown();
    };
    robot.read.store(true, Ordering::Relaxed);
    let last = headers.get("last-event-id").and_then(|last| last.to_str().ok());
    let next = last.and_then(|last| last.parse::<u64>().ok()).unwrap_or_default() + 1;
    let printing = Printing {
        robot,
        gate: shared.gate.subscribe(),
        first: next,
        next,
        began: None,
        ended: false,
    };
    let pieces = stream::unfold(printing, |mut printing| async move {
        let piece = printing.piece().await?;
        Some((Ok::<_, Infallible>(Bytes::from(piece)), printing))
    });
    let headers = [(header::CONTENT_TYPE, "text/event-stream")];
    (headers, Body::from_stream(pieces)).into_response()
}

/// A robot that is read.
struct Printing {
    robot: Arc<Robot>,
    gate: watch::Receiver<bool>,
    /// Number of the first line for this reader.
    first: u64,
    next: u64,
    /// When that line was due.
    began: Option<Instant>,
    ended: bool,
}

impl Printing {
    /// The next lines as events, when they are due; nothing after the end.
    async fn piece(&mut self) -> Option<String> {
        if self.ended {
            return None;
        }
        let open = *self.gate.borrow_and_update();
        if self.began.is_none() && !open {
            let _ = tokio::time::timeout(COMMENT, self.gate.changed()).await;
            return Some(":\n\n".to_owned());
        }
        let began = *self.began.get_or_insert_with(Instant::now);
        if self.next > self.robot.lines {
            self.ended = true;
            self.robot.over.store(true, Ordering::Relaxed);
            return Some("event: end\ndata: {}\n\n".to_owned());
        }
        let last = match self.robot.rate {
            None => self.next + PIECE - 1,
            Some(rate) => {
                let due = Duration::from_secs_f64((self.next - self.first) as f64 / rate as f64);
                tokio::time::sleep_until(began + due).await;
                // Whatever became due meanwhile comes too.
                self.first + (began.elapsed().as_secs_f64() * rate as f64) as u64
            }
        };
        let last = last.clamp(self.next, self.robot.lines);
        let mut piece = String::new();
        for number in self.next..=last {
            let data = json!({ "n": number, "level": "INFO", "message": stamp::line(number) });
            let _ = write!(piece, "id: {number}\ndata: {data}\n\n");
        }
        self.next = last + 1;
        Some(piece)
    }
}
