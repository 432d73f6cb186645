//! One event: which days it makes holidays.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

use super::{
    lines::{Property, unescaped},
    rule::{Repeats, repeats},
};
use crate::{
    calendar_file::{
        collect::{Collector, UNSAID},
        words,
    },
    reason::Reason,
    schedule::CalendarDay,
};

/// Days of one event.
const LONGEST: i64 = 62;
const DAY_S: i64 = 24 * 60 * 60;
/// From midnight on, what lasts as long as this is a day: some calendars end it a minute before the next.
const WHOLE_S: i64 = 23 * 60 * 60;

/// `20260101` or `20260101T000000Z`: the date as it is written, in whatever zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    pub(super) date: NaiveDate,
    time: Option<NaiveTime>,
}

impl Stamp {
    pub(super) fn read(value: &str) -> Option<Self> {
        let compact: String = value.trim().chars().filter(|c| !matches!(c, '-' | ':')).collect();
        let compact = compact.trim_end_matches(['Z', 'z']);
        let (date, time) = match compact.split_once(['T', 't']) {
            Some((date, time)) => (date, Some(time)),
            None => (compact, None),
        };
        if date.len() != 8 {
            return None;
        }
        let number = |text: &str, from: usize, to: usize| {
            let digits = text.get(from..to)?;
            let all = digits.bytes().all(|byte| byte.is_ascii_digit());
            all.then(|| digits.parse::<u32>().ok()).flatten()
        };
        let year = i32::try_from(number(date, 0, 4)?).ok()?;
        let date = NaiveDate::from_ymd_opt(year, number(date, 4, 6)?, number(date, 6, 8)?)?;
        let time = match time {
            None => None,
            Some(time) if time.len() == 6 || time.len() == 4 => {
                let second = if time.len() == 6 {
                    number(time, 4, 6)?.min(59)
                } else {
                    0
                };
                Some(NaiveTime::from_hms_opt(
                    number(time, 0, 2)?,
                    number(time, 2, 4)?,
                    second,
                )?)
            }
            Some(_) => return None,
        };
        Some(Self { date, time })
    }

    fn at(self) -> NaiveDateTime {
        self.date.and_time(self.time.unwrap_or(NaiveTime::MIN))
    }
}

/// What has been read of it.
#[derive(Default)]
pub(super) struct Event {
    /// Where it begins, then where its date stands.
    line: usize,
    text: String,
    start: Option<Stamp>,
    end: Option<Stamp>,
    length_s: Option<i64>,
    rule: Option<String>,
    left_out: Vec<NaiveDate>,
    name: String,
    categories: String,
    /// The first word of what describes it.
    remark: String,
    cancelled: bool,
    all_day: bool,
    /// The first thing in it that cannot be taken over.
    problem: Option<(usize, Reason, String)>,
}

impl Event {
    pub(super) fn begin(line: usize, text: &str) -> Self {
        Self {
            line,
            text: text.to_owned(),
            ..Self::default()
        }
    }

    pub(super) fn note(&mut self, line: usize, text: &str, property: &Property<'_>) {
        let value = property.value;
        let mut problem = None;
        let unreadable = || Reason::DayDateUnreadable {
            text: value.chars().filter(|c| !c.is_control()).take(40).collect(),
        };
        match property.name.as_str() {
            "DTSTART" => {
                (self.line, self.text) = (line, text.to_owned());
                self.start = Stamp::read(value);
                problem = self.start.is_none().then(unreadable);
            }
            "DTEND" => {
                self.end = Stamp::read(value);
                problem = self.end.is_none().then(unreadable);
            }
            "DURATION" => {
                self.length_s = duration_s(value);
                problem = self.length_s.is_none().then(unreadable);
            }
            "RRULE" if self.rule.is_none() => self.rule = Some(value.to_owned()),
            "EXDATE" => {
                let dates: Option<Vec<Stamp>> = value.split(',').map(Stamp::read).collect();
                match dates {
                    Some(dates) => self.left_out.extend(dates.iter().map(|stamp| stamp.date)),
                    None => problem = Some(unreadable()),
                }
            }
            // A second rule, more dates, or another form of one date of a series.
            name @ ("RRULE" | "EXRULE" | "RDATE" | "RECURRENCE-ID") => {
                let rule = name.to_owned();
                problem = Some(Reason::EventRuleUnsupported { rule });
            }
            "SUMMARY" => self.name = unescaped(value),
            "CATEGORIES" => self.categories = unescaped(value),
            "DESCRIPTION" => {
                let remark = words::plain(&unescaped(value));
                remark
                    .split(' ')
                    .next()
                    .unwrap_or_default()
                    .clone_into(&mut self.remark);
            }
            "STATUS" => self.cancelled = value.trim().eq_ignore_ascii_case("CANCELLED"),
            "X-MICROSOFT-CDO-ALLDAYEVENT" | "X-FUNAMBOL-ALLDAY" => {
                let value = value.trim();
                self.all_day |= value.eq_ignore_ascii_case("TRUE") || value == "1";
            }
            _ => {}
        }
        if self.problem.is_none() {
            self.problem = problem.map(|reason| (line, reason, text.to_owned()));
        }
    }

