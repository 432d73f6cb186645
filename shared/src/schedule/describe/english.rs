//! The words of English.

use chrono::NaiveDate;

use super::{CronWords, Words, joined};
use crate::schedule::{
    civil::Weekday,
    closure::Roll,
    rule::{NthWeekday, ShortMonth},
    window::Window,
};

pub(super) struct English;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

fn ordinal(n: u32) -> String {
    let ending = match (n % 10, n % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{n}{ending}")
}

/// `last`, `2nd to last`, `3rd`
fn place(n: i32) -> String {
    match n {
        -1 => "last".to_owned(),
        n if n < 0 => format!("{} to last", ordinal(n.unsigned_abs())),
        n => ordinal(n.unsigned_abs()),
    }
}

impl Words for English {
    fn list(&self, items: &[String]) -> String {
        joined(items, self.and())
    }

    fn date(&self, date: NaiveDate) -> String {
        date.to_string()
    }

    fn once(&self, date: String, time: String) -> String {
        format!("once, on {date} at {time}")
    }

    fn chosen(&self, count: usize, first: String, last: String) -> String {
        if count == 1 {
            return format!("on one chosen date: {first}");
        }
        format!("on {count} chosen dates, from {first} to {last}")
    }

    fn every_day(&self, every: u32) -> String {
        if every == 1 {
            "every day".to_owned()
        } else {
            format!("every {every} days")
        }
    }

    fn every_week(&self, every: u32) -> String {
        if every == 1 {
            "every week".to_owned()
        } else {
            format!("every {every} weeks")
        }
    }

    fn every_month(&self, every: u32) -> String {
        if every == 1 {
            "every month".to_owned()
        } else {
            format!("every {every} months")
        }
    }

    fn every_minutes(&self, minutes: u32) -> String {
        if minutes == 1 {
            "every minute".to_owned()
        } else {
            format!("every {minutes} minutes")
        }
    }

    fn on_weekdays(&self, weekdays: &[Weekday]) -> String {
        match weekdays {
            [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri] => "Monday to Friday".to_owned(),
            weekdays => {
                let names: Vec<String> = weekdays
                    .iter()
                    .map(|weekday| self.weekday(*weekday).to_owned())
                    .collect();
                format!("on {}", self.list(&names))
            }
        }
    }

    fn on_day(&self, day: u32) -> String {
        format!("on day {day}")
    }

    fn on_last_day(&self) -> String {
        "on the last day of the month".to_owned()
    }

    fn on_nth_weekday(&self, NthWeekday { n, weekday }: NthWeekday) -> String {
        format!("on the {} {} of the month", place(n), self.weekday(weekday))
    }

    fn on_business_day(&self, n: i32) -> String {
        format!("on the {} business day of the month", place(n))
    }

    fn in_short_months(&self, policy: ShortMonth) -> &'static str {
        match policy {
            ShortMonth::Backward => "in shorter months on the last day",
            ShortMonth::Omit => "only in months that have it",
            ShortMonth::Forward => "in shorter months on day 1 of the next month",
        }
    }

    fn at(&self, times: String) -> String {
        format!("at {times}")
    }

    fn counted_from(&self, date: String) -> String {
        format!("counted from {date}")
    }

    fn from(&self, date: String) -> String {
        format!("from {date}")
    }

    fn until(&self, date: String) -> String {
        format!("until {date}")
    }

    fn within(&self, window: Window) -> String {
        let next = if window.crosses_midnight() {
            " of the next day"
        } else {
            ""
        };
        format!("only from {} until before {}{next}", window.start, window.end)
    }

    fn except_weekends(&self) -> &'static str {
        "except on weekends"
    }

    fn except_holidays(&self, calendars: String) -> String {
        format!("except on the holidays of {calendars}")
    }

    fn except_blackouts(&self, count: usize) -> String {
        if count == 1 {
            "except in one blocked period".to_owned()
        } else {
            format!("except in {count} blocked periods")
        }
    }

    fn rolled(&self, roll: Roll) -> &'static str {
        match roll {
            Roll::Skip => "",
            Roll::NextBusinessDay => "what falls on an excluded day goes to the next business day",
            Roll::PreviousBusinessDay => "what falls on an excluded day goes to the previous business day",
        }
    }

    fn exceptions(&self, count: usize) -> String {
        if count == 1 {
            "with one exception".to_owned()
        } else {
            format!("with {count} exceptions")
        }
    }

    fn spread(&self, seconds: u32) -> String {
        format!("delayed by up to {seconds} s")
    }

    fn zone(&self, zone: &str) -> String {
        format!("in the time of {zone}")
    }
}

