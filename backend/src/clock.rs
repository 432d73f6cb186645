//! The one place that asks what time it is.

use esteira_shared::instant::Instant;
use std::sync::Arc;

use chrono::Utc;
use futures_util::future::BoxFuture;

/// A source of the present instant, cut to the microseconds that both databases keep.
pub trait Clock: Send + Sync + 'static {
    fn now(&self) -> Instant;

    /// Waits until that instant has come.
    fn sleep_until(&self, at: Instant) -> BoxFuture<'_, ()> {
        let left = (at - self.now()).to_std().unwrap_or_default();
        Box::pin(tokio::time::sleep(left))
    }
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
