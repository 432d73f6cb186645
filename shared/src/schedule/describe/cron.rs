//! A cron expression in words, field by field, with shorter words for what is written most.

use super::{Words, joined};
use crate::schedule::{
    civil::{TimeOfDay, Weekday},
    cron::CronField,
};

/// What a language says of cron's fields.
pub(super) trait CronWords {
    fn and(&self) -> &'static str;
    fn or(&self) -> &'static str;
    fn every_minute(&self) -> &'static str;
    fn every_hour(&self) -> &'static str;
    /// Every so many minutes, from minute 0 of each hour.
    fn minute_steps(&self, every: &str) -> String;
    /// Every so many hours, from midnight, at a minute.
    fn hour_steps(&self, every: &str, minute: &str) -> String;
    /// `several` tells a list or a span from a single value; here and below.
    fn at_minutes(&self, minutes: &str, several: bool) -> String;
    fn in_hours(&self, hours: &str, several: bool) -> String;
    fn at_times(&self, times: String) -> String;
    /// One of the special days below.
    fn on_the(&self, day: &str) -> String;
    fn on_days(&self, days: &str, several: bool) -> String;
    fn every_weekday(&self, weekday: Weekday) -> String;
    fn on_cron_weekdays(&self, weekdays: &str) -> String;
    fn in_months(&self, months: &str) -> String;
    fn daily(&self) -> &'static str;
    fn weekday(&self, weekday: Weekday) -> &'static str;
    fn month(&self, month: usize) -> Option<&'static str>;
    /// `5–9`, with names instead of numbers.
    fn span(&self, first: &str, last: &str) -> String;
    /// `every 2nd of 1–31`
    fn step(&self, span: &str, step: &str) -> String;
    fn last_day(&self) -> &'static str;
    fn last_workday(&self) -> &'static str;
    fn workday_near(&self, day: &str) -> String;
    fn last_weekday(&self, weekday: &str) -> String;
    fn nth_weekday(&self, n: &str, weekday: &str) -> String;
}

/// The expression has been read before, so it has five fields.
pub(super) fn describe(expression: &str, words: &dyn Words) -> String {
    let fields: Vec<&str> = expression.split_ascii_whitespace().collect();
    let [minute, hour, day, month, weekday] = fields.as_slice() else {
        return expression.to_owned();
    };
    let (when, is_times) = time(minute, hour, words);
    let day = (*day != "*").then(|| match day_word(day, words) {
        Some(special) if !several(day) => words.on_the(&special),
        _ => words.on_days(&list(CronField::Day, day, words), several(day)),
    });
    let weekday = (*weekday != "*").then(|| match self::weekday(weekday) {
        Some(weekday) => words.every_weekday(weekday),
        None => words.on_cron_weekdays(&list(CronField::Weekday, weekday, words)),
    });
    let days = match (day, weekday) {
        (Some(day), Some(weekday)) => Some(format!("{day} {} {weekday}", words.or())),
        (day, weekday) => day.or(weekday),
    };
    let month = (*month != "*").then(|| words.in_months(&list(CronField::Month, month, words)));
    let daily = (is_times && days.is_none()).then(|| words.daily().to_owned());
    let parts: Vec<String> = [daily.or(days), month, Some(when)].into_iter().flatten().collect();
    parts.join(", ")
}

/// The time of day, and whether it is a list of times.
fn time(minute: &str, hour: &str, words: &dyn Words) -> (String, bool) {
    if let Some(times) = times(minute, hour) {
        return (words.at_times(joined(&times, words.and())), true);
    }
    let minutes = || list(CronField::Minute, minute, words);
    let steps = |text: &str| text.strip_prefix("*/").map(str::to_owned);
    let when = match (minute, hour) {
        ("*", "*") => words.every_minute().to_owned(),
        (_, "*") => match (steps(minute), plain(minute)) {
            (Some(every), _) => words.minute_steps(&every),
            (None, Some(0)) => words.every_hour().to_owned(),
            (None, _) => format!(
                "{}, {}",
                words.every_hour(),
                words.at_minutes(&minutes(), several(minute))
            ),
        },
        _ => match (steps(hour), plain(minute)) {
            (Some(every), Some(_)) => words.hour_steps(&every, minute),
            _ => {
                let hours = words.in_hours(&list(CronField::Hour, hour, words), several(hour));
                let minutes = match steps(minute) {
                    Some(every) => words.minute_steps(&every),
                    None if minute == "*" => words.every_minute().to_owned(),
                    None => words.at_minutes(&minutes(), several(minute)),
                };
                format!("{minutes}, {hours}")
            }
        },
    };
    (when, false)
}

