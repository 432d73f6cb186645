//! The days of daily, weekly and monthly rules.

use chrono::{Datelike as _, NaiveDate};

use crate::schedule::{
    calendar::Chosen,
    civil::{self, Weekday, shifted},
    rule::{Daily, MonthDay, Monthly, NthWeekday, ShortMonth, Weekly},
};

/// Days that repeat, counted from their anchor.
#[derive(Debug, Clone)]
pub(in crate::schedule) enum Days {
    Daily {
        every: i64,
        anchor: NaiveDate,
    },
    Weekly {
        every: i64,
        /** A Monday. */
        anchor: NaiveDate,
        /** From Monday, bit 0. */
        weekdays: u32,
    },
    Monthly {
        every: i32,
        /** Months since the year 0. */
        anchor: i32,
        day: DayOfMonth,
    },
}

#[derive(Debug, Clone, Copy)]
pub(in crate::schedule) enum DayOfMonth {
    Date { day: u32, short_month: ShortMonth },
    Last,
    Nth(NthWeekday),
    Business(i32),
}

/// A day that a rule gives.
#[derive(Debug, Clone, Copy)]
pub(in crate::schedule) struct Day {
    pub(in crate::schedule) date: NaiveDate,
    /// Its month does not have the day that the rule names; the last day stands for it.
    pub(in crate::schedule) omitted: bool,
}

impl Days {
    pub(super) fn daily(rule: &Daily) -> Self {
        Self::Daily {
            every: rule.every.max(1).into(),
            anchor: anchor(rule.start),
        }
    }

    pub(super) fn weekly(rule: &Weekly) -> Self {
        let weekdays = rule
            .weekdays
            .iter()
            .fold(0, |bits, weekday| bits | 1 << weekday.index());
        Self::Weekly {
            every: rule.every.max(1).into(),
            anchor: monday(anchor(rule.start)),
            weekdays,
        }
    }

    pub(super) fn monthly(rule: &Monthly) -> Self {
        let day = match (rule.day, rule.nth_weekday, rule.business_day) {
            (Some(MonthDay::Day(day)), _, _) => DayOfMonth::Date {
                day,
                short_month: rule.short_month,
            },
            (_, Some(nth), _) => DayOfMonth::Nth(nth),
            (_, _, Some(n)) => DayOfMonth::Business(n),
            (Some(MonthDay::Last) | None, None, None) => DayOfMonth::Last,
        };
        let every = i32::try_from(rule.every.max(1)).unwrap_or(i32::MAX);
        Self::Monthly {
            every,
            anchor: month_index(anchor(rule.start)),
            day,
        }
    }

    pub(super) fn on_or_after(&self, date: NaiveDate, calendars: &Chosen) -> Option<Day> {
        match self {
            Self::Daily { every, anchor } => {
                let past = (date - *anchor).num_days().rem_euclid(*every);
                plain(shifted(date, if past == 0 { 0 } else { every - past })?)
            }
            Self::Weekly {
                every,
                anchor,
                weekdays,
            } => {
                let this = monday(date);
                let past = ((this - *anchor).num_days() / 7).rem_euclid(*every);
                let rest = weekdays & (u32::MAX << Weekday::of(date).index());
                let (week, bits) = if past == 0 && rest != 0 {
                    (this, rest)
                } else {
                    (shifted(this, 7 * (every - past))?, *weekdays)
                };
                plain(shifted(week, bits.trailing_zeros().into())?)
            }
            Self::Monthly { every, anchor, day } => {
                // One month earlier, since a day that it lacks may go forward into this one; but not before the first.
                let mut index = (month_index(date) - 1).max(*anchor);
                loop {
                    let past = (index - anchor).rem_euclid(*every);
                    index = index.checked_add(if past == 0 { 0 } else { every - past })?;
                    let (first, length) = civil::month(index.div_euclid(12), index.rem_euclid(12).unsigned_abs() + 1)?;
                    let found = day.of(first, length, calendars)?;
                    if found.date >= date {
                        return Some(found);
                    }
                    index += 1;
                }
            }
        }
    }
}

impl DayOfMonth {
    /// In the month that begins on `first`. One that is omitted stands on the last day.
    fn of(self, first: NaiveDate, length: u32, calendars: &Chosen) -> Option<Day> {
        let last = first.with_day(length)?;
        let found = match self {
            Self::Last => Some(last),
            Self::Date { day, .. } => first.with_day(day),
            Self::Nth(nth) => nth_weekday(first, last, nth),
            Self::Business(n) => business_day(first, last, n, calendars),
        };
        if let Some(date) = found {
            return plain(date);
        }
        match self {
            Self::Date {
                short_month: ShortMonth::Backward,
                ..
            } => plain(last),
            Self::Date {
                short_month: ShortMonth::Forward,
                ..
            } => plain(shifted(last, 1)?),
            _ => Some(Day {
                date: last,
                omitted: true,
            }),
        }
    }
}

#[expect(clippy::unnecessary_wraps, reason = "ends the branches of what may fail")]
fn plain(date: NaiveDate) -> Option<Day> {
    Some(Day { date, omitted: false })
}

fn nth_weekday(first: NaiveDate, last: NaiveDate, NthWeekday { n, weekday }: NthWeekday) -> Option<NaiveDate> {
    let wanted = i64::from(weekday.index());
    let date = if n > 0 {
        let until = (wanted - i64::from(Weekday::of(first).index())).rem_euclid(7);
        shifted(first, until + 7 * i64::from(n - 1))?
    } else {
        let since = (i64::from(Weekday::of(last).index()) - wanted).rem_euclid(7);
        shifted(last, -since + 7 * i64::from(n + 1))?
    };
    (first..=last).contains(&date).then_some(date)
}

fn business_day(first: NaiveDate, last: NaiveDate, n: i32, calendars: &Chosen) -> Option<NaiveDate> {
    let mut days = first
        .iter_days()
        .take_while(|day| *day <= last)
        .filter(|day| calendars.is_business_day(*day));
    let place = n.unsigned_abs().checked_sub(1)? as usize;
    if n > 0 {
        return days.nth(place);
    }
    let days: Vec<NaiveDate> = days.collect();
    days.into_iter().rev().nth(place)
}

fn anchor(start: Option<NaiveDate>) -> NaiveDate {
    start.unwrap_or_default()
}

fn monday(date: NaiveDate) -> NaiveDate {
    shifted(date, -i64::from(Weekday::of(date).index())).unwrap_or(date)
}

/// Months since the year 0.
fn month_index(date: NaiveDate) -> i32 {
    date.year() * 12 + date.month0().cast_signed()
}
