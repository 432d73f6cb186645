//! The API reference: the OpenAPI document, and a page that reads it. Everything is our own, so it works offline and
//! under the same policy as the rest.

use std::sync::{Arc, LazyLock};

use axum::{Router, body::Bytes, http::header, response::IntoResponse, routing::get};

use crate::{app::SharedApp, error::AppError};

const PAGE: &str = include_str!("docs/index.html");
const SCRIPT: &str = include_str!("docs/docs.js");
const STYLE: &str = include_str!("docs/docs.css");

pub fn routes(document: utoipa::openapi::OpenApi) -> Router<SharedApp> {
    // The same for everybody, so it is written once.
    let document = LazyLock::new(move || document.to_json().map(Bytes::from).map_err(|error| error.to_string()));
    let document = Arc::new(document);
    let file = |mime: &'static str, text: &'static str| {
        get(async move || {
            (
                [(header::CONTENT_TYPE, mime), (header::CACHE_CONTROL, "no-cache")],
                text,
            )
                .into_response()
        })
    };
    Router::new()
        .route(
            "/api/openapi.json",
            get(async move || match &**document {
                Ok(text) => ([(header::CONTENT_TYPE, "application/json")], text.clone()).into_response(),
                Err(error) => AppError::internal(anyhow::anyhow!("{error}")).into_response(),
            }),
        )
        .route("/api/docs", file("text/html; charset=utf-8", PAGE))
        .route("/api/docs/docs.js", file("text/javascript; charset=utf-8", SCRIPT))
        .route("/api/docs/docs.css", file("text/css; charset=utf-8", STYLE))
}
