//! What cannot be, each with the field that says so; and what can be but never ends well, which must end at once.

use super::*;
use crate::{
    error::{FieldCode, FieldError},
    language::Language,
};

fn refused(schedule: &Schedule) -> Vec<(String, FieldCode, &'static str)> {
    let problems = Plan::new(schedule, &zone::Iana, &Calendars::default()).unwrap_err();
    problems
        .into_iter()
        .map(|problem| (problem.field, problem.code, problem.reason.code()))
        .collect()
}

#[test]
fn each_bad_field_is_named() {
    let daily = json!({ "type": "daily", "times": ["09:00"] });
    let monthly = |fields: Value| {
        let mut rule = json!({ "type": "monthly", "times": ["09:00"] });
        rule.as_object_mut()
            .unwrap()
            .extend(fields.as_object().unwrap().clone());
        rule
    };
    let none = json!({});
    let skip = |start: &str, end: &str| json!({ "type": "skip", "start": start, "end": end });
    let overlapping = json!({ "exceptions": [skip("2026-03-01", "2026-03-10"), skip("2026-03-10", "2026-03-10")] });
    let contradicting = json!({ "exceptions": [
        skip("2026-03-01", "2026-03-10"), { "type": "reschedule", "date": "2026-03-05", "to": "2026-03-20T09:00" },
    ] });
    for (rule, more, expected) in [
        (
            json!({ "type": "daily", "every": 0, "times": ["09:00"] }),
            none.clone(),
            ("rule.every", "must_be_between"),
        ),
        (
            json!({ "type": "daily", "times": [] }),
            none.clone(),
            ("rule.times", "must_not_be_empty"),
        ),
        (
            json!({ "type": "weekly", "weekdays": [], "times": ["09:00"] }),
            none.clone(),
            ("rule.weekdays", "must_not_be_empty"),
        ),
        (
            json!({ "type": "custom", "at": [] }),
            none.clone(),
            ("rule.at", "must_not_be_empty"),
        ),
        (
            json!({ "type": "interval", "minutes": 0 }),
            none.clone(),
            ("rule.minutes", "must_be_between"),
        ),
        (
            json!({ "type": "once", "at": "9999-12-31T09:00" }),
            none.clone(),
            ("rule.at", "must_be_between"),
        ),
        (monthly(json!({})), none.clone(), ("rule.day", "one_kind_of_month_day")),
        (
            monthly(json!({ "day": 1, "business_day": 1 })),
            none.clone(),
            ("rule.day", "one_kind_of_month_day"),
        ),
        (
            monthly(json!({ "day": 32 })),
            none.clone(),
            ("rule.day", "must_be_between"),
        ),
        (
            monthly(json!({ "day": 0 })),
            none.clone(),
            ("rule.day", "must_be_between"),
        ),
        (
            monthly(json!({ "business_day": 0 })),
            none.clone(),
            ("rule.business_day", "must_count"),
        ),
        (
            monthly(json!({ "business_day": i32::MIN })),
            none.clone(),
            ("rule.business_day", "must_count"),
        ),
        (
            monthly(json!({ "nth_weekday": { "n": 6, "weekday": "mon" } })),
            none.clone(),
            ("rule.nth_weekday.n", "must_count"),
        ),
        (
            monthly(json!({ "day": 1, "every": u32::MAX })),
            none,
            ("rule.every", "must_be_between"),
        ),
        (
            daily.clone(),
            json!({ "timezone": "America/Sao_Paulo " }),
            ("timezone", "unknown_zone"),
        ),
        (daily.clone(), json!({ "timezone": "" }), ("timezone", "unknown_zone")),
        (
            daily.clone(),
            json!({ "timezone": "localtime" }),
            ("timezone", "unknown_zone"),
        ),
        (
            daily.clone(),
            json!({ "timezone": "../../etc/passwd" }),
            ("timezone", "unknown_zone"),
        ),
        (
            daily.clone(),
            json!({ "calendars": ["br-national", "mars"] }),
            ("calendars.1", "unknown_calendar"),
        ),
        (
            daily.clone(),
            json!({ "window": { "start": "09:00", "end": "09:00" } }),
            ("window.end", "window_empty"),
        ),
        (
            daily.clone(),
            json!({ "start": "2026-02-01", "end": "2026-01-01" }),
            ("end", "end_before_start"),
        ),
        (
            daily.clone(),
            json!({ "jitter_seconds": 86_401 }),
            ("jitter_seconds", "must_be_between"),
        ),
        (
            daily.clone(),
            json!({ "blackouts": [{ "start": "2026-02-01", "end": "2026-01-01" }] }),
            ("blackouts.0.end", "end_before_start"),
        ),
        (
            daily.clone(),
            json!({ "exceptions": [skip("2026-02-01", "2026-01-01")] }),
            ("exceptions.0.end", "end_before_start"),
        ),
        (daily.clone(), overlapping, ("exceptions.1", "exceptions_overlap")),
        (daily, contradicting, ("exceptions.1", "exceptions_overlap")),
    ] {
        let found = refused(&schedule(rule.clone(), more.clone()));
        let found: Vec<(&str, &str)> = found
            .iter()
            .map(|(field, _, reason)| (field.as_str(), *reason))
            .collect();
        assert_eq!(found, [expected], "{rule} {more}");
    }
}

