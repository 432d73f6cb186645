//! Where the wall's clock meets UTC. A zone answers one question, its offset at an instant; the rest is worked out here,
//! so that a browser's `Intl` is as good a source as the server's database.

#[cfg(any(test, feature = "zones"))]
mod iana;

use chrono::{DateTime, NaiveDateTime};

#[cfg(any(test, feature = "zones"))]
pub use self::iana::{Iana, IanaZone};

/// The rules of one time zone.
pub trait Zone {
    /// Seconds east of UTC at an instant, given in Unix seconds.
    fn offset_at(&self, unix: i64) -> i32;
}

/// All time zones, by their IANA names.
pub trait Zones {
    type Zone: Zone;

    /// `None` when there is none of this name.
    fn zone(&self, name: &str) -> Option<Self::Zone>;
}

/// What a time on the wall means, in Unix seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    Once(i64),
    /// It does not exist: the clock was put forward over it. The first instant after that.
    Never {
        next: i64,
    },
    /// The clock was put back over it.
    Twice {
        first: i64,
        second: i64,
    },
}

impl Reading {
    /// The first instant that is not before it. Later times on the wall never give an earlier one.
    #[must_use]
    pub fn earliest(self) -> i64 {
        match self {
            Self::Once(at) | Self::Never { next: at } | Self::Twice { first: at, .. } => at,
        }
    }
}

/// Longer than any zone is away from UTC, and shorter than the time between two changes of one.
pub(super) const DAY: i64 = 24 * 60 * 60;

/// Reads a time on the wall.
pub fn read(zone: &impl Zone, local: NaiveDateTime) -> Reading {
    let wall = local.and_utc().timestamp();
    match around(zone, wall) {
        (before, after) if before == after => Reading::Once(wall - before),
        (before, after) => read_near_change(zone, wall, before, after),
    }
}

/// The offsets a day before and after a time on the wall; when they are the same, so is that between.
fn around(zone: &impl Zone, wall: i64) -> (i64, i64) {
    (zone.offset_at(wall - DAY).into(), zone.offset_at(wall + DAY).into())
}

/// Each of the two offsets gives an instant, which is right when the offset holds there.
fn read_near_change(zone: &impl Zone, wall: i64, before: i64, after: i64) -> Reading {
    let (by_old, by_new) = (wall - before, wall - after);
    let holds = |offset, at| i64::from(zone.offset_at(at)) == offset;
    match (holds(before, by_old), holds(after, by_new)) {
        (true, true) => Reading::Twice {
            first: by_old,
            second: by_new,
        },
        (true, false) => Reading::Once(by_old),
        (false, true) => Reading::Once(by_new),
        (false, false) => Reading::Never {
            next: change(zone, by_new, by_old),
        },
    }
}

/// Reads times near each other with fewer questions to the zone.
pub(super) struct Reader<'z, Z> {
    zone: &'z Z,
    /// A time on the wall with no change within a day, and its offset.
    steady: Option<(i64, i64)>,
}

impl<'z, Z: Zone> Reader<'z, Z> {
    pub(super) fn new(zone: &'z Z) -> Self {
        Self { zone, steady: None }
    }

    pub(super) fn read(&mut self, local: NaiveDateTime) -> Reading {
        /// A day, less what a zone may be away from UTC.
        const NEAR: u64 = 8 * 60 * 60;
        let wall = local.and_utc().timestamp();
        if let Some((known, offset)) = self.steady
            && wall.abs_diff(known) <= NEAR
        {
            return Reading::Once(wall - offset);
        }
        let (before, after) = around(self.zone, wall);
        if before == after {
            self.steady = Some((wall, before));
            Reading::Once(wall - before)
        } else {
            read_near_change(self.zone, wall, before, after)
        }
    }
}

/// The instant of the change after `from` and not after `until`.
fn change(zone: &impl Zone, mut from: i64, mut until: i64) -> i64 {
    let old = zone.offset_at(from);
    while until - from > 1 {
        let middle = from.midpoint(until);
        if zone.offset_at(middle) == old {
            from = middle;
        } else {
            until = middle;
        }
    }
    until
}

/// What the wall's clock shows at an instant.
pub fn local(zone: &impl Zone, unix: i64) -> NaiveDateTime {
    wall(unix + i64::from(zone.offset_at(unix)))
}

/// Seconds on the wall as date and time; the ends of the calendar beyond them.
pub(super) fn wall(seconds: i64) -> NaiveDateTime {
    DateTime::from_timestamp(seconds, 0).map_or(NaiveDateTime::MAX, |at| at.naive_utc())
}
