//! Answers that go wrong on purpose.

use axum::{
    body::{Body, Bytes},
    http::{StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse as _, Response},
};
use futures_util::stream;
use serde::Deserialize;
use tokio_util::sync::CancellationToken;

use super::refusal::Refusal;

const JSON: &str = "application/json";

/// What a script puts in the place of one answer.
#[derive(Clone, Copy, Deserialize)]
#[serde(untagged)]
pub(super) enum Fault {
    Status(u16),
    Kind(FaultKind),
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum FaultKind {
    /// 200 and a page to sign in on, as a proxy's.
    Html,
    /// No answer while the simulator runs.
    Hang,
    /// The line breaks within the answer.
    Cut,
    /// Half of the answer, as if it were whole.
    NotJson,
    /// A result without its processes; an answer to a start without the job's id.
    NoProcesses,
    /// A whole answer about a job whose status is a word of its own.
    UnknownStatus,
    /// A whole answer about a job, without its status.
    NoStatus,
}

impl Fault {
    pub(super) fn is_valid(self) -> bool {
        match self {
            Self::Status(code) => (200..=599).contains(&code),
            Self::Kind(_) => true,
        }
    }

    /// Puts itself in the place of an answer that has this status and text.
    pub(super) async fn answer(self, status: StatusCode, whole: &str, stopping: &CancellationToken) -> Response {
        match self {
            Self::Status(code) => {
                Refusal::scripted(StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR))
                    .into_response()
            }
            Self::Kind(FaultKind::Html) => {
                let page = "<!doctype html><html><body><form>Entre para continuar</form></body></html>";
                (StatusCode::OK, [(CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response()
            }
            Self::Kind(FaultKind::Hang) => {
                stopping.cancelled().await;
                Refusal::stopping().into_response()
            }
            Self::Kind(FaultKind::Cut) => cut(status, whole),
            Self::Kind(FaultKind::NotJson) => json(status, half(whole)),
            Self::Kind(FaultKind::NoProcesses) => json(status, "{}".to_owned()),
            // Only an answer about a job has a status.
            Self::Kind(FaultKind::UnknownStatus | FaultKind::NoStatus) => json(status, whole.to_owned()),
        }
    }
}

/// As a proxy that gave up.
pub(super) fn bad_gateway() -> Response {
    (StatusCode::BAD_GATEWAY, "<html><body>502 Bad Gateway</body></html>").into_response()
}

/// As a line that broke within the answer.
pub(super) fn cut(status: StatusCode, whole: &str) -> Response {
    let half = Bytes::from(half(whole));
    let body = Body::from_stream(stream::iter([Ok(half), Err(std::io::Error::other("cut off"))]));
    (status, [(CONTENT_TYPE, JSON)], body).into_response()
}

/// An answer whose text is JSON already.
pub(super) fn json(status: StatusCode, text: String) -> Response {
    (status, [(CONTENT_TYPE, JSON)], text).into_response()
}

fn half(whole: &str) -> String {
    whole.chars().take(whole.chars().count() / 2).collect()
}