    /// It has no end.
    pub(super) fn unfinished(self, out: &mut Collector) {
        out.refuse(self.line, Reason::EventUnfinished {}, &self.text);
    }

    /// It is whole: takes its days.
    pub(super) fn finish(self, out: &mut Collector) {
        if self.cancelled {
            out.cancelled();
            return;
        }
        if let Some((line, reason, text)) = &self.problem {
            out.refuse(*line, reason.clone(), text);
            return;
        }
        if let Err(reason) = self.take(out) {
            out.refuse(self.line, reason, &self.text);
        }
    }

    fn take(&self, out: &mut Collector) -> Result<(), Reason> {
        let start = self.start.ok_or(Reason::EventWithoutDate {})?;
        // What Google says of days on which nobody rests.
        if matches!(self.remark.as_str(), "observance" | "comemoracao" | "observancia") {
            return Err(Reason::EventObservance {});
        }
        let length = self.days(start)?;
        let kind = self.categories.split(',').find_map(words::kind).unwrap_or(UNSAID);
        let day = |date: NaiveDate, yearly: bool| CalendarDay {
            date,
            yearly,
            name: self.name.clone(),
            kind,
        };
        let repeats = match &self.rule {
            None => Repeats::On(vec![start.date]),
            Some(rule) => repeats(rule, start.date, &self.left_out)?,
        };
        match repeats {
            Repeats::EachYear => out.take_row(self.line, &self.text, &day(start.date, true), length),
            Repeats::On(dates) => {
                for date in dates {
                    out.take_row(self.line, &self.text, &day(date, false), length);
                }
            }
        }
        Ok(())
    }

    /// How many days it takes.
    fn days(&self, start: Stamp) -> Result<u64, Reason> {
        let length_s = match (self.end, self.length_s) {
            (Some(end), _) => (end.at() - start.at()).num_seconds(),
            (None, Some(length_s)) => length_s,
            (None, None) => 0,
        };
        if length_s < 0 {
            return Err(Reason::EventEndsFirst {});
        }
        let whole = match start.time {
            None => true,
            Some(_) if self.all_day => true,
            Some(time) if time == NaiveTime::MIN => length_s == 0 || length_s >= WHOLE_S,
            // Midnight of a zone, as another one writes it.
            Some(_) => length_s > 0 && length_s % DAY_S == 0,
        };
        if !whole {
            return Err(Reason::EventPartOfDay {});
        }
        let days = ((length_s + DAY_S - 1) / DAY_S).max(1);
        if days > LONGEST {
            return Err(Reason::EventTooLong { days, most: LONGEST });
        }
        u64::try_from(days).map_err(|_| Reason::EventEndsFirst {})
    }
}

/// `P1D`, `P2W`, `PT24H` or `P1DT12H`.
fn duration_s(value: &str) -> Option<i64> {
    let rest = value.trim().strip_prefix('+').unwrap_or(value.trim());
    let rest = rest.strip_prefix('P')?;
    let (mut seconds, mut number, mut in_time) = (0_i64, None::<i64>, false);
    for c in rest.chars() {
        if let Some(digit) = c.to_digit(10) {
            let so_far = number.unwrap_or(0);
            number = Some(so_far.checked_mul(10)?.checked_add(i64::from(digit))?);
            continue;
        }
        let unit = match (c, in_time) {
            ('T', false) if number.is_none() => {
                in_time = true;
                continue;
            }
            ('W', false) => 7 * DAY_S,
            ('D', false) => DAY_S,
            ('H', true) => 3_600,
            ('M', true) => 60,
            ('S', true) => 1,
            _ => return None,
        };
        seconds = seconds.checked_add(number.take()?.checked_mul(unit)?)?;
    }
    // Far more than an event may take, and far from the end of what a number holds.
    number
        .is_none()
        .then_some(seconds)
        .filter(|seconds| *seconds < i64::MAX / 2)
}
