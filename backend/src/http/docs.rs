//! The API reference: the OpenAPI document, and a page that reads it. Everything is our own, so it works offline and
//! under the same policy as the rest.

use std::sync::LazyLock;

use axum::{Router, http::header, response::IntoResponse, routing::get};

use crate::app::SharedApp;

const PAGE: &str = include_str!("docs/index.html");
const SCRIPT: &str = include_str!("docs/docs.js");
const STYLE: &str = include_str!("docs/docs.css");

/// Made once: it is the same for everybody.
static DOCUMENT: LazyLock<utoipa::openapi::OpenApi> = LazyLock::new(super::openapi::document);

pub fn routes() -> Router<SharedApp> {
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
        .route("/api/openapi.json", get(async || axum::Json(&*DOCUMENT)))
        .route("/api/docs", file("text/html; charset=utf-8", PAGE))
        .route("/api/docs/docs.js", file("text/javascript; charset=utf-8", SCRIPT))
        .route("/api/docs/docs.css", file("text/css; charset=utf-8", STYLE))
}
