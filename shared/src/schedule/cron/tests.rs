#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

use chrono::{NaiveDateTime, NaiveTime};
use proptest::prelude::*;

use super::*;
use crate::language::Language;

fn next(expression: &str, from: &str, count: usize) -> Vec<String> {
    let cron: Cron = expression.parse().unwrap();
    let mut from: NaiveDateTime = from.parse::<crate::schedule::LocalMinute>().unwrap().date_time();
    let mut found = Vec::new();
    while found.len() < count {
        let Some(next) = cron.at_or_after(from) else { break };
        found.push(crate::schedule::civil::written(next));
        from = next + chrono::TimeDelta::minutes(1);
    }
    found
}

#[test]
fn special_days() {
    for (expression, expected) in [
        (
            "0 8 L * *",
            ["2026-01-31T08:00", "2026-02-28T08:00", "2026-03-31T08:00"],
        ),
        (
            "0 8 LW * *",
            ["2026-01-30T08:00", "2026-02-27T08:00", "2026-03-31T08:00"],
        ),
        (
            "0 8 1W * *",
            ["2026-01-01T08:00", "2026-02-02T08:00", "2026-03-02T08:00"],
        ),
        (
            "0 8 15W * *",
            ["2026-01-15T08:00", "2026-02-16T08:00", "2026-03-16T08:00"],
        ),
        (
            "0 8 31W * *",
            ["2026-01-30T08:00", "2026-03-31T08:00", "2026-05-29T08:00"],
        ),
        (
            "0 8 * * 5#2",
            ["2026-01-09T08:00", "2026-02-13T08:00", "2026-03-13T08:00"],
        ),
        (
            "0 8 * * fri#5",
            ["2026-01-30T08:00", "2026-05-29T08:00", "2026-07-31T08:00"],
        ),
        (
            "0 8 * * 5L",
            ["2026-01-30T08:00", "2026-02-27T08:00", "2026-03-27T08:00"],
        ),
        (
            "0 8 * * 7",
            ["2026-01-04T08:00", "2026-01-11T08:00", "2026-01-18T08:00"],
        ),
        (
            "0 8 * * 0",
            ["2026-01-04T08:00", "2026-01-11T08:00", "2026-01-18T08:00"],
        ),
        (
            "0 8 * * fri-sun",
            ["2026-01-02T08:00", "2026-01-03T08:00", "2026-01-04T08:00"],
        ),
        (
            "0 8 * * 5-7",
            ["2026-01-02T08:00", "2026-01-03T08:00", "2026-01-04T08:00"],
        ),
        (
            "0 8 13 * fri",
            ["2026-01-02T08:00", "2026-01-09T08:00", "2026-01-13T08:00"],
        ),
        (
            "0 8 1,L * *",
            ["2026-01-01T08:00", "2026-01-31T08:00", "2026-02-01T08:00"],
        ),
        (
            "59 23 31 12 *",
            ["2026-12-31T23:59", "2027-12-31T23:59", "2028-12-31T23:59"],
        ),
        (
            "10/20 */12 * * *",
            ["2026-01-01T00:10", "2026-01-01T00:30", "2026-01-01T00:50"],
        ),
        (
            "0 8 1-10/3 Jan,DEC *",
            ["2026-01-01T08:00", "2026-01-04T08:00", "2026-01-07T08:00"],
        ),
        (
            "0 0 29 2 *",
            ["2028-02-29T00:00", "2032-02-29T00:00", "2036-02-29T00:00"],
        ),
    ] {
        assert_eq!(next(expression, "2026-01-01T00:00", 3), expected, "{expression}");
    }
}

#[test]
fn a_refusal_names_the_field_and_why() {
    let long = "0 ".repeat(5_000);
    for (expression, expected) in [
        (long.as_str(), "a cron expression has at most 100 characters"),
        ("", "has 5 fields (minute, hour, day, month, day of the week), not 0"),
        (
            "0 0 * *",
            "has 5 fields (minute, hour, day, month, day of the week), not 4",
        ),
        ("0 0 0 * * *", "not 6; seconds are not taken"),
        ("@daily", "not 1"),
        ("60 0 * * *", "minute: \"60\" is not between 0 and 59"),
        ("0 24 * * *", "hour: \"24\" is not between 0 and 23"),
        ("0 0 0 * *", "day of the month: \"0\" is not between 1 and 31"),
        (
            "0 0 1--100000000 * *",
            "day of the month: \"1--100000000\" is neither a number nor a name",
        ),
        (
            "0 0 1-100000000 * *",
            "day of the month: \"1-100000000\" is not between 1 and 31",
        ),
        ("0 0 99999999999999999999 * *", "is not between 1 and 31"),
        ("0 0 * 13 *", "month: \"13\" is not between 1 and 12"),
        ("0 0 * foo *", "month: \"foo\" is neither a number nor a name"),
        ("0 0 * * 8", "day of the week: \"8\" is not between 0 and 7"),
        ("0 0 * * L", "day of the week: \"L\" is neither a number nor a name"),
        ("0 0 * * 5#6", "day of the week: \"5#6\" is not between 1 and 5"),
        ("0 0 * * 5#0", "day of the week: \"5#0\" is not between 1 and 5"),
        ("0 0 * * *W", "day of the week: \"*W\" is neither a number nor a name"),
        ("0 0 W * *", "day of the month: \"W\" has no value"),
        ("0 L * * *", "hour: \"L\" is neither a number nor a name"),
        ("5-1 0 * * *", "minute: \"5-1\" goes from the greater to the lesser"),
        ("1, 0 * * *", "minute: \"\" has no value"),
        ("1- 0 * * *", "minute: \"1-\" has no value"),
        ("*/0 0 * * *", "minute: \"*/0\" has a step that is not between 1 and 60"),
        (
            "*/61 0 * * *",
            "minute: \"*/61\" has a step that is not between 1 and 60",
        ),
        ("*/x 0 * * *", "minute: \"*/x\" has a step that is not between 1 and 60"),
        ("** 0 * * *", "minute: \"**\" is neither a number nor a name"),
        ("0 0 ? * *", "day of the month: \"?\" is neither a number nor a name"),
        ("+5 0 * * *", "minute: \"+5\" is neither a number nor a name"),
        ("٣ 0 * * *", "minute: \"٣\" is neither a number nor a name"),
    ] {
        let told = expression.parse::<Cron>().unwrap_err().text(Language::En);
        assert!(told.contains(expected), "{expression:?}: {told}");
    }
}

