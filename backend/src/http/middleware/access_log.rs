//! One log line and one measurement for each request; never its body, query or credentials.

use std::time::Instant;

use axum::{
    extract::{MatchedPath, Request},
    middleware::Next,
    response::Response,
};

pub async fn layer(request: Request, next: Next) -> Response {
    let method = request.method().as_str().to_owned();
    // The route, not the path: ids would make a metric of their own each.
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("other", MatchedPath::as_str)
        .to_owned();
    let started = Instant::now();
    let response = next.run(request).await;
    let elapsed = started.elapsed();
    let status = response.status().as_u16();
    let labels = [
        ("method", method.clone()),
        ("route", route.clone()),
        ("status", status.to_string()),
    ];
    metrics::histogram!("esteira_http_request_seconds", &labels).record(elapsed.as_secs_f64());
    let elapsed_ms = elapsed.as_secs_f64() * 1000.0;
    if status >= 500 {
        tracing::warn!(method, route, status, elapsed_ms, "answered");
    } else {
        tracing::debug!(method, route, status, elapsed_ms, "answered");
    }
    response
}