/// Single hours and minutes as times; `None` when there are more than a sentence bears.
fn times(minute: &str, hour: &str) -> Option<Vec<String>> {
    let all = |text: &str| text.split(',').map(plain).collect::<Option<Vec<u32>>>();
    let (minutes, hours) = (all(minute)?, all(hour)?);
    let mut times: Vec<TimeOfDay> = hours
        .iter()
        .flat_map(|hour| minutes.iter().filter_map(|minute| TimeOfDay::new(*hour, *minute)))
        .collect();
    times.sort_unstable();
    times.dedup();
    (times.len() <= 6).then(|| times.iter().map(TimeOfDay::to_string).collect())
}

fn plain(text: &str) -> Option<u32> {
    text.parse().ok()
}

/// The parts of a field, each in words.
fn list(field: CronField, text: &str, words: &dyn Words) -> String {
    let parts: Vec<String> = text.split(',').map(|part| self::part(field, part, words)).collect();
    joined(&parts, words.and())
}

fn part(field: CronField, part: &str, words: &dyn Words) -> String {
    let special = match field {
        CronField::Day => day_word(part, words),
        CronField::Weekday => weekday_word(part, words),
        CronField::Minute | CronField::Hour | CronField::Month => None,
    };
    if let Some(special) = special {
        return special;
    }
    let name = |value: &str| match field {
        CronField::Weekday => weekday_name(value, words),
        CronField::Month => month_name(value, words),
        CronField::Minute | CronField::Hour | CronField::Day => value.to_owned(),
    };
    let (span, step) = part
        .split_once('/')
        .map_or((part, None), |(span, step)| (span, Some(step)));
    let (least, most) = field.every();
    let span = match span.split_once('-') {
        _ if span == "*" => words.span(&name(&least.to_string()), &name(&most.to_string())),
        Some((first, last)) => words.span(&name(first), &name(last)),
        None if step.is_some() => words.span(&name(span), &name(&most.to_string())),
        None => name(span),
    };
    step.map_or_else(|| span.clone(), |step| words.step(&span, step))
}

fn day_word(part: &str, words: &dyn Words) -> Option<String> {
    match part.to_ascii_uppercase().as_str() {
        "L" => Some(words.last_day().to_owned()),
        "LW" => Some(words.last_workday().to_owned()),
        other => other.strip_suffix('W').map(|day| words.workday_near(day)),
    }
}

fn weekday_word(part: &str, words: &dyn Words) -> Option<String> {
    if let Some((weekday, n)) = part.split_once('#') {
        return Some(words.nth_weekday(n, &weekday_name(weekday, words)));
    }
    let weekday = part.strip_suffix(['L', 'l'])?;
    Some(words.last_weekday(&weekday_name(weekday, words)))
}

fn weekday_name(text: &str, words: &dyn Words) -> String {
    weekday(text).map_or_else(|| text.to_owned(), |weekday| words.weekday(weekday).to_owned())
}

/// A weekday by its number or its English name.
fn weekday(text: &str) -> Option<Weekday> {
    let number = plain(text).or_else(|| CronField::Weekday.named(text))?;
    Weekday::ALL.get(((number + 6) % 7) as usize).copied()
}

/// Whether it is more than one value.
fn several(text: &str) -> bool {
    text.contains([',', '-', '/', '*'])
}

fn month_name(text: &str, words: &dyn Words) -> String {
    let number = plain(text).or_else(|| CronField::Month.named(text));
    let month = number.and_then(|number| words.month(number as usize));
    month.map_or_else(|| text.to_owned(), str::to_owned)
}
