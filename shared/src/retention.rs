//! Which backups are kept: the last ones, and older ones at growing distances.

use chrono::{Datelike as _, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::validate::Fields;

/// How many proven backups are kept. Each number counts by itself; one backup may serve all three.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retention {
    /// The newest ones.
    pub last: u32,
    /// The newest one of each week, for as many weeks as have one.
    pub weekly: u32,
    /// The newest one of each month, for as many months as have one.
    pub monthly: u32,
}

/// A backup that failed is kept for whoever looks for the cause, until so many newer ones are proven.
const FAILED_KEPT: usize = 3;

/// A backup as the rule sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Made<I> {
    pub id: I,
    /// The day it was made on, where its readers live.
    pub day: NaiveDate,
    pub proven: bool,
}

impl Retention {
    pub const LAST: std::ops::RangeInclusive<u32> = 1..=365;
    pub const WEEKLY: std::ops::RangeInclusive<u32> = 0..=260;
    pub const MONTHLY: std::ops::RangeInclusive<u32> = 0..=240;

    /// Notes which numbers are out of bounds, under the names of the wire.
    pub fn check(self, fields: &mut Fields) {
        for (name, value, bounds) in [
            ("keep_last", self.last, Self::LAST),
            ("keep_weekly", self.weekly, Self::WEEKLY),
            ("keep_monthly", self.monthly, Self::MONTHLY),
        ] {
            if !bounds.contains(&value) {
                let message = format!("between {} and {}", bounds.start(), bounds.end());
                fields.push(name, crate::error::FieldCode::OutOfRange, message);
            }
        }
    }

    /// Those that may go, of all that there are, **newest first**. The newest proven one is never among them.
    #[must_use]
    pub fn superfluous<I: Copy>(self, backups: &[Made<I>]) -> Vec<I> {
        let mut weeks = Periods::new(self.weekly);
        let mut months = Periods::new(self.monthly);
        let mut proven = 0_usize;
        let mut gone = Vec::new();
        for backup in backups {
            let kept = if backup.proven {
                let week = backup.day.iso_week();
                let is_last = proven < usize::try_from(self.last.max(1)).unwrap_or(usize::MAX);
                // Both must see each of them, so neither is skipped when the other keeps it.
                let of_week = weeks.is_first_of((week.year(), week.week()));
                let of_month = months.is_first_of((backup.day.year(), backup.day.month()));
                proven += 1;
                is_last || of_week || of_month
            } else {
                proven < FAILED_KEPT
            };
            if !kept {
                gone.push(backup.id);
            }
        }
        gone
    }
}

/// Periods from the newest to the oldest, each with its newest backup.
struct Periods {
    left: u32,
    last: Option<(i32, u32)>,
}

impl Periods {
    const fn new(left: u32) -> Self {
        Self { left, last: None }
    }

    /// Whether this is the newest of its period, and the period one of those that count.
    fn is_first_of(&mut self, period: (i32, u32)) -> bool {
        if self.last == Some(period) || self.left == 0 {
            return false;
        }
        self.last = Some(period);
        self.left -= 1;
        true
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

    use chrono::{Days, TimeDelta};

    use super::*;

    const fn keep(last: u32, weekly: u32, monthly: u32) -> Retention {
        Retention { last, weekly, monthly }
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn proven(day: NaiveDate) -> Made<NaiveDate> {
        Made {
            id: day,
            day,
            proven: true,
        }
    }

    /// One a day, newest first.
    fn daily(newest: &str, count: u64) -> Vec<Made<NaiveDate>> {
        (0..count)
            .map(|age| proven(day(newest).checked_sub_days(Days::new(age)).unwrap()))
            .collect()
    }

    fn kept(retention: Retention, backups: &[Made<NaiveDate>]) -> Vec<String> {
        let gone = retention.superfluous(backups);
        let left = backups.iter().filter(|backup| !gone.contains(&backup.id));
        left.map(|backup| backup.id.to_string()).collect()
    }

    #[test]
    fn a_year_of_nights_leaves_days_weeks_and_months() {
        // A Tuesday.
        let all = daily("2026-12-01", 400);
        assert_eq!(
            kept(keep(3, 3, 4), &all),
            [
                "2026-12-01", // last, and the newest of its week and of its month
                "2026-11-30", // last, and the newest of November
                "2026-11-29", // last, and the Sunday of the week before
                "2026-11-22", // the third week
                "2026-10-31",
                "2026-09-30",
            ]
        );
    }

    #[test]
    fn weeks_are_those_of_the_calendar_also_over_the_new_year() {
        // 31 December 2026 and 1 January 2027 are in the same week, 2026-W53.
        let all = daily("2027-01-04", 8);
        assert_eq!(kept(keep(1, 2, 0), &all), ["2027-01-04", "2027-01-03"]);
        assert_eq!(kept(keep(1, 0, 2), &all), ["2027-01-04", "2026-12-31"]);
    }

    #[test]
    fn a_week_without_one_does_not_count() {
        let all = [
            proven(day("2026-12-01")),
            proven(day("2026-10-06")),
            proven(day("2026-10-05")),
        ];
        assert_eq!(kept(keep(1, 2, 0), &all), ["2026-12-01", "2026-10-06"]);
    }

    #[test]
    fn the_newest_proven_one_never_goes() {
        let failed = |text: &str| Made {
            proven: false,
            ..proven(day(text))
        };
        let all = [
            failed("2026-12-05"),
            failed("2026-12-04"),
            proven(day("2026-12-03")),
            proven(day("2026-12-02")),
        ];
        assert_eq!(
            kept(keep(0, 0, 0), &all),
            ["2026-12-05", "2026-12-04", "2026-12-03"],
            "zero is not asked for, and would still keep one"
        );
    }

    #[test]
    fn a_failed_one_goes_when_three_newer_ones_are_proven() {
        let failed = Made {
            proven: false,
            ..proven(day("2026-11-28"))
        };
        let mut all = daily("2026-11-30", 2);
        all.push(failed);
        assert!(keep(9, 9, 9).superfluous(&all).is_empty());
        all.insert(0, proven(day("2026-12-01")));
        assert_eq!(keep(9, 9, 9).superfluous(&all), [failed.id]);
    }

    #[test]
    fn going_through_it_night_by_night_keeps_the_same_as_at_once() {
        let retention = keep(3, 3, 4);
        let first = day("2026-01-01");
        let mut left: Vec<Made<NaiveDate>> = Vec::new();
        for night in 0..400 {
            left.insert(0, proven(first + TimeDelta::days(night)));
            let gone = retention.superfluous(&left);
            left.retain(|backup| !gone.contains(&backup.id));
        }
        let newest = (first + TimeDelta::days(399)).to_string();
        let at_once = kept(retention, &daily(&newest, 400));
        let by_night: Vec<String> = left.iter().map(|backup| backup.id.to_string()).collect();
        assert_eq!(by_night, at_once);
    }

    #[test]
    fn numbers_out_of_bounds_are_named() {
        let mut fields = Fields::new();
        keep(0, 261, 12).check(&mut fields);
        let refused = fields.finish().unwrap_err();
        let names: Vec<&str> = refused.iter().map(|field| field.field.as_str()).collect();
        assert_eq!(names, ["keep_last", "keep_weekly"]);
    }
}
