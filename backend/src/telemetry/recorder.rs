//! Collects measurements for Prometheus.

use std::{sync::OnceLock, time::Duration};

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

static RECORDER: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

/// How often [`keep_small`] gathers what was measured.
pub const UPKEEP: Duration = Duration::from_secs(5);

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

/// Gathers what was measured into its buckets now and then, without end. Otherwise every single measurement would stay in
/// memory until somebody reads the metrics, and often nobody does.
pub async fn keep_small(every: Duration) {
    loop {
        tokio::time::sleep(every).await;
        if let Some(handle) = RECORDER.get().and_then(Option::as_ref) {
            handle.run_upkeep();
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "a test may fail by panicking"
    )]

    use super::*;

    /// Memory of this process, in bytes.
    fn resident() -> u64 {
        let text = std::fs::read_to_string("/proc/self/statm").unwrap();
        let pages: Vec<u64> = text.split(' ').map(|count| count.trim().parse().unwrap()).collect();
        pages[1] * 4_096
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
    async fn measurements_that_nobody_reads_do_not_pile_up() {
        install();
        let upkeep = tokio::spawn(keep_small(Duration::from_millis(1)));
        let histogram = metrics::histogram!("esteira_test_seconds");
        let before = resident();
        // Eight bytes each: 64 MB, were they kept.
        for _ in 0..8_000_000 {
            histogram.record(0.01);
        }
        let grown = resident().saturating_sub(before);
        upkeep.abort();
        assert!(grown < 32 * 1024 * 1024, "{grown} bytes more");
    }
}
