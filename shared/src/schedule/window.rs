//! The hours of a day in which something may run.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use serde::{Deserialize, Serialize};

use super::civil::{TimeOfDay, shifted};

/// From `start`, up to but not including `end`. One that ends before it starts goes over midnight, and all of it belongs
/// to the day on which it starts: calendars look at that day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Window {
    pub start: TimeOfDay,
    pub end: TimeOfDay,
}

impl Window {
    #[must_use]
    pub fn crosses_midnight(self) -> bool {
        self.end < self.start
    }

    #[must_use]
    pub fn contains(self, time: NaiveTime) -> bool {
        let (started, not_ended) = (self.start.time() <= time, time < self.end.time());
        if self.crosses_midnight() {
            started || not_ended
        } else {
            started && not_ended
        }
    }

    /// The day that a time counts for.
    #[must_use]
    pub(super) fn day_of(self, local: NaiveDateTime) -> NaiveDate {
        let early = self.crosses_midnight() && local.time() < self.end.time();
        shifted(local.date(), -i64::from(early)).unwrap_or(local.date())
    }

    /// When it opens at or after a time outside of it.
    pub(super) fn opens_after(self, local: NaiveDateTime) -> Option<NaiveDateTime> {
        let today = local.date().and_time(self.start.time());
        if local <= today {
            Some(today)
        } else {
            Some(shifted(local.date(), 1)?.and_time(self.start.time()))
        }
    }
}
