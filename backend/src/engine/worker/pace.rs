//! How many jobs a worker claims ahead: as many as it ends in a tenth of a second, so that short jobs come in large
//! batches and long ones are left for others.

use std::time::{Duration, Instant};

pub(super) struct Pace {
    slots: usize,
    since: Instant,
    ended: usize,
    prefetch: usize,
}

const SPAN: Duration = Duration::from_millis(100);
/// Most jobs ahead. When a worker is killed, its jobs wait until the lease ends.
const MOST: usize = 1_000;

impl Pace {
    pub(super) fn new(slots: usize) -> Self {
        Self {
            slots,
            since: Instant::now(),
            ended: 0,
            prefetch: 0,
        }
    }

    pub(super) fn ended(&mut self) {
        self.ended += 1;
    }

    /// Jobs to claim beyond the free slots.
    pub(super) fn prefetch(&mut self) -> usize {
        let passed = self.since.elapsed();
        if passed >= SPAN {
            self.prefetch = ahead(self.ended, passed, self.slots);
            self.since = Instant::now();
            self.ended = 0;
        }
        self.prefetch
    }
}

/// Nothing ahead while the jobs in the slots last longer than the span.
fn ahead(ended: usize, passed: Duration, slots: usize) -> usize {
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a count of jobs, clamped below"
    )]
    let per_span = (ended as f64 * SPAN.as_secs_f64() / passed.as_secs_f64()) as usize;
    if per_span <= slots { 0 } else { per_span.min(MOST) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_jobs_are_not_hoarded_and_short_ones_come_in_batches() {
        assert_eq!(ahead(3, Duration::from_secs(1), 8), 0);
        assert_eq!(ahead(400, Duration::from_millis(200), 8), 200);
        assert_eq!(ahead(1_000_000, Duration::from_millis(100), 8), MOST);
    }
}
