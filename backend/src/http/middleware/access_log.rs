//! A log line and measurements for each request, with what it asked of the database. Never its body, query or
//! credentials.

use std::{sync::Arc, time::Instant};

use axum::{
    extract::{MatchedPath, Request},
    http::Method,
    middleware::Next,
    response::Response,
};

use crate::db::spent::Spent;

/// The methods that browsers and tools send. Another is a word that its sender made up.
const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

pub async fn layer(request: Request, next: Next) -> Response {
    let method = known(request.method()).to_owned();
    // The route, not the path: ids would make a metric of their own each.
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("other", MatchedPath::as_str)
        .to_owned();
    let started = Instant::now();
    let spent = Arc::new(Spent::default());
    let response = spent.count(next.run(request)).await;
    let elapsed = started.elapsed();
    let status = response.status().as_u16();
    let labels = [
        ("method", method.clone()),
        ("route", route.clone()),
        ("status", status.to_string()),
    ];
    metrics::histogram!("esteira_http_request_seconds", &labels).record(elapsed.as_secs_f64());
    record_database(&spent, method.clone(), route.clone());
    let elapsed_ms = elapsed.as_secs_f64() * 1000.0;
    if status >= 500 {
        tracing::warn!(method, route, status, elapsed_ms, "answered");
    } else {
        tracing::debug!(
            method,
            route,
            status,
            elapsed_ms,
            statements = spent.statements(),
            "answered"
        );
    }
    response
}

/// Each value of a label is a series that is kept for ever, so a made-up method must not become one.
fn known(method: &Method) -> &'static str {
    METHODS
        .into_iter()
        .find(|known| *known == method.as_str())
        .unwrap_or("other")
}

fn record_database(spent: &Spent, method: String, route: String) {
    let labels = [("method", method), ("route", route)];
    metrics::counter!("esteira_http_statements_total", &labels).increment(spent.statements().into());
    if !spent.in_transactions().is_zero() {
        metrics::counter!("esteira_http_transaction_statements_total", &labels)
            .increment(spent.statements_in_transactions().into());
        metrics::histogram!("esteira_http_transaction_seconds", &labels).record(spent.in_transactions().as_secs_f64());
    }
}
