#![expect(clippy::unwrap_used, reason = "a test stops at what is not there")]

use esteira_shared::schedule::{Rule, Weekday};
use serde_json::{Value, json};

use super::*;

fn today() -> NaiveDate {
    "2026-10-20".parse().unwrap()
}

fn schedule(rule: &Value) -> Schedule {
    let sent = json!({
        "timezone": "America/Sao_Paulo", "rule": rule, "start": "2026-01-01", "end": "2027-12-31",
        "window": {"start": "22:00", "end": "06:00"}, "skip_weekends": true, "skip_holidays": true,
        "calendars": ["br-national", "curitiba"], "roll": "next_business_day", "jitter_seconds": 30,
        "blackouts": [{"start": "2026-12-24", "end": "2027-01-02", "reason": "fechamento"}],
        "exceptions": [{"type": "skip", "start": "2026-03-01", "end": "2026-03-31"}],
    });
    serde_json::from_value(sent).unwrap()
}

fn rules() -> Vec<Value> {
    vec![
        json!({"type": "once", "at": "2026-05-01T09:00"}),
        json!({"type": "daily", "every": 2, "start": "2026-01-01", "times": ["09:00", "15:30"]}),
        json!({"type": "weekly", "every": 1, "weekdays": ["mon", "thu"], "times": ["09:00"]}),
        json!({"type": "monthly", "day": 31, "short_month": "omit", "every": 3, "start": "2026-02-01", "times": ["09:00"]}),
        json!({"type": "monthly", "day": "last", "short_month": "backward", "every": 1, "times": ["09:00"]}),
        json!({"type": "monthly", "nth_weekday": {"n": -2, "weekday": "tue"}, "short_month": "backward", "every": 1, "times": ["09:00"]}),
        json!({"type": "monthly", "business_day": 5, "short_month": "backward", "every": 1, "times": ["09:00"]}),
        json!({"type": "monthly", "business_day": -1, "short_month": "forward", "every": 1, "times": ["09:00"]}),
        json!({"type": "cron", "expression": "0 2 * * *", "dialect": "esteira-1"}),
        json!({"type": "custom", "at": ["2026-05-01T09:00", "2026-06-01T10:00"]}),
        json!({"type": "interval", "minutes": 5}),
    ]
}

fn form(saved: &Schedule) -> ScheduleForm {
    let mut form = ScheduleForm::fresh(&[], &saved.timezone, today());
    form.rule = RuleForm::of(saved, today());
    form.limits = LimitsForm::of(saved);
    form.exceptions.clone_from(&saved.exceptions);
    form
}

#[test]
fn a_saved_schedule_comes_out_of_its_form_as_it_went_in() {
    for rule in rules() {
        let saved = schedule(&rule);
        assert_eq!(form(&saved).schedule().as_ref(), Ok(&saved), "{rule}");
        assert_eq!(serde_json::to_value(&saved.rule).unwrap(), rule, "the sample is whole");
    }
}

#[test]
fn going_to_another_type_of_rule_and_back_loses_nothing() {
    let saved = schedule(
        &json!({"type": "weekly", "every": 2, "weekdays": ["fri"], "start": "2026-01-01", "times": ["18:00"]}),
    );
    let mut form = form(&saved);
    "cron".clone_into(&mut form.rule.kind);
    assert!(matches!(form.schedule().unwrap().rule, Rule::Cron(_)));
    "weekly".clone_into(&mut form.rule.kind);
    assert_eq!(form.schedule(), Ok(saved));
}

#[test]
fn what_is_no_number_date_or_time_is_named_by_its_field() {
    let saved = schedule(&json!({"type": "daily", "every": 1, "times": ["09:00"]}));
    let fields = |change: fn(&mut ScheduleForm)| {
        let mut form = form(&saved);
        change(&mut form);
        let wrong = form.update().err().unwrap_or_default();
        wrong.into_iter().map(|(field, _)| field).collect::<Vec<_>>()
    };
    assert_eq!(fields(|_| {}), ["parameters.month_offset"], "nobody gave it one here");
    assert_eq!(
        fields(|form| {
            form.parameters.opened_month = "0".to_owned();
            form.rule.every_days = "dois".to_owned();
            form.limits.window_end = "meia-noite".to_owned();
            form.limits.jitter_seconds = String::new();
            form.running.catch_up_hours = "-".to_owned();
            form.running.pause_after_failures = "1,5".to_owned();
        }),
        [
            "rule.every",
            "window.end",
            "jitter_seconds",
            "catch_up_hours",
            "pause_after_failures"
        ]
    );
    assert_eq!(
        fields(|form| {
            form.parameters.opened_month = "0".to_owned();
            "once".clone_into(&mut form.rule.kind);
            form.rule.once_day = None;
            form.rule.once_time = "25:00".to_owned();
        }),
        ["rule.at", "rule.time"]
    );
}

#[test]
fn parameters_of_every_kind_come_out_as_they_went_in() {
    for (kind, told) in [
        (ScheduleKind::OpenMonth, json!({"month_offset": 0})),
        (
            ScheduleKind::StartDownloads,
            json!({"apenas_processos_pendentes": true, "limite_execucoes_simultaneas": 5, "operator_ids": ["a"], "month_offset": -1}),
        ),
        (
            ScheduleKind::SendReport,
            json!({"to": ["ana@example.com"], "month_offset": 0, "attach_csv": true, "language": "pt-BR", "only_if_pending": false}),
        ),
        (
            ScheduleKind::CleanUp,
            json!({"executions_days": 365, "jobs_days": 90, "webhooks_days": 30, "emails_days": 90, "runs_days": 400, "uploads_hours": 24}),
        ),
        (
            ScheduleKind::BackUp,
            json!({"documents": true, "target": "default", "encrypt": true, "keep_last": 7, "keep_weekly": 4, "keep_monthly": 12}),
        ),
    ] {
        let mut parameters = Parameters::default();
        parameters.read(kind, &told);
        let mut wrong = Wrong::new();
        assert_eq!(Value::from(parameters.write(kind, &mut wrong)), told, "{kind}");
        assert_eq!(wrong, Wrong::new(), "{kind}");
        let mut again = Parameters::default();
        let written = again.write(kind, &mut wrong);
        let missing = told
            .as_object()
            .unwrap()
            .keys()
            .filter(|key| !written.contains_key(*key))
            .count();
        assert_eq!(wrong.len(), missing, "{kind}: each number that is missing is named");
        again.read(kind, &Value::Null);
        assert_eq!(again, Parameters::default());
    }
}

#[test]
fn a_kind_brings_its_usual_rule_until_somebody_touches_it() {
    let mut form = ScheduleForm::fresh(&[], "America/Sao_Paulo", today());
    form.choose(ScheduleKind::SendReport, &[], today());
    assert_eq!(form.rule.kind, "weekly");
    form.rule.weekdays = vec![Weekday::Fri];
    form.choose(ScheduleKind::BackUp, &[], today());
    assert_eq!((form.rule.kind.as_str(), form.kind), ("weekly", ScheduleKind::BackUp));
}
