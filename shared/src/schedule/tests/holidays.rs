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
fn each_day_has_a_kind_a_name_and_a_law() {
    for calendar in BuiltIn::ALL {
        for day in calendar.days() {
            assert!(!day.name.is_empty() && !day.law.is_empty());
            let date = day.date(2026).unwrap();
            let found = calendar.holiday(date).unwrap();
            assert_eq!((found.name.as_ref(), found.kind), (day.name, day.kind));
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
