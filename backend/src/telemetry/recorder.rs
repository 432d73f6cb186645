//! Collects measurements for Prometheus.

use std::sync::OnceLock;

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

static RECORDER: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

/// Starts collecting; once per process.
pub fn install() {
    RECORDER.get_or_init(|| {
        let buckets = [
            0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0,
        ];
        let installed = PrometheusBuilder::new()
            .set_buckets(&buckets)
            .map(PrometheusBuilder::install_recorder);
        match installed {
            Ok(Ok(handle)) => Some(handle),
            Ok(Err(error)) | Err(error) => {
                tracing::error!(error = %error, "metrics are off");
                None
            }
        }
    });
}

/// Everything collected so far, in Prometheus' text format; empty before [`install`].
#[must_use]
pub fn render() -> String {
    RECORDER
        .get()
        .and_then(Option::as_ref)
        .map(PrometheusHandle::render)
        .unwrap_or_default()
}
