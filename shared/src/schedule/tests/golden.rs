//! Rules with the dates that they are known to give.

use super::*;

const YEAR: &str = "2026-01-01T00:00:00Z";

#[test]
fn months_of_2026_in_sao_paulo() {
    let national = json!({ "calendars": ["br-national"] });
    for (rule, expected) in [
        (json!({ "day": 31 }), ["01-31", "02-28", "03-31", "04-30"]),
        (
            json!({ "day": 31, "short_month": "backward" }),
            ["01-31", "02-28", "03-31", "04-30"],
        ),
        (
            json!({ "day": 31, "short_month": "omit" }),
            ["01-31", "03-31", "05-31", "07-31"],
        ),
        (
            json!({ "day": 31, "short_month": "forward" }),
            ["01-31", "03-01", "03-31", "05-01"],
        ),
        (json!({ "business_day": -1 }), ["01-30", "02-27", "03-31", "04-30"]),
        (json!({ "business_day": 5 }), ["01-08", "02-06", "03-06", "04-08"]),
        (json!({ "day": "last" }), ["01-31", "02-28", "03-31", "04-30"]),
        (
            json!({ "nth_weekday": { "n": 2, "weekday": "tue" } }),
            ["01-13", "02-10", "03-10", "04-14"],
        ),
        (
            json!({ "nth_weekday": { "n": -1, "weekday": "fri" } }),
            ["01-30", "02-27", "03-27", "04-24"],
        ),
        (
            json!({ "nth_weekday": { "n": 5, "weekday": "sat" } }),
            ["01-31", "05-30", "08-29", "10-31"],
        ),
        (
            json!({ "day": 15, "every": 3, "start": "2026-02-01" }),
            ["02-15", "05-15", "08-15", "11-15"],
        ),
        (json!({ "day": 15, "every": 3 }), ["01-15", "04-15", "07-15", "10-15"]),
    ] {
        let mut monthly = json!({ "type": "monthly", "times": ["09:00"] });
        monthly
            .as_object_mut()
            .unwrap()
            .extend(rule.as_object().unwrap().clone());
        let dates: Vec<String> = expected.iter().map(|day| format!("2026-{day}T09:00")).collect();
        assert_eq!(local(&schedule(monthly, national.clone()), YEAR, 4), dates, "{rule}");
    }
}

#[test]
fn what_a_month_lacks_is_told() {
    let rule = json!({ "type": "monthly", "day": 31, "short_month": "omit", "times": ["09:00"] });
    let expected = [("2026-02-28T09:00", "short_month"), ("2026-04-30T09:00", "short_month")];
    let found = drops(&schedule(rule, json!({})), YEAR, 4);
    assert_eq!(found, expected.map(|(nominal, code)| (nominal.to_owned(), code)));
}

#[test]
fn usual_crons() {
    for (expression, expected) in [
        (
            "0 0 1 * *",
            ["2026-02-01T00:00", "2026-03-01T00:00", "2026-04-01T00:00"],
        ),
        (
            "0 2 * * *",
            ["2026-01-15T02:00", "2026-01-16T02:00", "2026-01-17T02:00"],
        ),
        (
            "0 9 * * 1",
            ["2026-01-19T09:00", "2026-01-26T09:00", "2026-02-02T09:00"],
        ),
        (
            "*/30 * * * *",
            ["2026-01-15T00:30", "2026-01-15T01:00", "2026-01-15T01:30"],
        ),
        (
            "0 */6 * * *",
            ["2026-01-15T06:00", "2026-01-15T12:00", "2026-01-15T18:00"],
        ),
    ] {
        // 00:00 in São Paulo: an occurrence at the instant itself is not after it.
        assert_eq!(
            local(&schedule(cron(expression), json!({})), "2026-01-15T03:00:00Z", 3),
            expected,
            "{expression}"
        );
    }
}