#[test]
fn all_bad_fields_are_named_at_once() {
    let bad = schedule(
        json!({ "type": "cron", "expression": "0 0 0 * *" }),
        json!({ "timezone": "Mars", "window": { "start": "09:00", "end": "09:00" } }),
    );
    let fields: Vec<String> = refused(&bad).into_iter().map(|(field, _, _)| field).collect();
    assert_eq!(fields, ["window.end", "timezone", "rule.expression"]);
}

#[test]
fn a_problem_is_worded_for_people_and_for_developers() {
    let bad = schedule(cron("0 0 1--100000000 * *"), json!({}));
    let problem = Plan::new(&bad, &zone::Iana, &Calendars::default())
        .unwrap_err()
        .remove(0);
    let told = problem.reason.text(Language::PtBr);
    assert_eq!(
        told,
        "dia do mês: \"1--100000000\" não é um número nem um nome aceito neste campo"
    );
    let field = FieldError::from(problem);
    assert_eq!(field.field, "rule.expression");
    assert_eq!(
        field.message,
        "day of the month: \"1--100000000\" is neither a number nor a name that this field takes"
    );
}

#[test]
fn what_cannot_be_read_is_no_schedule() {
    for rule in [
        json!({ "type": "daily", "times": ["9h"] }),
        json!({ "type": "daily", "times": ["24:00"] }),
        json!({ "type": "daily", "every": -1, "times": ["09:00"] }),
        json!({ "type": "daily", "evry": 2, "times": ["09:00"] }),
        json!({ "type": "weekly", "weekdays": ["segunda"], "times": ["09:00"] }),
        json!({ "type": "monthly", "day": "first", "times": ["09:00"] }),
        json!({ "type": "monthly", "day": 1.5, "times": ["09:00"] }),
        json!({ "type": "cron", "expression": "0 0 * * *", "dialect": "quartz" }),
        json!({ "type": "once", "at": "2026-05-01T09:00Z" }),
        json!({ "type": "yearly" }),
    ] {
        let sent = json!({ "timezone": "UTC", "rule": rule });
        assert!(serde_json::from_value::<Schedule>(sent).is_err(), "{rule}");
    }
}

