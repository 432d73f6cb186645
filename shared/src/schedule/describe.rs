//! A schedule in words, for those who read it before they trust it.

mod cron;
mod english;
mod portuguese;

use chrono::NaiveDate;

use self::{cron::CronWords, english::English, portuguese::Portuguese};
use super::{
    Schedule,
    civil::{LocalMinute, TimeOfDay, Weekday},
    closure::Roll,
    cron::Cron,
    rule::{MonthDay, Monthly, NthWeekday, Rule, ShortMonth},
    window::Window,
};
use crate::language::Language;

/// What a language says. Each method gives a part of the sentence; all parts are joined by commas.
trait Words: CronWords {
    /// `09:00`, `09:00 and 15:00`
    fn list(&self, items: &[String]) -> String;
    fn date(&self, date: NaiveDate) -> String;
    fn once(&self, date: String, time: String) -> String;
    fn chosen(&self, count: usize, first: String, last: String) -> String;
    fn every_day(&self, every: u32) -> String;
    fn every_week(&self, every: u32) -> String;
    fn every_month(&self, every: u32) -> String;
    fn every_minutes(&self, minutes: u32) -> String;
    /// `on Monday and Friday`
    fn on_weekdays(&self, weekdays: &[Weekday]) -> String;
    fn on_day(&self, day: u32) -> String;
    fn on_last_day(&self) -> String;
    fn on_nth_weekday(&self, nth: NthWeekday) -> String;
    fn on_business_day(&self, n: i32) -> String;
    fn in_short_months(&self, policy: ShortMonth) -> &'static str;
    fn at(&self, times: String) -> String;
    fn counted_from(&self, date: String) -> String;
    fn from(&self, date: String) -> String;
    fn until(&self, date: String) -> String;
    fn within(&self, window: Window) -> String;
    fn except_weekends(&self) -> &'static str;
    fn except_holidays(&self, calendars: String) -> String;
    fn except_blackouts(&self, count: usize) -> String;
    fn rolled(&self, roll: Roll) -> &'static str;
    fn exceptions(&self, count: usize) -> String;
    fn spread(&self, seconds: u32) -> String;
    fn zone(&self, zone: &str) -> String;
}

/// The schedule in one sentence. A cron expression that cannot be read stands in it as it is.
#[must_use]
pub fn describe(schedule: &Schedule, language: Language) -> String {
    let words: &dyn Words = match language {
        Language::PtBr => &Portuguese,
        Language::En => &English,
    };
    let mut parts = rule(&schedule.rule, words);
    parts.extend(schedule.start.map(|start| words.from(words.date(start))));
    parts.extend(schedule.end.map(|end| words.until(words.date(end))));
    parts.extend(schedule.window.map(|window| words.within(window)));
    limits(schedule, words, &mut parts);
    parts.push(words.zone(&schedule.timezone));
    capitalised(&parts.join(", "))
}

fn limits(schedule: &Schedule, words: &dyn Words, parts: &mut Vec<String>) {
    if schedule.skip_weekends {
        parts.push(words.except_weekends().to_owned());
    }
    if schedule.skip_holidays && !schedule.calendars.is_empty() {
        parts.push(words.except_holidays(words.list(&schedule.calendars)));
    }
    if !schedule.blackouts.is_empty() {
        parts.push(words.except_blackouts(schedule.blackouts.len()));
    }
    if schedule.roll != Roll::Skip {
        parts.push(words.rolled(schedule.roll).to_owned());
    }
    if !schedule.exceptions.is_empty() {
        parts.push(words.exceptions(schedule.exceptions.len()));
    }
    if schedule.jitter_seconds > 0 {
        parts.push(words.spread(schedule.jitter_seconds));
    }
}

fn rule(rule: &Rule, words: &dyn Words) -> Vec<String> {
    let (mut parts, every, start, times) = match rule {
        Rule::Once(once) => return vec![words.once(words.date(once.at.date()), time(once.at))],
        Rule::Custom(custom) => return vec![chosen(&custom.at, words)],
        Rule::Interval(interval) => return vec![words.every_minutes(interval.minutes)],
        Rule::Cron(rule) => {
            let read = rule.expression.parse::<Cron>();
            return vec![read.map_or_else(|_| rule.expression.clone(), |_| cron::describe(&rule.expression, words))];
        }
        Rule::Daily(daily) => (
            vec![words.every_day(daily.every)],
            daily.every,
            daily.start,
            &daily.times,
        ),
        Rule::Weekly(weekly) => {
            let mut weekdays = weekly.weekdays.clone();
            weekdays.sort_unstable();
            weekdays.dedup();
            let parts = vec![words.every_week(weekly.every), words.on_weekdays(&weekdays)];
            (parts, weekly.every, weekly.start, &weekly.times)
        }
        Rule::Monthly(monthly) => {
            let parts = vec![words.every_month(monthly.every), month_day(monthly, words)];
            (parts, monthly.every, monthly.start, &monthly.times)
        }
    };
    parts.push(words.at(words.list(&written(times))));
    parts.extend(start.map(|start| {
        let start = words.date(start);
        if every > 1 {
            words.counted_from(start)
        } else {
            words.from(start)
        }
    }));
    parts
}

fn written(times: &[TimeOfDay]) -> Vec<String> {
    let mut times = times.to_vec();
    times.sort_unstable();
    times.dedup();
    times.iter().map(TimeOfDay::to_string).collect()
}

fn chosen(at: &[LocalMinute], words: &dyn Words) -> String {
    let said =
        |minute: Option<&LocalMinute>| minute.map(|minute| format!("{} {}", words.date(minute.date()), time(*minute)));
    words.chosen(
        at.len(),
        said(at.iter().min()).unwrap_or_default(),
        said(at.iter().max()).unwrap_or_default(),
    )
}

fn time(minute: LocalMinute) -> String {
    super::civil::clock(minute.date_time().time())
}

fn month_day(monthly: &Monthly, words: &dyn Words) -> String {
    match (monthly.day, monthly.nth_weekday, monthly.business_day) {
        (Some(MonthDay::Day(day)), _, _) if day > 28 => {
            format!("{} ({})", words.on_day(day), words.in_short_months(monthly.short_month))
        }
        (Some(MonthDay::Day(day)), _, _) => words.on_day(day),
        (_, Some(nth), _) => words.on_nth_weekday(nth),
        (_, _, Some(n)) => words.on_business_day(n),
        (Some(MonthDay::Last) | None, None, None) => words.on_last_day(),
    }
}

fn capitalised(sentence: &str) -> String {
    let mut chars = sentence.chars();
    chars
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// `a`, `a and b`, `a, b and c`
fn joined(items: &[String], and: &str) -> String {
    match items.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} {and} {last}", rest.join(", ")),
        _ => items.concat(),
    }
}
