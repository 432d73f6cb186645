//! The one place that asks what time it is.

use esteira_shared::instant::Instant;
use std::sync::Arc;

use chrono::Utc;

/// A source of the present instant, cut to the microseconds that both databases keep.
pub trait Clock: Send + Sync + 'static {
    fn now(&self) -> Instant;
}

pub type SharedClock = Arc<dyn Clock>;

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the clock that everything else must ask"
    )]
    fn now(&self) -> Instant {
        Utc::now().into()
    }
}
