//! Numbers, money, sizes and dates. Instants are shown in the organisation's zone by the browser's own tables, so that
//! no time-zone data travels with the program.

use std::cell::RefCell;

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use esteira_shared::{money::Money, month::Month};
use js_sys::{
    Array, Function,
    Intl::{DateTimeFormat, DateTimeFormatOptions, DayFormat, HourCycle, MonthFormat, NumericFormat, YearFormat},
    Object, Reflect,
};
use wasm_bindgen::{JsCast, JsValue};

use crate::i18n::{Locale, locale, tr};

thread_local! {
    /// IANA name of the organisation's zone; `state::session` sets it.
    static ZONE: RefCell<String> = RefCell::new("America/Sao_Paulo".to_owned());
    /// Making a formatter costs about 50 µs, using one about 1 µs: kept per (language, zone, kind).
    static FORMATTERS: RefCell<Vec<(String, Function)>> = const { RefCell::new(Vec::new()) };
}

pub fn set_zone(zone: &str) {
    ZONE.with(|cell| zone.clone_into(&mut cell.borrow_mut()));
}

/// `R$ 1.284,90` (in English `R$ 1,284.90`).
pub fn money(value: Money) -> String {
    format!("R$\u{a0}{}", amount(value))
}

/// The amount without its sign of currency, for columns whose head says R$.
pub fn amount(value: Money) -> String {
    let brazilian = value.to_brazilian();
    match locale() {
        Locale::pt_BR => brazilian,
        Locale::en => swap_separators(&brazilian),
    }
}

/// `1.284`, grouped by thousands.
pub fn count(value: i64) -> String {
    let whole = Money(value.saturating_mul(100)).to_brazilian();
    let whole = whole.trim_end_matches(",00");
    if locale() == Locale::en {
        swap_separators(whole)
    } else {
        whole.to_owned()
    }
}

/// `97,1` with as many decimals as asked.
pub fn decimal(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    if locale() == Locale::en {
        text
    } else {
        text.replace('.', ",")
    }
}

fn swap_separators(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '.' => ',',
            ',' => '.',
            other => other,
        })
        .collect()
}

/// `175 kB`, `2,4 MB`: decimal units, as file managers show them.
#[expect(clippy::cast_precision_loss, reason = "sizes are shown with one decimal")]
pub fn bytes(size: i64) -> String {
    match size {
        ..1_000 => format!("{size} B"),
        1_000..1_000_000 => format!("{} kB", (size + 500) / 1_000),
        1_000_000..1_000_000_000 => format!("{} MB", decimal(size as f64 / 1e6, 1)),
        _ => format!("{} GB", decimal(size as f64 / 1e9, 1)),
    }
}

/// A limit as it was set: `25 MiB` where it is whole, else as [`bytes`].
pub fn limit(size: i64) -> String {
    const MIB: i64 = 1024 * 1024;
    if size > 0 && size % MIB == 0 {
        format!("{} MiB", size / MIB)
    } else {
        bytes(size)
    }
}

/// `850 ms`, `58 s`, `1 min 52 s`, `2 h 05 min`.
pub fn duration(ms: i64) -> String {
    let seconds = ms / 1_000;
    match seconds {
        0 => format!("{ms} ms"),
        1..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min {:02} s", seconds / 60, seconds % 60),
        _ => format!("{} h {:02} min", seconds / 3_600, seconds / 60 % 60),
    }
}

/// `20/10/2026`, in both languages: the people here write dates so.
pub fn date(day: NaiveDate) -> String {
    format!("{:02}/{:02}/{:04}", day.day(), day.month(), day.year())
}

/// Reads `20/10/2026`, `20/10/26`, `201026` or `20102026`.
pub fn parse_date(text: &str) -> Option<NaiveDate> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let (day, rest) = if text.contains('/') {
        let mut parts = text.trim().split('/');
        let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
        return NaiveDate::from_ymd_opt(full_year(year)?, month.parse().ok()?, day.parse().ok()?);
    } else {
        (digits.get(0..2)?, digits.get(2..)?)
    };
    NaiveDate::from_ymd_opt(
        full_year(rest.get(2..)?)?,
        rest.get(0..2)?.parse().ok()?,
        day.parse().ok()?,
    )
}