#[test]
fn what_can_never_be_is_known_at_once() {
    for (expression, ever) in [
        ("0 0 30 2 *", false),
        ("0 0 31 4 *", false),
        ("0 0 30,31 2 *", false),
        ("0 0 31W 2,4,6,9,11 *", false),
        ("0 0 29 2 *", true),
        ("0 0 * 2 1#5", true),
        ("0 0 31 2 1", true),
    ] {
        let cron: Cron = expression.parse().unwrap();
        assert_eq!(cron.ever_fires(), ever, "{expression}");
        assert_eq!(
            next(expression, "2026-01-01T00:00", 1).is_empty(),
            !ever,
            "{expression}"
        );
    }
}

#[test]
fn kinds() {
    for (expression, interval, either) in [
        ("0 0 * * *", false, false),
        ("0 0,12 * * *", false, false),
        ("0 9-17 * * *", false, false),
        ("0 * * * *", true, false),
        ("*/5 2 * * *", true, false),
        ("0 0 1 * 1", false, true),
        ("0 0 */2 * 1", false, true),
        ("0 0 */1 * 1", false, false),
    ] {
        let cron: Cron = expression.parse().unwrap();
        assert_eq!(
            (cron.is_interval(), cron.takes_either_day()),
            (interval, either),
            "{expression}"
        );
    }
}

/// Numbers, spans, steps and lists of a field.
fn field(least: u32, most: u32) -> impl Strategy<Value = (String, Vec<u32>)> {
    let part = (least..=most, least..=most, 1..=most, any::<bool>()).prop_map(move |(a, b, step, single)| {
        let (first, last) = (a.min(b), a.max(b));
        if single {
            (first.to_string(), vec![first])
        } else {
            (
                format!("{first}-{last}/{step}"),
                (first..=last).step_by(step as usize).collect(),
            )
        }
    });
    let list = prop::collection::vec(part, 1..4).prop_map(|parts| {
        let (texts, values): (Vec<_>, Vec<_>) = parts.into_iter().unzip();
        (texts.join(","), values.concat())
    });
    prop_oneof![Just(("*".to_owned(), (least..=most).collect())), list]
}

proptest! {
    #[test]
    fn the_next_time_is_the_first_minute_that_fits(
        (minutes, hours) in (field(0, 59), field(0, 23)),
        (days, months, weekdays) in (field(1, 31), field(1, 12), field(0, 6)),
        minute in 0_i64..60 * 24 * 365 * 8,
    ) {
        let expression = format!("{} {} {} {} {}", minutes.0, hours.0, days.0, months.0, weekdays.0);
        prop_assume!(expression.len() <= CRON_CHARS);
        let cron: Cron = expression.parse().unwrap();
        let from = NaiveDate::from_ymd_opt(2024, 1, 1).unwrap().and_time(NaiveTime::MIN) + chrono::TimeDelta::minutes(minute);
        let fits_day = |date: NaiveDate| {
            let day = days.1.contains(&date.day());
            let weekday = weekdays.1.contains(&date.weekday().num_days_from_sunday());
            let fits = match (days.0.as_str(), weekdays.0.as_str()) {
                ("*", _) => weekday,
                (_, "*") => day,
                _ => day || weekday,
            };
            fits && months.1.contains(&date.month())
        };
        let slow = (0..366 * 9).map(|days| from.date() + chrono::TimeDelta::days(days)).filter(|date| fits_day(*date)).find_map(|date| {
            let times = (0..24 * 60).filter_map(|minute| NaiveTime::from_hms_opt(minute / 60, minute % 60, 0));
            let mut fit = times.filter(|time| hours.1.contains(&time.hour()) && minutes.1.contains(&time.minute()));
            fit.find(|time| date.and_time(*time) >= from).map(|time| date.and_time(time))
        });
        prop_assert_eq!(cron.at_or_after(from), slow, "{} from {}", expression, from);
    }

    #[test]
    fn any_text_is_read_or_refused(text in "[-*/,#0-9LWlwa-z ]{0,40}|\\PC{0,120}") {
        if let Ok(cron) = text.parse::<Cron>() {
            let from = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap().and_time(NaiveTime::MIN);
            prop_assert_eq!(cron.at_or_after(from).is_some(), cron.ever_fires());
        }
    }
}
