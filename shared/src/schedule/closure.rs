//! Days on which nothing runs, and where a run goes from them.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{
    calendar::{Chosen, Holiday},
    civil::{Weekday, period, shifted},
};
use crate::{error::words, reason::Reason};

words! {
    /// What becomes of a run on a day that is excluded.
    Roll {
        /// It does not run.
        Skip = "skip",
        /// It runs on the next day that is not excluded, at the same time.
        NextBusinessDay = "next_business_day",
        PreviousBusinessDay = "previous_business_day",
    }
}

/// Nothing is moved unless a person says so.
impl Default for Roll {
    fn default() -> Self {
        Self::Skip
    }
}

/// A roll goes no further than this.
pub const ROLL_DAYS: i64 = 15;

/// Days from which everything is kept away; both ends belong to them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Blackout {
    pub start: NaiveDate,
    pub end: NaiveDate,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Blackout {
    /// The person's reason, else the dates.
    fn name(&self) -> String {
        match self.reason.as_deref().map(str::trim) {
            Some(reason) if !reason.is_empty() => reason.to_owned(),
            _ => period(self.start, self.end),
        }
    }
}

/// Which days are excluded, and what happens then.
#[derive(Debug, Clone, Default)]
pub(super) struct Closures {
    pub(super) weekends: bool,
    pub(super) holidays: bool,
    pub(super) calendars: Chosen,
    pub(super) blackouts: Vec<Blackout>,
    pub(super) roll: Roll,
}

/// What excludes a day.
enum Closure<'a> {
    Weekend,
    Holiday(Holiday),
    Blackout(&'a Blackout),
}

impl Closure<'_> {
    fn reason(self) -> Reason {
        match self {
            Self::Weekend => Reason::Weekend {},
            Self::Holiday(holiday) => Reason::Holiday {
                name: holiday.name.into_owned(),
            },
            Self::Blackout(blackout) => Reason::Blackout {
                reason: blackout.name(),
            },
        }
    }
}

/// What becomes of a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    Open,
    /// Excluded for this reason, and so moved to another day, if there is one within reach.
    Closed {
        cause: Reason,
        moved_to: Option<NaiveDate>,
    },
}

impl Closures {
    pub(super) fn verdict(&self, date: NaiveDate) -> Verdict {
        match self.closed_by(date) {
            None => Verdict::Open,
            Some(closure) => Verdict::Closed {
                cause: closure.reason(),
                moved_to: self.nearest(date),
            },
        }
    }

    pub(super) fn is_open(&self, date: NaiveDate) -> bool {
        self.closed_by(date).is_none()
    }

    /// What excludes a day.
    fn closed_by(&self, date: NaiveDate) -> Option<Closure<'_>> {
        if self.weekends && Weekday::of(date).is_weekend() {
            return Some(Closure::Weekend);
        }
        let holiday = self.holidays.then(|| self.calendars.holiday(date)).flatten();
        if let Some(holiday) = holiday {
            return Some(Closure::Holiday(holiday));
        }
        let blackout = self
            .blackouts
            .iter()
            .find(|blackout| (blackout.start..=blackout.end).contains(&date))?;
        Some(Closure::Blackout(blackout))
    }

    fn nearest(&self, date: NaiveDate) -> Option<NaiveDate> {
        let step = match self.roll {
            Roll::Skip => return None,
            Roll::NextBusinessDay => 1,
            Roll::PreviousBusinessDay => -1,
        };
        (1..=ROLL_DAYS)
            .filter_map(|days| shifted(date, days * step))
            .find(|day| self.is_open(*day))
    }

    /// What a roll says of itself.
    pub(super) fn rolled(&self, cause: Reason) -> Reason {
        let cause = Box::new(cause);
        match self.roll {
            Roll::PreviousBusinessDay => Reason::RollPreviousBusinessDay { cause },
            Roll::Skip | Roll::NextBusinessDay => Reason::RollNextBusinessDay { cause },
        }
    }
}
