//! Sends requests and turns every answer into a typed value or an [`ApiError`].

use std::{cell::RefCell, pin::Pin};

use gloo_net::http::{Method, Request, RequestBuilder, Response};
use serde::{Serialize, de::DeserializeOwned};

use super::{ApiError, ApiResult};
use crate::{base::base, text::reasons};

const V1: &str = "/api/v1";
/// A header no other site can add without asking the server first: proof that the request came from this page.
pub(super) const CSRF: (&str, &str) = ("x-esteira-csrf", "1");

type Hook = Box<dyn Fn()>;

thread_local! {
    static SESSION_OVER: RefCell<Option<Hook>> = const { RefCell::new(None) };
}

/// What to do when the server says that nobody is signed in any more.
pub fn on_session_over(hook: impl Fn() + 'static) {
    SESSION_OVER.with(|cell| *cell.borrow_mut() = Some(Box::new(hook)));
}

pub(super) fn tell_session_over() {
    SESSION_OVER.with(|cell| {
        if let Some(hook) = cell.borrow().as_ref() {
            hook();
        }
    });
}

/// `?a=1&b=2`, or nothing when the query says nothing.
pub fn query_string(query: &impl Serialize) -> String {
    match serde_urlencoded::to_string(query) {
        Ok(text) if !text.is_empty() => format!("?{text}"),
        _ => String::new(),
    }
}

pub(super) async fn get<T: DeserializeOwned>(path: &str) -> ApiResult<T> {
    parsed(exchange(Method::GET, path, None).await?)
}

pub(super) async fn post<T: DeserializeOwned>(path: &str, body: &impl Serialize) -> ApiResult<T> {
    with_body(Method::POST, path, body).await
}

pub(super) async fn put<T: DeserializeOwned>(path: &str, body: &impl Serialize) -> ApiResult<T> {
    with_body(Method::PUT, path, body).await
}

/// A DELETE whose answer has no body.
pub(super) async fn delete(path: &str) -> ApiResult<()> {
    send(Request::delete(&address(path)), Method::DELETE, None)
        .await
        .map(drop)
}

/// For links and `fetch` outside this module's calls.
pub(super) fn address(path: &str) -> String {
    format!("{}{V1}{path}", base())
}

async fn with_body<T: DeserializeOwned>(method: Method, path: &str, body: &impl Serialize) -> ApiResult<T> {
    let json = serde_json::to_string(body).map_err(|error| ApiError::unreadable(0, error.to_string()))?;
    parsed(exchange(method, path, Some(json)).await?)
}

/// An answer that was read.
struct Told {
    status: u16,
    text: String,
}

/// Sends and reads the answer. Boxed, so that each call around it is a small thing and this is compiled once.
fn exchange(method: Method, path: &str, json: Option<String>) -> Pin<Box<dyn Future<Output = ApiResult<Told>>>> {
    let request = RequestBuilder::new(&address(path)).method(method.clone());
    Box::pin(async move {
        let answer = send(request, method, json).await?;
        let status = answer.status();
        let text = text(answer).await?;
        Ok(Told { status, text })
    })
}

/// Sends; an answer that is not 2xx is an error.
async fn send(request: RequestBuilder, method: Method, json: Option<String>) -> ApiResult<Response> {
    // What the server words itself, such as the rule of a schedule, comes in the language of the page, not the browser's.
    let mut request = request
        .header("accept", "application/json")
        .header("accept-language", reasons::language().as_str());
    if method != Method::GET {
        request = request.header(CSRF.0, CSRF.1);
    }
    let request = match json {
        Some(json) => request.header("content-type", "application/json").body(json),
        None => request.build(),
    }
    .map_err(|error| ApiError::unreadable(0, error.to_string()))?;
    let answer = request
        .send()
        .await
        .map_err(|error| ApiError::offline(error.to_string()))?;
    if answer.ok() {
        return Ok(answer);
    }
    let retry_after = answer
        .headers()
        .get("retry-after")
        .and_then(|seconds| seconds.parse().ok());
    let body = answer.text().await.unwrap_or_default();
    let error = ApiError::from_answer(answer.status(), &body, retry_after);
    if error.is(esteira_shared::error::ErrorCode::Unauthenticated) {
        tell_session_over();
    }
    Err(error)
}

fn parsed<T: DeserializeOwned>(told: Told) -> ApiResult<T> {
    serde_json::from_str(&told.text).map_err(|error| ApiError::unreadable(told.status, error.to_string()))
}

/// The body; 204 and an empty body read as JSON `null`, which `()` accepts.
async fn text(answer: Response) -> ApiResult<String> {
    match answer.text().await {
        Ok(text) if text.is_empty() => Ok("null".to_owned()),
        Ok(text) => Ok(text),
        Err(error) => Err(ApiError::offline(error.to_string())),
    }
}
