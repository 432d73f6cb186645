//! `Idempotency-Key`: a POST that is repeated under its key changes nothing and gets the first answer again. See
//! [`crate::db::once`].

use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use esteira_shared::error::{ErrorCode, FieldCode, FieldError};
use secrecy::ExposeSecret as _;

use crate::{
    app::SharedApp,
    auth::authenticate,
    db::once::{self, Answer, Caller, State as Progress},
    error::{AppError, AppResult},
    http::extract::{JSON_LIMIT, whole},
    secrets::sha256_hex,
};

pub const HEADER: &str = "idempotency-key";
/// Says that an answer was given before.
pub const REPLAYED: &str = "idempotency-replayed";
const LONGEST: usize = 255;

pub async fn layer(State(app): State<SharedApp>, request: Request, next: Next) -> Response {
    if request.method() != Method::POST || !request.headers().contains_key(HEADER) {
        return next.run(request).await;
    }
    // Keys belong to somebody. A stranger's body is not held in memory here; the handler says what it thinks of strangers.
    if authenticate(&app.auth, request.method(), request.headers())
        .await
        .is_err()
    {
        return next.run(request).await;
    }
    once(&app, request, next).await.unwrap_or_else(AppError::into_response)
}

async fn once(app: &SharedApp, request: Request, next: Next) -> AppResult<Response> {
    let key = key(&request)?;
    let (parts, body) = request.into_parts();
    let body = whole(body, JSON_LIMIT).await?;
    let fingerprint = sha256_hex(&[parts.uri.to_string().as_bytes(), b"\n", &body].concat());
    let request = once::Request::new(key, fingerprint);
    let response = request
        .scope(next.run(Request::from_parts(parts, Body::from(body))))
        .await;
    match request.state() {
        // It changed nothing, perhaps because one that overlaps it has: the first answer to that is not this refusal.
        Progress::Pending(caller) if !response.status().is_success() => {
            match once::look(&app.db, &request, caller).await {
                Err(error) if is_of_the_key(error.code()) => Err(error),
                _ => Ok(response),
            }
        }
        Progress::Unknown | Progress::Pending(_) => Ok(response),
        Progress::Overtaken => Err(once::pending()),
        Progress::Repeated(caller, answer) => again(app, &place(&caller, request.key()), &answer),
        Progress::Done(caller) => kept(app, &request, &caller, response).await,
    }
}

fn is_of_the_key(code: ErrorCode) -> bool {
    matches!(code, ErrorCode::IdempotencyPending | ErrorCode::IdempotencyKeyReused)
}

/// Keeps the answer before it is sent. The answer of an internal error is not kept: the change is made, but the right
/// answer is unknown.
async fn kept(app: &SharedApp, request: &once::Request, caller: &Caller, response: Response) -> AppResult<Response> {
    if response.status().is_server_error() {
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.map_err(AppError::internal)?;
    let text = String::from_utf8(body.to_vec()).map_err(AppError::internal)?;
    let sealed = app
        .keyring
        .seal(&place(caller, request.key()), &text)
        .map_err(AppError::internal)?;
    let status = i32::from(parts.status.as_u16());
    let answer = Answer { status, sealed };
    if let Err(error) = request.answered(&app.db, caller, answer).await {
        tracing::warn!(%error, "the answer of an idempotent request could not be kept");
    }
    Ok(Response::from_parts(parts, Body::from(body)))
}

fn again(app: &SharedApp, place: &str, answer: &Answer) -> AppResult<Response> {
    let text = app.keyring.open(place, &answer.sealed).map_err(AppError::internal)?;
    let status = u16::try_from(answer.status).map_err(AppError::internal)?;
    let status = StatusCode::from_u16(status).map_err(AppError::internal)?;
    let mut response = (status, text.expose_secret().to_owned()).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(REPLAYED, HeaderValue::from_static("true"));
    Ok(response)
}

/// Where an answer belongs, for [`crate::secrets::Keyring::seal`].
fn place(caller: &Caller, key: &str) -> String {
    format!("idempotency_keys.answer/{}/{}/{key}", caller.organization, caller.name)
}

fn key(request: &Request) -> AppResult<String> {
    let value = request.headers().get(HEADER).and_then(|value| value.to_str().ok());
    value
        .filter(|text| (1..=LONGEST).contains(&text.len()))
        .map(str::to_owned)
        .ok_or_else(|| {
            let message = format!("1 to {LONGEST} visible characters, such as a UUID");
            AppError::validation(vec![FieldError::new("Idempotency-Key", FieldCode::Invalid, message)])
        })
}
