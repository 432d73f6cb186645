//! Weekends, holidays, blackouts, roll and window.

use super::*;

fn daily(more: Value) -> Schedule {
    schedule(json!({ "type": "daily", "times": ["09:00"] }), more)
}

fn pairs(expected: &[(&str, &'static str)]) -> Vec<(String, &'static str)> {
    expected
        .iter()
        .map(|(nominal, code)| ((*nominal).to_owned(), *code))
        .collect()
}

#[test]
fn what_is_excluded_is_told() {
    // 2026-04-17 is a Friday; Tiradentes is the Tuesday after.
    let more = json!({
        "skip_weekends": true, "skip_holidays": true, "calendars": ["br-national"],
        "blackouts": [{ "start": "2026-04-22", "end": "2026-04-23", "reason": "fechamento" }],
    });
    let days = daily(more);
    let expected = ["2026-04-17T09:00", "2026-04-20T09:00", "2026-04-24T09:00"];
    assert_eq!(local(&days, "2026-04-17T00:00:00Z", 3), expected);
    let expected = pairs(&[
        ("2026-04-18T09:00", "weekend"),
        ("2026-04-19T09:00", "weekend"),
        ("2026-04-21T09:00", "holiday"),
        ("2026-04-22T09:00", "blackout"),
        ("2026-04-23T09:00", "blackout"),
    ]);
    assert_eq!(drops(&days, "2026-04-17T00:00:00Z", 8), expected);
}

#[test]
fn a_roll_goes_to_the_nearest_day_that_nothing_excludes() {
    // 2026-05-01 is a Friday and a holiday, the Thursday before is blocked.
    let more = |roll: &str| {
        json!({
            "skip_weekends": true, "skip_holidays": true, "calendars": ["br-national"], "roll": roll,
            "blackouts": [{ "start": "2026-04-30", "end": "2026-04-30" }],
        })
    };
    let rule = json!({ "type": "monthly", "day": 1, "times": ["09:00"] });
    for (roll, expected, code) in [
        ("next_business_day", "2026-05-04T09:00", "roll_next_business_day"),
        (
            "previous_business_day",
            "2026-04-29T09:00",
            "roll_previous_business_day",
        ),
    ] {
        let found: Vec<Occurrence> =
            occurrences(&schedule(rule.clone(), more(roll)), "2026-04-10T00:00:00Z", 1).collect();
        assert_eq!(civil::written(found[0].local), expected);
        assert_eq!(civil::written(found[0].nominal), "2026-05-01T09:00");
        assert_eq!(codes(&found[0]), [code]);
    }
    assert_eq!(
        drops(&schedule(rule, more("skip")), "2026-04-10T00:00:00Z", 1),
        pairs(&[("2026-05-01T09:00", "holiday")])
    );
}

#[test]
fn rolling_keeps_one_of_those_that_it_brings_together() {
    let more = json!({ "skip_weekends": true, "roll": "next_business_day" });
    let days = daily(more);
    let found: Vec<Occurrence> = occurrences(&days, "2026-04-17T12:00:00Z", 1).collect();
    assert_eq!(
        civil::written(found[0].nominal),
        "2026-04-20T09:00",
        "the one that belongs there"
    );
    assert!(found[0].moved.is_empty());
    let expected = pairs(&[("2026-04-18T09:00", "duplicate"), ("2026-04-19T09:00", "duplicate")]);
    assert_eq!(drops(&days, "2026-04-17T12:00:00Z", 3), expected);
    // Without one that belongs there, the first.
    let weekend = json!({ "type": "weekly", "weekdays": ["sat", "sun"], "times": ["09:00"] });
    for (roll, at) in [
        ("next_business_day", "2026-04-20T09:00"),
        ("previous_business_day", "2026-04-17T09:00"),
    ] {
        let rolled = schedule(weekend.clone(), json!({ "skip_weekends": true, "roll": roll }));
        let found: Vec<Occurrence> = occurrences(&rolled, "2026-04-15T00:00:00Z", 1).collect();
        assert_eq!(civil::written(found[0].local), at);
        assert_eq!(civil::written(found[0].nominal), "2026-04-18T09:00");
        assert_eq!(
            drops(&rolled, "2026-04-15T00:00:00Z", 2),
            pairs(&[("2026-04-19T09:00", "duplicate")])
        );
    }
}

#[test]
fn what_was_rolled_before_an_instant_is_found_after_it() {
    let weekend = json!({ "type": "weekly", "weekdays": ["sat"], "times": ["09:00"] });
    let rolled = schedule(weekend, json!({ "skip_weekends": true, "roll": "next_business_day" }));
    assert_eq!(local(&rolled, "2026-04-19T12:00:00Z", 1), ["2026-04-20T09:00"]);
}

#[test]
fn a_roll_that_finds_no_day_ends() {
    let blocked = json!([{ "start": "2026-05-01", "end": "2026-05-20" }]);
    for (roll, day) in [
        ("next_business_day", "2026-05-02"),
        ("previous_business_day", "2026-05-18"),
    ] {
        let rule = json!({ "type": "once", "at": format!("{day}T09:00") });
        let schedule = schedule(rule, json!({ "roll": roll, "blackouts": blocked }));
        assert_eq!(
            drops(&schedule, "2026-01-01T00:00:00Z", 2),
            pairs(&[(&format!("{day}T09:00"), "blackout")])
        );
        let plan = plan(&schedule);
        let mut steps = plan.after(at("2026-01-01T00:00:00Z"));
        assert_eq!(steps.by_ref().count(), 1);
        assert_eq!(
            steps.roll_exhausted().map(|date| date.to_string()),
            Some(day.to_owned())
        );
    }
}

#[test]
fn a_window_takes_its_start_and_not_its_end() {
    let hourly = schedule(
        cron("0 8,9,17,18 * * *"),
        json!({ "window": { "start": "09:00", "end": "18:00" } }),
    );
    assert_eq!(
        local(&hourly, "2026-01-01T03:00:00Z", 2),
        ["2026-01-01T09:00", "2026-01-01T17:00"]
    );
    let expected = pairs(&[
        ("2026-01-01T08:00", "outside_window"),
        ("2026-01-01T18:00", "outside_window"),
    ]);
    assert_eq!(drops(&hourly, "2026-01-01T03:00:00Z", 4), expected);
}

#[test]
fn a_window_over_midnight_belongs_to_the_day_on_which_it_starts() {
    // 2026-04-17 is a Friday: its night goes on into Saturday; that of Sunday does not go on into Monday.
    let more = json!({ "window": { "start": "22:00", "end": "06:00" }, "skip_weekends": true });
    let nights = schedule(cron("0 2,12,23 * * *"), more.clone());
    let expected = [
        "2026-04-17T23:00",
        "2026-04-18T02:00",
        "2026-04-20T23:00",
        "2026-04-21T02:00",
    ];
    assert_eq!(local(&nights, "2026-04-17T12:00:00Z", 4), expected);
    let mut rolled = nights;
    rolled.roll = Roll::NextBusinessDay;
    let found: Vec<Occurrence> = occurrences(&rolled, "2026-04-18T12:00:00Z", 2).collect();
    let locals: Vec<String> = found
        .iter()
        .map(|occurrence| civil::written(occurrence.local))
        .collect();
    assert_eq!(
        locals,
        ["2026-04-20T23:00", "2026-04-21T02:00"],
        "Monday's night is its evening and the morning after"
    );
}

#[test]
fn the_window_comes_after_the_roll_and_before_the_clock() {
    // The gap of New York moves 02:30 to 03:00, which lies outside.
    let more = json!({ "timezone": "America/New_York", "window": { "start": "02:00", "end": "03:00" } });
    let fixed = schedule(cron("30 2 * * *"), more);
    assert_eq!(local(&fixed, "2027-03-14T00:00:00Z", 1), ["2027-03-14T03:00"]);
}

#[test]
fn own_calendars_stand_beside_the_built_in_ones() {
    let day = |date: &str, yearly: bool| -> CalendarDay {
        serde_json::from_value(json!({ "date": date, "yearly": yearly, "name": "Aniversário", "kind": "local" }))
            .unwrap()
    };
    let own = Calendar::new([day("2020-01-25", true), day("2026-07-09", false)]);
    let calendars = Calendars::new([("cidade".to_owned(), own)]);
    let schedule = daily(json!({ "skip_holidays": true, "calendars": ["br-national", "cidade"] }));
    let plan = Plan::new(&schedule, &zone::Iana, &calendars).unwrap();
    let holidays: Vec<String> = plan
        .after(at("2026-01-01T00:00:00Z"))
        .take(365)
        .filter_map(|step| match step {
            Step::Dropped(dropped) => Some(dropped.nominal.date().to_string()),
            Step::Fires(_) => None,
        })
        .collect();
    assert!(
        holidays.contains(&"2026-01-25".to_owned()) && holidays.contains(&"2026-07-09".to_owned()),
        "{holidays:?}"
    );
    assert_eq!(holidays.len(), 12);
}
