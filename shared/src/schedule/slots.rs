//! The dates and times of a rule on the wall's clock, in their order.

mod days;

use chrono::{NaiveDateTime, NaiveTime, TimeDelta};

use self::days::Days;
use super::{
    calendar::Chosen,
    civil::{LocalMinute, TimeOfDay},
    cron::Cron,
    rule::Rule,
};
use crate::reason::Reason;

/// A date and time that a rule gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slot {
    pub(super) local: NaiveDateTime,
    /// Set when its month does not have the day that the rule names, so that nothing runs. It stands on the last day.
    pub(super) omitted: bool,
}

/// Where the slots of a rule come from.
#[derive(Debug, Clone)]
pub(super) enum Source {
    Wall(Slots),
    /// Every so many seconds since 1970 in UTC, whatever the wall's clock does.
    Seconds(i64),
}

impl Source {
    /// # Errors
    /// Why a cron expression is refused.
    pub(super) fn of(rule: &Rule) -> Result<Self, Reason> {
        Ok(Self::Wall(match rule {
            Rule::Interval(interval) => return Ok(Self::Seconds(i64::from(interval.minutes.max(1)) * 60)),
            Rule::Once(once) => Slots::moments(&[once.at]),
            Rule::Custom(custom) => Slots::moments(&custom.at),
            Rule::Cron(cron) => Slots::Cron(cron.expression.parse()?),
            Rule::Daily(daily) => Slots::days(Days::daily(daily), &daily.times),
            Rule::Weekly(weekly) => Slots::days(Days::weekly(weekly), &weekly.times),
            Rule::Monthly(monthly) => Slots::days(Days::monthly(monthly), &monthly.times),
        }))
    }
}

/// A rule that goes by the wall's clock.
#[derive(Debug, Clone)]
pub(super) enum Slots {
    /// In order, each once.
    Moments(Vec<NaiveDateTime>),
    /// Days, and the times of each: in order, each once, not empty.
    Days {
        days: Days,
        times: Vec<NaiveTime>,
    },
    Cron(Cron),
}

impl Slots {
    fn moments(at: &[LocalMinute]) -> Self {
        let mut moments: Vec<NaiveDateTime> = at.iter().map(|minute| minute.date_time()).collect();
        moments.sort_unstable();
        moments.dedup();
        Self::Moments(moments)
    }

    fn days(days: Days, times: &[TimeOfDay]) -> Self {
        let mut times: Vec<NaiveTime> = times.iter().map(|time| time.time()).collect();
        times.sort_unstable();
        times.dedup();
        Self::Days { days, times }
    }

    /// Whether its slots stand for an interval around changes of the clock.
    pub(super) fn is_interval(&self) -> bool {
        matches!(self, Self::Cron(cron) if cron.is_interval())
    }

    /// The first slot at or after a time. `None` when none is left before the year 10000.
    pub(super) fn at_or_after(&self, from: NaiveDateTime, calendars: &Chosen) -> Option<Slot> {
        let plain = |local| Slot { local, omitted: false };
        match self {
            Self::Moments(moments) => moments
                .get(moments.partition_point(|moment| *moment < from))
                .copied()
                .map(plain),
            Self::Cron(cron) => cron.at_or_after(from).map(plain),
            Self::Days { days, times } => {
                let first = *times.first()?;
                let mut day = days.on_or_after(from.date(), calendars)?;
                let mut time = first;
                if day.date == from.date() {
                    match times.get(times.partition_point(|time| *time < from.time())) {
                        Some(later) => time = *later,
                        None => day = days.on_or_after(from.date().succ_opt()?, calendars)?,
                    }
                }
                Some(Slot {
                    local: day.date.and_time(time),
                    omitted: day.omitted,
                })
            }
        }
    }

    /// Where to look for the slot after one. No rule knows less than a minute.
    pub(super) fn after(slot: NaiveDateTime) -> NaiveDateTime {
        slot.checked_add_signed(TimeDelta::minutes(1))
            .unwrap_or(NaiveDateTime::MAX)
    }
}