fn full_year(text: &str) -> Option<i32> {
    match (text.len(), text.parse::<i32>().ok()?) {
        (2, year) => Some(2_000 + year),
        (4, year) => Some(year),
        _ => None,
    }
}

/// `outubro`
pub fn month_name(month: u32) -> &'static str {
    match month {
        1 => tr!(format.m1),
        2 => tr!(format.m2),
        3 => tr!(format.m3),
        4 => tr!(format.m4),
        5 => tr!(format.m5),
        6 => tr!(format.m6),
        7 => tr!(format.m7),
        8 => tr!(format.m8),
        9 => tr!(format.m9),
        10 => tr!(format.m10),
        11 => tr!(format.m11),
        _ => tr!(format.m12),
    }
}

/// `Outubro 2026`
pub fn month(month: Month) -> String {
    let name = month_name(month.month());
    let mut letters = name.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{} {}", letters.as_str(), month.year())
}

/// `10/2026`
pub fn month_digits(month: Month) -> String {
    format!("{:02}/{}", month.month(), month.year())
}

/// `22/10/2026 14:05` in the organisation's zone.
pub fn date_time(at: DateTime<Utc>) -> String {
    zoned(at, "minute").replace(", ", " ")
}

/// `22/10/2026 14:05:31`, for audit and the exact time on hover.
pub fn date_time_seconds(at: DateTime<Utc>) -> String {
    zoned(at, "second").replace(", ", " ")
}

/// `14:05` in the organisation's zone.
pub fn time(at: DateTime<Utc>) -> String {
    zoned(at, "time")
}

/// The calendar day in the organisation's zone.
pub fn day_of(at: DateTime<Utc>) -> NaiveDate {
    parse_date(&zoned(at, "day")).unwrap_or_else(|| at.date_naive())
}

/// Today in the organisation's zone.
pub fn today() -> NaiveDate {
    day_of(now())
}

/// The browser's clock.
pub fn now() -> DateTime<Utc> {
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 fit")]
    DateTime::from_timestamp_millis(js_sys::Date::now() as i64).unwrap_or_default()
}

/// `agora`, `há 5 min`, `há 3 h`, `há 2 d`, `em 4 h`; older than 30 days, the date.
pub fn relative(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let seconds = (now - at).num_seconds();
    match seconds {
        2_592_000.. => date(day_of(at)),
        86_400.. => tr!(format.days_ago, count = seconds / 86_400),
        3_600.. => tr!(format.hours_ago, count = seconds / 3_600),
        60.. => tr!(format.minutes_ago, count = seconds / 60),
        10.. => tr!(format.seconds_ago, count = seconds),
        -60.. => tr!(format.now).to_owned(),
        -3_599.. => tr!(format.in_minutes, count = -seconds / 60),
        -86_399.. => tr!(format.in_hours, count = -seconds / 3_600),
        -2_592_000.. => tr!(format.in_days, count = -seconds / 86_400),
        _ => date(day_of(at)),
    }
}

fn zoned(at: DateTime<Utc>, kind: &str) -> String {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 fit")]
    let value = js_sys::Date::new(&JsValue::from_f64(at.timestamp_millis() as f64));
    let zone = ZONE.with(|cell| cell.borrow().clone());
    let key = format!("{zone} {kind}");
    let formatter = FORMATTERS.with(|cell| {
        let mut kept = cell.borrow_mut();
        if let Some((_, formatter)) = kept.iter().find(|(name, _)| *name == key) {
            return Some(formatter.clone());
        }
        let made = formatter_for(&zone, kind)?;
        kept.push((key, made.clone()));
        Some(made)
    });
    formatter
        .and_then(|formatter| formatter.call1(&JsValue::NULL, &value).ok())
        .and_then(|text| text.as_string())
        .unwrap_or_else(|| at.format("%d/%m/%Y %H:%M UTC").to_string())
}

