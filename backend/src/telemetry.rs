//! What the program tells of itself: structured logs, measurements, the id of the request at work.

pub mod recorder;
pub mod request_id;

use tracing_subscriber::{EnvFilter, fmt, prelude::*};

/// Starts logging to standard error, as text or as JSON; once per process. `filter` is such as `info,esteira=debug`.
///
/// # Errors
/// When the filter cannot be read.
pub fn install(filter: &str, json: bool) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(filter).map_err(|error| anyhow::anyhow!("ESTEIRA_LOG: {error}"))?;
    let layer = fmt::layer().with_writer(std::io::stderr).with_target(false);
    let registry = tracing_subscriber::registry().with(filter);
    if json {
        registry.with(layer.json().flatten_event(true)).try_init()?;
    } else {
        registry.with(layer.compact()).try_init()?;
    }
    recorder::install();
    Ok(())
}
