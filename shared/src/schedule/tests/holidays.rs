//! The built-in calendars.

use chrono::Datelike as _;

use super::*;

fn dates(calendar: &str, year: i32) -> Vec<String> {
    let calendar = Calendars::default().find(calendar).unwrap();
    let first = NaiveDate::from_ymd_opt(year, 1, 1).unwrap();
    let days = first.iter_days().take_while(|day| day.year() == year);
    days.filter(|day| calendar.holiday(*day).is_some())
        .map(|day| day.to_string()[5..].to_owned())
        .collect()
}

#[test]
fn easter_of_many_years() {
    // The earliest, the latest, and those between which a wrong rule for the moon shows.
    for (year, month, day) in [
        (1818, 3, 22),
        (1943, 4, 25),
        (1954, 4, 18),
        (1981, 4, 19),
        (2000, 4, 23),
        (2024, 3, 31),
        (2026, 4, 5),
        (2027, 3, 28),
        (2038, 4, 25),
        (2049, 4, 18),
        (2076, 4, 19),
        (2285, 3, 22),
        (2299, 4, 16),
    ] {
        assert_eq!(easter(year), NaiveDate::from_ymd_opt(year, month, day), "{year}");
    }
}

#[test]
fn brazil() {
    let national = [
        "01-01", "04-03", "04-21", "05-01", "09-07", "10-12", "11-02", "11-15", "11-20", "12-25",
    ];
    assert_eq!(dates("br-national", 2026), national);
    let banking = [
        "01-01", "02-16", "02-17", "04-03", "04-21", "05-01", "06-04", "09-07", "10-12", "11-02", "11-15", "11-20",
        "12-25",
    ];
    assert_eq!(dates("br-banking", 2026), banking);
    let of_2027 = dates("br-banking", 2027);
    assert_eq!(of_2027[1..4], ["02-08", "02-09", "03-26"]);
    assert_eq!(of_2027[6], "05-27");
    assert!(
        !dates("br-national", 2023).contains(&"11-20".to_owned()),
        "a holiday since 2024"
    );
}

#[test]
fn each_day_has_a_name_and_a_source() {
    for calendar in BuiltIn::ALL {
        for day in calendar.days() {
            assert!(!day.name.is_empty() && !day.source.is_empty());
            assert!(
                calendar.holiday(day.date(2026).unwrap()).is_some(),
                "{} {}",
                calendar.name,
                day.name
            );
            assert_eq!(day.date(day.since - 1), None);
        }
    }
    let kind = |date: &str| {
        BuiltIn::named("br-banking")
            .unwrap()
            .holiday(date.parse().unwrap())
            .unwrap()
            .kind
    };
    assert_eq!(kind("2026-02-17"), HolidayKind::Optional);
    assert_eq!(kind("2026-04-21"), HolidayKind::National);
}

#[test]
fn states_and_capitals() {
    let names: std::collections::BTreeSet<&str> = BuiltIn::ALL.iter().map(|calendar| calendar.name).collect();
    assert_eq!(names.len(), 2 + 27 + 26, "Brasília has the days of its district");
    for (calendar, days) in [
        ("br-sp", vec!["07-09"]),
        ("br-sp-sao-paulo", vec!["01-25", "06-04", "07-09"]),
        ("br-rj", vec!["02-17", "04-23"]),
        ("br-rj-rio-de-janeiro", vec!["01-20", "02-17", "04-23"]),
        // On a Friday, a Sunday, a Monday, a Saturday and a Tuesday, of which only the last moves.
        ("br-ac", vec!["01-23", "03-08", "06-15", "09-05", "11-20"]),
        // The Sundays from 11 August and from 25 November on.
        ("br-sc", vec!["08-16", "11-29"]),
        ("br-es", vec!["04-13"]),
        ("br-mt", vec![]),
    ] {
        let national = dates("br-national", 2026);
        let own: Vec<String> = dates(calendar, 2026)
            .into_iter()
            .filter(|day| !national.contains(day) || (calendar == "br-ac" && day == "11-20"))
            .collect();
        assert_eq!(own, days, "{calendar}");
    }
}