/// The bound `format` of an `Intl.DateTimeFormat`; `None` when the browser does not know the zone.
fn formatter_for(zone: &str, kind: &str) -> Option<Function> {
    let options = DateTimeFormatOptions::new();
    options.set_time_zone(zone);
    options.set_hour_cycle(HourCycle::H23);
    if kind != "time" {
        options.set_year(YearFormat::Numeric);
        options.set_month(MonthFormat::TwoDigit);
        options.set_day(DayFormat::TwoDigit);
    }
    if kind != "day" {
        options.set_hour(NumericFormat::TwoDigit);
        options.set_minute(NumericFormat::TwoDigit);
    }
    if kind == "second" {
        options.set_second(NumericFormat::TwoDigit);
    }
    // `DateTimeFormat::new` does not catch what the browser throws at a zone that it does not know; `construct` does.
    let class = DateTimeFormat::new(&Array::new(), &Object::new()).constructor();
    let made = Reflect::construct(&class, &Array::of2(&"pt-BR".into(), &options)).ok()?;
    Some(made.dyn_into::<DateTimeFormat>().ok()?.format())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at what is not there")]

    use super::*;
    use crate::i18n::use_locale;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn numbers_follow_the_language() {
        assert_eq!(money(Money(128_490)), "R$\u{a0}1.284,90");
        assert_eq!(count(1_284), "1.284");
        assert_eq!(count(0), "0");
        assert_eq!(count(100), "100", "zeros of the number itself stay");
        assert_eq!(decimal(97.14, 1), "97,1");
        use_locale(Locale::en);
        assert_eq!(money(Money(123_456_789)), "R$\u{a0}1,234,567.89");
        assert_eq!(count(1_284), "1,284");
        assert_eq!(decimal(97.14, 1), "97.1");
    }

    #[test]
    fn sizes_and_durations_use_the_unit_one_would_say() {
        assert_eq!(bytes(999), "999 B");
        assert_eq!(bytes(175_400), "175 kB");
        assert_eq!(bytes(2_400_000), "2,4 MB");
        assert_eq!(limit(26_214_400), "25 MiB");
        assert_eq!(limit(64_000), "64 kB");
        assert_eq!(duration(850), "850 ms");
        assert_eq!(duration(58_900), "58 s");
        assert_eq!(duration(112_000), "1 min 52 s");
        assert_eq!(duration(7_500_000), "2 h 05 min");
    }

    #[test]
    fn dates_are_read_in_every_way_they_are_typed() {
        let day = NaiveDate::from_ymd_opt(2026, 10, 20).unwrap();
        for typed in ["20/10/2026", "20/10/26", " 20/10/2026 ", "201026", "20102026"] {
            assert_eq!(parse_date(typed), Some(day), "{typed}");
        }
        assert_eq!(parse_date(&date(day)), Some(day));
        for typed in ["", "20", "20/10", "31/02/2026", "20/13/2026", "20/10/226", "amanhã"] {
            assert_eq!(parse_date(typed), None, "{typed}");
        }
    }

    #[test]
    fn months_are_named_and_numbered() {
        let month_of = |text: &str| text.parse::<Month>().unwrap();
        assert_eq!(month(month_of("2026-10")), "Outubro 2026");
        assert_eq!(month(month_of("2027-03")), "Março 2027");
        assert_eq!(month_digits(month_of("2027-03")), "03/2027");
    }

    #[test]
    fn an_instant_is_told_by_its_distance() {
        let now = at("2026-10-20T12:00:00Z");
        for (then, words) in [
            ("2026-10-20T12:00:40Z", "agora"),
            ("2026-10-20T11:59:55Z", "agora"),
            ("2026-10-20T11:59:30Z", "há 30 s"),
            ("2026-10-20T11:55:00Z", "há 5 min"),
            ("2026-10-20T09:00:01Z", "há 2 h"),
            ("2026-10-18T12:00:00Z", "há 2 d"),
            ("2026-10-20T12:05:00Z", "em 5 min"),
            ("2026-10-20T13:00:00Z", "em 1 h"),
            ("2026-10-20T16:00:00Z", "em 4 h"),
            ("2026-10-21T12:00:00Z", "em 1 d"),
            ("2026-10-22T12:00:00Z", "em 2 d"),
        ] {
            assert_eq!(relative(at(then), now), words, "{then}");
        }
    }
}