#[test]
fn days_and_weeks_are_counted_from_their_start() {
    let daily = json!({ "type": "daily", "every": 2, "start": "2026-01-01", "times": ["15:00", "09:00", "15:00"] });
    let expected = [
        "2026-01-01T09:00",
        "2026-01-01T15:00",
        "2026-01-03T09:00",
        "2026-01-03T15:00",
    ];
    assert_eq!(
        local(&schedule(daily.clone(), json!({})), "2025-06-01T00:00:00Z", 4),
        expected
    );
    assert_eq!(
        local(&schedule(daily, json!({})), "2026-01-01T12:00:00Z", 3),
        expected[1..]
    );
    // 2026-01-01 is a Thursday, so the Monday of its week lies before the start.
    let weekly =
        json!({ "type": "weekly", "every": 2, "weekdays": ["thu", "mon"], "start": "2026-01-01", "times": ["09:00"] });
    let expected = [
        "2026-01-01T09:00",
        "2026-01-12T09:00",
        "2026-01-15T09:00",
        "2026-01-26T09:00",
    ];
    assert_eq!(local(&schedule(weekly, json!({})), YEAR, 4), expected);
}

#[test]
fn chosen_moments_come_in_their_order_and_once() {
    let custom = json!({ "type": "custom", "at": ["2026-05-02T09:00", "2026-05-01T09:00", "2026-05-02T09:00"] });
    assert_eq!(
        local(&schedule(custom, json!({})), YEAR, 9),
        ["2026-05-01T09:00", "2026-05-02T09:00"]
    );
    let once = schedule(json!({ "type": "once", "at": "2026-05-01T09:00" }), json!({}));
    assert_eq!(local(&once, YEAR, 9), ["2026-05-01T09:00"]);
    assert!(local(&once, "2026-05-01T12:00:00Z", 9).is_empty());
}

#[test]
fn an_interval_is_aligned_to_the_epoch() {
    let interval = schedule(json!({ "type": "interval", "minutes": 25 }), json!({}));
    // 2026-01-01T00:00Z is minute 29_453_760, which is 10 minutes past a multiple of 25.
    assert_eq!(
        fires(&interval, YEAR, 2),
        ["2026-01-01T00:15:00Z", "2026-01-01T00:40:00Z"]
    );
}

#[test]
fn leap_days() {
    let leap = schedule(cron("0 9 29 2 *"), json!({}));
    assert_eq!(local(&leap, YEAR, 2), ["2028-02-29T09:00", "2032-02-29T09:00"]);
    assert_eq!(local(&leap, "2096-03-01T00:00:00Z", 1), ["2104-02-29T09:00"]);
    let yearly = json!({ "type": "monthly", "day": 29, "every": 12, "start": "2024-02-01", "times": ["09:00"] });
    let expected = ["2026-02-28T09:00", "2027-02-28T09:00", "2028-02-29T09:00"];
    assert_eq!(local(&schedule(yearly, json!({})), YEAR, 3), expected);
}

#[test]
fn start_and_end_belong_to_a_schedule() {
    let more = json!({ "start": "2026-01-10", "end": "2026-01-11" });
    let expected = ["2026-01-10T09:00", "2026-01-11T09:00"];
    assert_eq!(local(&schedule(cron("0 9 * * *"), more.clone()), YEAR, 9), expected);
    let interval = schedule(json!({ "type": "interval", "minutes": 720 }), more);
    assert_eq!(
        local(&interval, YEAR, 9),
        [
            "2026-01-10T09:00",
            "2026-01-10T21:00",
            "2026-01-11T09:00",
            "2026-01-11T21:00"
        ]
    );
}

#[test]
fn no_month_before_the_start_comes_forward_into_it() {
    let rule =
        json!({ "type": "monthly", "day": 31, "short_month": "forward", "start": "2026-03-01", "times": ["09:00"] });
    assert_eq!(
        local(&schedule(rule, json!({})), YEAR, 2),
        ["2026-03-31T09:00", "2026-05-01T09:00"]
    );
}
