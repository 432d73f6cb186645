//! What a person decided about single dates.

use super::*;

fn daily(exceptions: Value, more: Value) -> Schedule {
    let mut schedule = schedule(json!({ "type": "daily", "times": ["09:00"] }), more);
    schedule.exceptions = serde_json::from_value(exceptions).unwrap();
    schedule
}

#[test]
fn a_period_is_skipped() {
    let skip = json!([{ "type": "skip", "start": "2026-03-02", "end": "2026-03-03", "reason": "manutenção" }]);
    let days = daily(skip, json!({}));
    assert_eq!(
        local(&days, "2026-03-01T00:00:00Z", 2),
        ["2026-03-01T09:00", "2026-03-04T09:00"]
    );
    let expected = [
        ("2026-03-02T09:00".to_owned(), "exception_skip"),
        ("2026-03-03T09:00".to_owned(), "exception_skip"),
    ];
    assert_eq!(drops(&days, "2026-03-01T00:00:00Z", 4), expected);
}

#[test]
fn a_rescheduled_date_is_where_a_person_put_it() {
    // A Saturday, a holiday, outside of the window: none of it matters.
    let exceptions = json!([
        { "type": "reschedule", "date": "2026-04-30", "to": "2026-05-02T22:00" },
        { "type": "reschedule", "date": "2026-05-04", "to": "2026-05-01T03:30" },
    ]);
    let more = json!({
        "skip_weekends": true, "skip_holidays": true, "calendars": ["br-national"],
        "window": { "start": "08:00", "end": "18:00" },
    });
    let days = daily(exceptions, more);
    let found: Vec<Occurrence> = occurrences(&days, "2026-04-29T15:00:00Z", 3).collect();
    let told: Vec<(String, String)> = found
        .iter()
        .map(|found| (civil::written(found.local), civil::written(found.nominal)))
        .collect();
    let expected = [
        ("2026-05-01T03:30", "2026-05-04T09:00"),
        ("2026-05-02T22:00", "2026-04-30T09:00"),
        ("2026-05-05T09:00", "2026-05-05T09:00"),
    ];
    assert_eq!(
        told,
        expected.map(|(local, nominal)| (local.to_owned(), nominal.to_owned()))
    );
    assert_eq!(codes(&found[0]), ["exception_reschedule"]);
    assert_eq!(text(found[0].nominal_at), "2026-05-04T12:00:00Z", "its identity stays");
}

#[test]
fn a_date_may_be_moved_by_months() {
    let exceptions = json!([{ "type": "reschedule", "date": "2026-01-05", "to": "2026-06-05T10:30" }]);
    let days = daily(exceptions, json!({ "end": "2026-01-10" }));
    assert_eq!(local(&days, "2026-03-01T00:00:00Z", 5), ["2026-06-05T10:30"]);
    assert!(local(&days, "2026-06-06T00:00:00Z", 5).is_empty());
}

#[test]
fn several_times_that_are_moved_to_one_become_one() {
    let exceptions = json!([{ "type": "reschedule", "date": "2026-01-05", "to": "2026-01-06T12:00" }]);
    let mut twice = daily(exceptions, json!({}));
    twice.rule = serde_json::from_value(json!({ "type": "daily", "times": ["09:00", "15:00"] })).unwrap();
    let expected = ["2026-01-06T09:00", "2026-01-06T12:00", "2026-01-06T15:00"];
    assert_eq!(local(&twice, "2026-01-05T03:00:00Z", 3), expected);
    assert_eq!(
        drops(&twice, "2026-01-05T03:00:00Z", 3),
        [("2026-01-05T15:00".to_owned(), "duplicate")]
    );
}

#[test]
fn settings_change_for_a_period_also_on_a_rescheduled_date() {
    let exceptions = json!([
        { "type": "modify", "start": "2026-06-01", "end": "2026-06-02", "changes": { "rate_limit_per_hour": 3000 } },
        { "type": "reschedule", "date": "2026-06-02", "to": "2026-06-03T12:00" },
    ]);
    let days = daily(exceptions, json!({}));
    let changed: Vec<(String, bool)> = occurrences(&days, "2026-05-31T00:00:00Z", 4)
        .map(|found| {
            (
                civil::written(found.local),
                found.changes.contains_key("rate_limit_per_hour"),
            )
        })
        .collect();
    let expected = [
        ("2026-05-31T09:00", false),
        ("2026-06-01T09:00", true),
        ("2026-06-03T09:00", false),
        ("2026-06-03T12:00", true),
    ];
    assert_eq!(changed, expected.map(|(local, changed)| (local.to_owned(), changed)));
}

#[test]
fn one_that_matches_no_date_is_listed() {
    let exceptions = json!([
        { "type": "skip", "start": "2026-04-18", "end": "2026-04-19", "reason": "obras" },
        { "type": "skip", "start": "2026-04-20", "end": "2026-04-20" },
        { "type": "reschedule", "date": "2026-04-25", "to": "2026-04-27T09:00" },
    ]);
    let mut weekdays = daily(exceptions, json!({}));
    weekdays.rule = serde_json::from_value(cron("0 9 * * 1-5")).unwrap();
    let warnings = plan(&weekdays).warnings(at("2026-04-01T00:00:00Z"));
    let told: Vec<String> = warnings
        .iter()
        .map(|warning| warning.text(crate::language::Language::En))
        .collect();
    let expected = [
        "the exception obras matches no date of the rule",
        "the exception 2026-04-25 → 2026-04-27T09:00 matches no date of the rule",
    ];
    assert_eq!(told, expected);
}
