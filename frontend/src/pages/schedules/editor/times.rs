//! Times and days, as people type and read them here.

use chrono::{Datelike as _, NaiveDate};
use esteira_shared::schedule::{LocalMinute, TimeOfDay, Weekday};

use crate::{i18n::tr, text::format};

/// Reads `9`, `9h`, `09:30`, `9h30` and `930`.
pub fn parse_time(text: &str) -> Option<TimeOfDay> {
    let text = text.trim();
    let (hour, minute) = match text.split_once([':', 'h', 'H']) {
        Some((hour, "")) => (hour, "00"),
        Some(parts) => parts,
        None if text.len() > 2 => text.split_at_checked(text.len() - 2)?,
        None => (text, "00"),
    };
    let minute = minute.trim();
    let minute = digits(minute).filter(|_| minute.len() == 2)?;
    TimeOfDay::new(digits(hour.trim())?, minute)
}

/// One or two digits.
fn digits(text: &str) -> Option<u32> {
    let fits = (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    fits.then(|| text.parse().ok()).flatten()
}

/// `09:00` of a date and time.
pub fn time_of(at: LocalMinute) -> String {
    let text = at.to_string();
    text.split_once('T')
        .map(|(_, time)| time.to_owned())
        .unwrap_or_default()
}

/// Day and time of `2026-05-04T10:00`, as previews write them.
pub fn local(text: &str) -> Option<(NaiveDate, &str)> {
    let (day, time) = text.split_once('T')?;
    Some((day.parse().ok()?, time))
}

/// `ter 03/11/2026`
pub fn day(date: NaiveDate) -> String {
    format!("{} {}", weekday_short(Weekday::of(date)), format::date(date))
}

/// `ter 03/11/2026 09:00` of what a preview writes.
pub fn moment(text: &str) -> String {
    local(text).map_or_else(|| text.to_owned(), |(date, time)| format!("{} {time}", day(date)))
}

/// `terça-feira, 3 de novembro de 2026`
pub fn day_in_words(date: NaiveDate) -> String {
    tr!(
        schedule_editor.day_in_words,
        weekday = weekday(Weekday::of(date)),
        day = date.day(),
        month = format::month_name(date.month()),
        year = date.year()
    )
}

/// `segunda-feira`
pub fn weekday(day: Weekday) -> &'static str {
    match day {
        Weekday::Mon => tr!(schedule_editor.monday),
        Weekday::Tue => tr!(schedule_editor.tuesday),
        Weekday::Wed => tr!(schedule_editor.wednesday),
        Weekday::Thu => tr!(schedule_editor.thursday),
        Weekday::Fri => tr!(schedule_editor.friday),
        Weekday::Sat => tr!(schedule_editor.saturday),
        Weekday::Sun => tr!(schedule_editor.sunday),
    }
}

/// `seg`, the beginning of [`weekday`].
pub fn weekday_short(day: Weekday) -> &'static str {
    let name = weekday(day);
    name.char_indices().nth(3).map_or(name, |(end, _)| name.split_at(end).0)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at what is not there")]

    use super::*;

    #[test]
    fn times_are_read_in_every_way_they_are_typed() {
        for (typed, time) in [
            ("9", "09:00"),
            ("09", "09:00"),
            ("9h", "09:00"),
            ("9h30", "09:30"),
            ("09:30", "09:30"),
            (" 9:30 ", "09:30"),
            ("930", "09:30"),
            ("0930", "09:30"),
            ("0", "00:00"),
            ("23:59", "23:59"),
        ] {
            assert_eq!(
                parse_time(typed).map(|time| time.to_string()).as_deref(),
                Some(time),
                "{typed}"
            );
        }
        for typed in [
            "", "24:00", "9:60", "9:3", "99999", "noite", "-9:00", "9:00:00", "ç9", "9ç0",
        ] {
            assert_eq!(parse_time(typed), None, "{typed}");
        }
    }

    #[test]
    fn a_preview_s_times_are_told_with_their_day() {
        assert_eq!(moment("2026-11-03T09:00"), "ter 03/11/2026 09:00");
        assert_eq!(moment("2026-11-03T09:00:37"), "ter 03/11/2026 09:00:37");
        assert_eq!(moment("nunca"), "nunca");
        assert_eq!(
            day_in_words("2026-10-31".parse().unwrap()),
            "sábado, 31 de outubro de 2026"
        );
    }
}
