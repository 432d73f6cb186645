//! What the program tells of itself: structured logs, measurements, the id of the request at work.

pub mod recorder;
pub mod request_id;

use tracing_subscriber::{EnvFilter, fmt, prelude::*};

use crate::config::LogConfig;

/// Starts logging to standard error; once per process.
///
/// # Errors
/// When the filter cannot be read.
pub fn install(config: &LogConfig) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&config.filter).map_err(|error| anyhow::anyhow!("ESTEIRA_LOG: {error}"))?;
    let layer = fmt::layer().with_writer(std::io::stderr).with_target(false);
    let registry = tracing_subscriber::registry().with(filter);
    if config.json {
        registry.with(layer.json().flatten_event(true)).try_init()?;
    } else {
        registry.with(layer.compact()).try_init()?;
    }
    recorder::install();
    Ok(())
}
