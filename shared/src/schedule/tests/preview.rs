//! The preview's wire form.

use super::*;
use crate::language::Language;

fn asked(request: Value) -> Value {
    let request: PreviewRequest = serde_json::from_value(request).unwrap();
    let preview = preview(&request, &zone::Iana, &Calendars::default(), Language::PtBr).unwrap();
    serde_json::to_value(preview).unwrap()
}

#[test]
fn tells_what_runs_and_what_does_not_with_the_reasons() {
    let answer = asked(json!({
        "timezone": "America/Sao_Paulo",
        "rule": { "type": "monthly", "day": 31, "short_month": "backward", "times": ["09:00"] },
        "window": { "start": "09:00", "end": "18:00" },
        "skip_weekends": true, "skip_holidays": true, "calendars": ["br-national"],
        "blackouts": [{ "start": "2026-12-24", "end": "2027-01-02", "reason": "fechamento" }],
        "roll": "next_business_day",
        "exceptions": [
            { "type": "skip", "start": "2026-03-01", "end": "2026-03-31", "reason": "manutenção" },
            { "type": "reschedule", "date": "2026-04-30", "to": "2026-05-04T10:00" },
            { "type": "modify", "start": "2026-06-01", "end": "2026-06-30", "changes": { "rate_limit_per_hour": 3000 } },
        ],
        "from": "2026-01-01T00:00:00Z", "count": 10,
    }));
    let short: Vec<[&str; 3]> = answer["occurrences"]
        .as_array()
        .unwrap()
        .iter()
        .map(|found| ["at", "local", "nominal"].map(|field| found[field].as_str().unwrap()))
        .collect();
    let expected = [
        ["2026-02-02T12:00:00Z", "2026-02-02T09:00", "2026-01-31T09:00"],
        ["2026-03-02T12:00:00Z", "2026-03-02T09:00", "2026-02-28T09:00"],
        ["2026-05-04T13:00:00Z", "2026-05-04T10:00", "2026-04-30T09:00"],
        ["2026-06-01T12:00:00Z", "2026-06-01T09:00", "2026-05-31T09:00"],
        ["2026-06-30T12:00:00Z", "2026-06-30T09:00", "2026-06-30T09:00"],
        ["2026-07-31T12:00:00Z", "2026-07-31T09:00", "2026-07-31T09:00"],
        ["2026-08-31T12:00:00Z", "2026-08-31T09:00", "2026-08-31T09:00"],
        ["2026-09-30T12:00:00Z", "2026-09-30T09:00", "2026-09-30T09:00"],
        ["2026-11-03T12:00:00Z", "2026-11-03T09:00", "2026-10-31T09:00"],
        ["2026-11-30T12:00:00Z", "2026-11-30T09:00", "2026-11-30T09:00"],
    ];
    assert_eq!(short, expected);
    let cause = json!({ "code": "weekend", "args": {} });
    let moved = json!([{
        "code": "roll_next_business_day", "args": { "cause": cause },
        "text": "fim de semana: adiado para o próximo dia útil",
    }]);
    assert_eq!(answer["occurrences"][0]["moved"], moved);
    assert_eq!(answer["occurrences"][0]["changes"], json!({}));
    assert_eq!(
        answer["occurrences"][4]["changes"],
        json!({ "rate_limit_per_hour": 3000 })
    );
    let skipped = json!([{
        "nominal": "2026-03-31T09:00", "code": "exception_skip", "args": { "reason": "manutenção" },
        "text": "exceção: manutenção",
    }]);
    assert_eq!(answer["skipped"], skipped);
    assert_eq!(
        (&answer["never_fires"], &answer["warnings"]),
        (&json!(false), &json!([]))
    );
}

#[test]
fn a_holiday_is_named() {
    let answer = asked(json!({
        "timezone": "America/Sao_Paulo", "rule": { "type": "cron", "expression": "0 9 21 * *" },
        "skip_holidays": true, "calendars": ["br-national"], "from": "2026-04-01T00:00:00Z", "count": 1,
    }));
    assert_eq!(answer["occurrences"][0]["local"], "2026-05-21T09:00");
    assert_eq!(answer["skipped"][0]["code"], "holiday");
    assert_eq!(answer["skipped"][0]["text"], "feriado: Tiradentes");
}

#[test]
fn what_never_fires_is_an_answer() {
    let answer = asked(json!({
        "timezone": "UTC", "rule": { "type": "cron", "expression": "0 0 30 2 *" }, "from": "2026-01-01T00:00:00Z",
    }));
    assert_eq!(answer["never_fires"], true);
    assert_eq!(answer["occurrences"], json!([]));
}

#[test]
fn ten_unless_asked_otherwise_and_at_most_a_thousand() {
    let request = |count: Value| {
        let mut request =
            json!({ "timezone": "UTC", "rule": { "type": "interval", "minutes": 5 }, "from": "2026-01-01T00:00:00Z" });
        request
            .as_object_mut()
            .unwrap()
            .extend(count.as_object().unwrap().clone());
        request
    };
    assert_eq!(asked(request(json!({})))["occurrences"].as_array().unwrap().len(), 10);
    assert_eq!(
        asked(request(json!({ "count": 1_000 })))["occurrences"]
            .as_array()
            .unwrap()
            .len(),
        1_000
    );
    for count in [0, 1_001] {
        let request: PreviewRequest = serde_json::from_value(request(json!({ "count": count }))).unwrap();
        let problems = preview(&request, &zone::Iana, &Calendars::default(), Language::En).unwrap_err();
        assert_eq!(problems[0].field, "count");
    }
}

#[test]
fn a_long_list_of_what_is_skipped_is_cut() {
    let answer = asked(json!({
        "timezone": "UTC", "rule": { "type": "cron", "expression": "* * * * *" }, "skip_weekends": true,
        "from": "2026-04-17T23:58:30Z", "count": 2,
    }));
    let expected = ["2026-04-17T23:59:00Z", "2026-04-20T00:00:00Z"];
    let found: Vec<&str> = (0..2)
        .map(|place| answer["occurrences"][place]["at"].as_str().unwrap())
        .collect();
    assert_eq!(found, expected);
    assert_eq!(answer["skipped"].as_array().unwrap().len(), 1_000);
    assert_eq!(answer["skipped_more"], true);
}

#[test]
fn what_a_person_should_know() {
    let answer = asked(json!({
        "timezone": "UTC", "rule": { "type": "cron", "expression": "0 0 1 * mon" }, "skip_holidays": true,
        "blackouts": [{ "start": "2026-05-01", "end": "2026-06-30" }], "roll": "next_business_day",
        "exceptions": [{ "type": "reschedule", "date": "2026-05-04", "to": "2025-12-01T00:00" }],
        "from": "2026-04-28T00:00:00Z", "count": 1,
    }));
    let codes: Vec<&str> = answer["warnings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|warning| warning["code"].as_str().unwrap())
        .collect();
    assert_eq!(
        codes,
        ["cron_either_day", "no_calendar", "reschedule_in_past", "roll_exhausted"]
    );
}