#[test]
fn what_never_fires_is_told_at_once() {
    let always_blocked = json!({ "blackouts": [{ "start": "1900-01-01", "end": "2999-12-31" }] });
    let blocked_and_rolled = |roll: &str| json!({ "blackouts": always_blocked["blackouts"], "roll": roll });
    for (rule, more) in [
        (cron("0 0 30 2 *"), json!({})),
        (cron("0 0 31 2,4,6,9,11 *"), json!({})),
        (
            cron("0 3 * * *"),
            json!({ "window": { "start": "09:00", "end": "18:00" } }),
        ),
        (
            cron("* 3 * * *"),
            json!({ "window": { "start": "09:00", "end": "18:00" } }),
        ),
        (cron("* * * * *"), always_blocked.clone()),
        (cron("* * * * *"), blocked_and_rolled("next_business_day")),
        (cron("* * * * *"), blocked_and_rolled("previous_business_day")),
        (cron("0 9 * * 6,0"), json!({ "skip_weekends": true })),
        (json!({ "type": "interval", "minutes": 1 }), always_blocked.clone()),
        (
            json!({ "type": "interval", "minutes": 1 }),
            blocked_and_rolled("previous_business_day"),
        ),
        (
            json!({ "type": "monthly", "business_day": 23, "times": ["09:00"] }),
            json!({ "calendars": ["br-banking"], "end": "2026-06-15" }),
        ),
        (json!({ "type": "once", "at": "2025-01-01T09:00" }), json!({})),
        (
            json!({ "type": "daily", "times": ["09:00"] }),
            json!({ "end": "2025-12-31" }),
        ),
    ] {
        let schedule = schedule(rule.clone(), more.clone());
        let plan = plan(&schedule);
        let now = at("2026-01-01T00:00:00Z");
        assert_eq!(plan.next_after(now), None, "{rule} {more}");
        // Bounded: listed one by one at first, then whole days at a time.
        assert!(plan.after(now).count() <= 6_000, "{rule} {more}");
        let problems = plan.check_saving(now).unwrap_err();
        assert_eq!(problems[0].reason, Reason::NeverFires {}, "{rule} {more}");
    }
}

#[test]
fn what_fires_after_a_long_time_is_found() {
    // Longer than what is listed one by one, and minute by minute.
    let blocked = json!({ "blackouts": [{ "start": "2026-01-01", "end": "2028-12-31" }] });
    let every_minute = schedule(cron("* * * * *"), blocked);
    let plan = plan(&every_minute);
    let mut steps = plan.after(at("2026-01-01T03:00:00Z"));
    let first = steps.by_ref().find(|step| matches!(step, Step::Fires(_)));
    assert!(matches!(first, Some(Step::Fires(found)) if civil::written(found.local) == "2029-01-01T00:00"));
    assert!(steps.jumped());
    let leap_day = schedule(cron("0 9 29 2 *"), json!({ "skip_weekends": true }));
    // 2048-02-29 is a Saturday; 2096 is the last before 2104.
    assert_eq!(local(&leap_day, "2044-03-01T00:00:00Z", 1), ["2052-02-29T09:00"]);
}

#[test]
fn a_reschedule_into_the_past_is_not_saved() {
    let mut daily = schedule(json!({ "type": "daily", "times": ["09:00"] }), json!({}));
    daily.exceptions = serde_json::from_value(json!([
        { "type": "reschedule", "date": "2026-05-10", "to": "2026-04-30T10:00", "reason": "viagem" },
    ]))
    .unwrap();
    let plan = plan(&daily);
    let problems = plan.check_saving(at("2026-05-01T00:00:00Z")).unwrap_err();
    let expected = Reason::RescheduleInPast {
        exception: "viagem".to_owned(),
        to: "2026-04-30T10:00".to_owned(),
    };
    assert_eq!(problems[0].reason, expected);
    assert_eq!(problems.len(), 1);
    assert!(plan.check_saving(at("2026-04-29T00:00:00Z")).is_ok());
}

#[test]
fn a_clock_that_is_stepped_back_gives_the_same_again() {
    let hourly = schedule(cron("0 * * * *"), json!({}));
    let plan = plan(&hourly);
    let before: Vec<Step> = plan.after(at("2026-01-01T10:30:00Z")).take(3).collect();
    let back: Vec<Step> = plan.after(at("2026-01-01T09:30:00Z")).take(4).collect();
    assert_eq!(back[1..], before);
}

#[test]
fn the_ends_of_time_are_borne() {
    let daily = schedule(
        cron("0 0 * * *"),
        json!({ "roll": "previous_business_day", "skip_weekends": true }),
    );
    for (after, some) in [
        ("0000-01-01T00:00:00Z", true),
        ("9999-12-30T00:00:00Z", true),
        ("9999-12-31T23:59:59Z", false),
    ] {
        assert_eq!(plan(&daily).next_after(at(after)).is_some(), some, "{after}");
    }
}
