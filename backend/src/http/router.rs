//! Puts the applications, the page and the middleware together.

use std::sync::Arc;

use axum::{
    Router,
    extract::Request,
    http::{StatusCode, header},
    middleware::{Next, from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::get,
};
use tower_http::{
    CompressionLevel,
    catch_panic::CatchPanicLayer,
    compression::{
        CompressionLayer,
        predicate::{NotForContentType, Predicate as _, SizeAbove},
    },
    timeout::TimeoutLayer,
};
use utoipa::OpenApi as _;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{docs, health, metrics, middleware, openapi, spa, sse};
use crate::{
    app::{self, SharedApp},
    error::AppError,
    language,
};

/// Every route that the OpenAPI document describes.
pub fn api() -> OpenApiRouter<SharedApp> {
    let mut quick = quick();
    openapi::describe_idempotency(quick.get_openapi_mut());
    quick.merge(unhurried())
}

fn quick() -> OpenApiRouter<SharedApp> {
    let v1 = app::routes().routes(routes!(sse::stream_events));
    OpenApiRouter::with_openapi(openapi::Document::openapi())
        .nest("/api/v1", v1)
        .merge(app::older_routes())
        .routes(routes!(health::get_health))
}

/// Uploads and exports go by the speed of the line, so the time-out of a request is not theirs.
fn unhurried() -> OpenApiRouter<SharedApp> {
    OpenApiRouter::new().nest("/api/v1", app::unhurried_routes())
}

/// The whole service.
pub fn build(app: SharedApp) -> Router {
    let timeout = app.config.http.request_timeout;
    let (quick, _) = quick().split_for_parts();
    let (unhurried, _) = unhurried().split_for_parts();
    // Documents are compressed already, and events must not wait in a compressor.
    let worth_it = SizeAbove::new(1_024)
        .and(NotForContentType::new("text/event-stream"))
        .and(NotForContentType::new("application/pdf"))
        .and(NotForContentType::new("application/wasm"));
    quick
        .layer(from_fn_with_state(Arc::clone(&app), middleware::idempotency::layer))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, timeout))
        .merge(unhurried)
        .merge(docs::routes())
        .route("/metrics", get(metrics::get_metrics))
        .fallback(spa::serve)
        .method_not_allowed_fallback(async || {
            AppError::new(
                esteira_shared::error::ErrorCode::MethodNotAllowed,
                "this method is not served here",
            )
        })
        .layer(
            CompressionLayer::new()
                .quality(CompressionLevel::Fastest)
                .compress_when(worth_it),
        )
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(plain_timeout))
        .layer(from_fn_with_state(Arc::clone(&app), middleware::headers::layer))
        .layer(from_fn(middleware::linger::layer))
        .layer(from_fn(middleware::access_log::layer))
        .layer(from_fn(language::layer))
        .layer(from_fn(middleware::request_id::layer))
        .with_state(app)
}

fn panicked(panic: Box<dyn std::any::Any + Send>) -> Response {
    let text = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    AppError::internal(anyhow::anyhow!("panic: {}", text.unwrap_or("without a message"))).into_response()
}

/// The time-out layer answers without a body; ours has the usual one.
async fn plain_timeout(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let bare =
        response.status() == StatusCode::SERVICE_UNAVAILABLE && !response.headers().contains_key(header::CONTENT_TYPE);
    if bare {
        return AppError::new(
            esteira_shared::error::ErrorCode::Timeout,
            "the request took too long and was given up",
        )
        .into_response();
    }
    response
}
