#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod connection;
mod job;
mod logs;
mod said;
mod start;

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::Body,
    extract::Request,
    http::{HeaderMap, header},
    response::{IntoResponse as _, Response as Answered},
};
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::*;

/// What the API is asked.
struct Asked {
    method: Method,
    /// Undecoded, with its query.
    path: String,
    headers: HeaderMap,
    body: Bytes,
}

impl Asked {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

#[derive(Clone)]
enum Answer {
    Whole(u16, &'static str, Vec<u8>),
    /// Breaks off within the body.
    Cut(u16),
    /// Begins, and never ends.
    Hang(u16),
    /// A stream in these pieces; the flag says whether it stays open behind them.
    Pieces(Vec<Bytes>, bool),
}

impl Answer {
    fn json(status: u16, body: &str) -> Self {
        Self::Whole(status, "application/json", body.as_bytes().to_vec())
    }

    fn html(status: u16) -> Self {
        Self::Whole(status, "text/html", b" <html>Entrar</html>".to_vec())
    }

    fn respond(self) -> Answered {
        let (status, kind, body) = match self {
            Self::Whole(status, kind, body) => (status, kind, Body::from(body)),
            Self::Cut(status) => {
                let begun = stream::iter([Ok(Bytes::from_static(b"{\"job_id\":"))]);
                let cut = stream::once(async {
                    // Meanwhile the server sends what it has.
                    tokio::task::yield_now().await;
                    Err(std::io::Error::other("cut"))
                });
                (status, "application/json", Body::from_stream(begun.chain(cut)))
            }
            Self::Hang(status) => {
                let begun = stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"{"))]);
                (
                    status,
                    "application/json",
                    Body::from_stream(begun.chain(stream::pending())),
                )
            }
            Self::Pieces(pieces, open) => {
                let pieces = stream::iter(pieces.into_iter().map(Ok::<_, std::io::Error>));
                let body = if open {
                    Body::from_stream(pieces.chain(stream::pending()))
                } else {
                    Body::from_stream(pieces)
                };
                (200, "Text/Event-Stream; charset=utf-8", body)
            }
        };
        let headers = [(header::CONTENT_TYPE, kind), (header::LOCATION, "/elsewhere")];
        (StatusCode::from_u16(status).unwrap(), headers, body).into_response()
    }
}

/// An API that gives one answer to everything, and remembers what it was asked.
struct Api {
    connection: RpaConnection,
    answer: Arc<Mutex<Answer>>,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Api {
    async fn new(answer: Answer) -> Self {
        let answer = Arc::new(Mutex::new(answer));
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (shown, kept) = (answer.clone(), asked.clone());
        let app = Router::new().fallback(async move |request: Request| {
            let (head, body) = request.into_parts();
            let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
            kept.lock().unwrap().push(Asked {
                method: head.method,
                path: head.uri.to_string(),
                headers: head.headers,
                body,
            });
            let answer = shown.lock().unwrap().clone();
            answer.respond()
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v1/", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await });
        let connection = RpaConnection { url, token: None };
        Self {
            connection,
            answer,
            asked,
        }
    }

    fn answers(&self, answer: Answer) {
        *self.answer.lock().unwrap() = answer;
    }

    fn last(&self) -> Asked {
        self.asked.lock().unwrap().pop().unwrap()
    }
}

fn rpa() -> HttpRpa {
    HttpRpa::new(Outbound::new(true).unwrap(), RpaTimeouts::default())
}

/// Waits for nothing longer than a local server needs.
fn hasty() -> HttpRpa {
    let short = Duration::from_millis(800);
    let timeouts = RpaTimeouts {
        start: short,
        job: short,
        cancel: short,
        check: short,
        logs: short,
        silence: short,
    };
    HttpRpa::new(Outbound::new(true).unwrap(), timeouts)
}

fn id(text: &str) -> ExternalJobId {
    ExternalJobId::new(text).unwrap()
}

fn kind(error: &RpaError) -> String {
    match error {
        RpaError::Unauthorized => "unauthorized".to_owned(),
        RpaError::NotFound => "not found".to_owned(),
        RpaError::Refused { status, message } => format!("refused {status} {message}"),
        RpaError::Address { message, .. } => format!("address {message}"),
        RpaError::TooLong(reason) => format!("too long {reason}"),
        RpaError::Technical(_) | RpaError::Later { .. } => "technical".to_owned(),
    }
}

const NOT_THERE: &str = "address Não há API de robôs nesse endereço (resposta 404).";
const MOVED: &str = "address O endereço da API de robôs leva a outro endereço (resposta 307).";
