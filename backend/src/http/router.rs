//! Puts the applications, the page and the middleware together.

use std::sync::Arc;

use axum::{
    Router,
    extract::Request,
    http::{HeaderMap, Method, StatusCode, Uri, header},
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
use utoipa::{OpenApi as _, openapi::Server};
use utoipa_axum::router::OpenApiRouter;

use super::{below, docs, health, metrics, middleware, openapi, spa, sse};
use crate::{app::SharedApp, error::AppError, language, routes};

/// What the applications serve.
pub struct Routes {
    /// Below `/api/v1`.
    pub quick: OpenApiRouter<SharedApp>,
    /// Uploads and exports, also below `/api/v1`. They take as long as the line needs, so they have no time-out.
    pub unhurried: OpenApiRouter<SharedApp>,
    /// Those of older tools, which have no version in their path.
    pub older: OpenApiRouter<SharedApp>,
}

/// Everything that the OpenAPI document describes: the routes with a time-out, and those without.
fn api(routes: Routes) -> (OpenApiRouter<SharedApp>, OpenApiRouter<SharedApp>) {
    let v1 = routes.quick.routes(routes!(sse::stream_events));
    let mut quick = OpenApiRouter::with_openapi(openapi::Document::openapi())
        .nest("/api/v1", v1)
        .merge(routes.older)
        // For probes; the document says nothing of who may call it.
        .routes(utoipa_axum::routes!(health::get_health));
    openapi::describe_idempotency(quick.get_openapi_mut());
    (quick, OpenApiRouter::new().nest("/api/v1", routes.unhurried))
}

/// The OpenAPI document of these routes.
#[must_use]
pub fn document(routes: Routes) -> utoipa::openapi::OpenApi {
    let (quick, unhurried) = api(routes);
    quick.merge(unhurried).into_openapi()
}

/// The whole service.
pub fn build(app: SharedApp, routes: Routes) -> Router {
    let timeout = app.config.http.request_timeout;
    let (quick, unhurried) = api(routes);
    let (quick, mut document) = quick.split_for_parts();
    let (unhurried, more) = unhurried.split_for_parts();
    document.merge(more);
    let base: Arc<str> = app.config.http.base_path().into();
    if !base.is_empty() {
        document.servers = Some(vec![Server::new(&*base)]);
    }
    let page = Arc::clone(&base);
    // Documents are compressed already, and events must not wait in a compressor.
    let worth_it = SizeAbove::new(1_024)
        .and(NotForContentType::new("text/event-stream"))
        .and(NotForContentType::new("application/pdf"))
        .and(NotForContentType::new("application/wasm"));
    let service = quick
        .layer(from_fn_with_state(Arc::clone(&app), middleware::idempotency::layer))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, timeout))
        .merge(unhurried.layer(from_fn_with_state(Arc::clone(&app), middleware::pace::layer)))
        .merge(docs::routes(document))
        .route("/metrics", get(metrics::get_metrics))
        .fallback(async move |method: Method, uri: Uri, headers: HeaderMap| spa::serve(&page, &method, &uri, &headers))
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
        .with_state(app);
    if base.is_empty() {
        service
    } else {
        below::serve(base, service)
    }
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
