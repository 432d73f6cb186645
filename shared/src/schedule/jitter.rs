//! Delays that spread schedules of one rule: different for each occurrence, the same each time it is worked out, and
//! shorter than the time to the next occurrence.

use std::collections::VecDeque;

use chrono::TimeDelta;

use super::{
    pipeline::{Occurrence, Step},
    plan::Jitter,
    zone::{self, Zone},
};
use crate::{
    instant::Instant,
    reason::{Milliseconds, Reason},
};

/// Delays occurrences on their way out.
pub(super) struct Delays {
    jitter: Jitter,
    after: Instant,
    /// Steps that wait until the occurrence after the first of them is known.
    held: VecDeque<Step>,
}

impl Delays {
    pub(super) fn new(jitter: Jitter, after: Instant) -> Self {
        Self {
            jitter,
            after,
            held: VecDeque::new(),
        }
    }

    /// Unix seconds; what is due up to here is over, however long it is delayed.
    pub(super) fn due_after(&self) -> i64 {
        self.after.timestamp() - i64::from(self.jitter.most_seconds)
    }

    pub(super) fn next(&mut self, zone: &impl Zone, mut pull: impl FnMut() -> Option<Step>) -> Option<Step> {
        if self.jitter.most_seconds == 0 {
            return pull();
        }
        loop {
            let step = self.held.pop_front().or_else(&mut pull)?;
            let at = match step {
                Step::Dropped(dropped) if dropped.at > self.after => return Some(Step::Dropped(dropped)),
                Step::Dropped(_) => continue,
                Step::Fires(ref occurrence) => occurrence.at,
            };
            while fires_next(&self.held).is_none() {
                match pull() {
                    Some(step) => self.held.push_back(step),
                    None => break,
                }
            }
            let room = fires_next(&self.held).map(|next| next - at);
            if let Step::Fires(mut occurrence) = step {
                self.jitter.delay(&mut occurrence, room, zone);
                if occurrence.at > self.after {
                    return Some(Step::Fires(occurrence));
                }
            }
        }
    }
}

fn fires_next(steps: &VecDeque<Step>) -> Option<Instant> {
    // Only the last one can be, since no more are pulled then.
    match steps.back()? {
        Step::Fires(occurrence) => Some(occurrence.at),
        Step::Dropped(_) => None,
    }
}

impl Jitter {
    /// `room` is the time to the next occurrence.
    fn delay(self, occurrence: &mut Occurrence, room: Option<TimeDelta>, zone: &impl Zone) {
        let most = TimeDelta::seconds(self.most_seconds.into());
        let most = room
            .map_or(most, |room| room.min(most))
            .num_milliseconds()
            .unsigned_abs();
        let number = scattered(self.seed ^ occurrence.nominal_at.timestamp().cast_unsigned());
        let Some(delay @ 1..) = number.checked_rem(most) else {
            return;
        };
        let delay = std::time::Duration::from_millis(delay);
        occurrence.at = occurrence.at + delay;
        occurrence.local = zone::local(zone, occurrence.at.timestamp());
        occurrence.moved.push(Reason::Jitter {
            after: Milliseconds::from(delay),
        });
    }
}

/// SplitMix64: neighbouring numbers become numbers far apart.
fn scattered(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}
