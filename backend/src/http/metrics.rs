//! `GET /metrics` for Prometheus.

use axum::{
    extract::State,
    http::{HeaderMap, Uri, header},
    response::{IntoResponse, Response},
};
use esteira_shared::status::JobStatus;
use secrecy::ExposeSecret as _;

use super::extract::ClientAddress;
use crate::{
    app::SharedApp,
    auth::bearer,
    engine::{QUEUES, stats},
    error::AppError,
    telemetry::recorder,
};

/// Open to the machine itself, or to those who have the configured token: the numbers tell how busy an organisation is.
/// Without a token the name is checked too: a page elsewhere, in a browser on this machine, is not the machine itself.
pub async fn get_metrics(
    State(app): State<SharedApp>,
    address: ClientAddress,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let allowed = match &app.config.http.metrics_token {
        Some(token) => bearer(&headers).is_some_and(|given| {
            let (given, expected) = (given.as_bytes(), token.expose_secret().as_bytes());
            aws_lc_rs::constant_time::verify_slices_are_equal(given, expected).is_ok()
        }),
        // A proxy on this machine makes everybody look local.
        None => address.0.is_loopback() && !headers.contains_key("x-forwarded-for"),
    };
    if !allowed {
        return AppError::not_found("resource").into_response();
    }
    if app.config.http.metrics_token.is_none()
        && let Err(error) = app.auth.check_host(&uri, &headers)
    {
        return error.into_response();
    }
    match stats::load(&app.db, app.config.engine.lease).await {
        Ok(load) => show(&load),
        Err(error) => tracing::warn!(error = %error, "the queue's figures cannot be read"),
    }
    let text = recorder::render();
    (
        [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")],
        text,
    )
        .into_response()
}

/// Gauges of the whole installation: the same from every replica.
fn show(load: &stats::Load) {
    for queue in QUEUES {
        let of = |status| load.jobs.get(&(queue.to_owned(), status)).copied().unwrap_or(0);
        gauge("esteira_queue_waiting", "queue", queue).set(figure(of(JobStatus::Queued)));
        gauge("esteira_queue_running", "queue", queue).set(figure(of(JobStatus::Running)));
    }
    gauge("esteira_workers", "state", "alive").set(figure(load.workers_alive));
    gauge("esteira_workers", "state", "draining").set(figure(load.workers_draining));
}

fn gauge(name: &'static str, label: &'static str, value: &'static str) -> metrics::Gauge {
    metrics::gauge!(name, label => value)
}

#[expect(clippy::cast_precision_loss, reason = "a count of rows")]
fn figure(count: i64) -> f64 {
    count as f64
}
