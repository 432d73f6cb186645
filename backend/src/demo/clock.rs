//! A clock that can be set, so that the demonstration's past happens in order.

use esteira_shared::instant::Instant;
use std::sync::{Mutex, PoisonError};

use crate::clock::Clock;

/// Stands still until it is moved.
pub(super) struct SetClock(Mutex<Instant>);

impl SetClock {
    pub(super) fn new(at: Instant) -> Self {
        Self(Mutex::new(at))
    }

    pub(super) fn set(&self, at: Instant) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = at;
    }
}

impl Clock for SetClock {
    fn now(&self) -> Instant {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