impl CronWords for English {
    fn and(&self) -> &'static str {
        "and"
    }

    fn or(&self) -> &'static str {
        "or"
    }

    fn every_minute(&self) -> &'static str {
        "every minute"
    }

    fn every_hour(&self) -> &'static str {
        "every hour"
    }

    fn minute_steps(&self, every: &str) -> String {
        match every {
            "1" => self.every_minute().to_owned(),
            "30" => "every half hour".to_owned(),
            every => format!("every {every} minutes"),
        }
    }

    fn hour_steps(&self, every: &str, minute: &str) -> String {
        let at = if minute.trim_start_matches('0').is_empty() {
            String::new()
        } else {
            format!(", at minute {minute}")
        };
        if every == "1" {
            format!("every hour{at}")
        } else {
            format!("every {every} hours{at}")
        }
    }

    fn at_minutes(&self, minutes: &str, several: bool) -> String {
        if several {
            format!("at minutes {minutes}")
        } else {
            format!("at minute {minutes}")
        }
    }

    fn in_hours(&self, hours: &str, several: bool) -> String {
        if several {
            format!("in hours {hours}")
        } else {
            format!("in hour {hours}")
        }
    }

    fn at_times(&self, times: String) -> String {
        self.at(times)
    }

    fn on_the(&self, day: &str) -> String {
        format!("on the {day} of the month")
    }

    fn on_days(&self, days: &str, several: bool) -> String {
        if several {
            format!("on days {days} of the month")
        } else {
            format!("on day {days} of the month")
        }
    }

    fn every_weekday(&self, weekday: Weekday) -> String {
        format!("every {}", self.weekday(weekday))
    }

    fn on_cron_weekdays(&self, weekdays: &str) -> String {
        format!("on weekdays: {weekdays}")
    }

    fn in_months(&self, months: &str) -> String {
        format!("in {months}")
    }

    fn daily(&self) -> &'static str {
        "every day"
    }

    fn weekday(&self, weekday: Weekday) -> &'static str {
        match weekday {
            Weekday::Mon => "Monday",
            Weekday::Tue => "Tuesday",
            Weekday::Wed => "Wednesday",
            Weekday::Thu => "Thursday",
            Weekday::Fri => "Friday",
            Weekday::Sat => "Saturday",
            Weekday::Sun => "Sunday",
        }
    }

    fn month(&self, month: usize) -> Option<&'static str> {
        MONTHS.get(month.checked_sub(1)?).copied()
    }

    fn span(&self, first: &str, last: &str) -> String {
        format!("{first} to {last}")
    }

    fn step(&self, span: &str, step: &str) -> String {
        format!("{span} (in steps of {step})")
    }

    fn last_day(&self) -> &'static str {
        "last day"
    }

    fn last_workday(&self) -> &'static str {
        "last day from Monday to Friday"
    }

    fn workday_near(&self, day: &str) -> String {
        format!("day from Monday to Friday nearest to day {day}")
    }

    fn last_weekday(&self, weekday: &str) -> String {
        format!("{weekday} (the last one of the month)")
    }

    fn nth_weekday(&self, n: &str, weekday: &str) -> String {
        format!("{weekday} (number {n} of the month)")
    }
}
