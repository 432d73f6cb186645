//! The rules of scheduling, each with its right answers.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail by panicking"
)]

mod bad_input;
mod clock_changes;
mod closures;
mod exceptions;
mod golden;
mod holidays;
mod jitter;
mod preview;
mod properties;
mod words;

use serde_json::{Value, json};

use super::*;
use crate::{instant::Instant, reason::Reason};

/// A schedule of a rule in São Paulo, with more fields over it.
fn schedule(rule: Value, more: Value) -> Schedule {
    let mut schedule = json!({ "timezone": "America/Sao_Paulo", "rule": rule });
    schedule
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    serde_json::from_value(schedule).unwrap()
}

fn cron(expression: &str) -> Value {
    json!({ "type": "cron", "expression": expression })
}

fn at(text: &str) -> Instant {
    serde_json::from_value(json!(text)).unwrap()
}

fn plan(schedule: &Schedule) -> Plan<zone::IanaZone> {
    Plan::new(schedule, &zone::Iana, &Calendars::default()).unwrap()
}

/// The occurrences after an instant, in UTC, at most so many.
fn fires(schedule: &Schedule, after: &str, count: usize) -> Vec<String> {
    occurrences(schedule, after, count)
        .map(|occurrence| text(occurrence.at))
        .collect()
}

/// The same on the wall's clock.
fn local(schedule: &Schedule, after: &str, count: usize) -> Vec<String> {
    occurrences(schedule, after, count)
        .map(|occurrence| civil::written(occurrence.local))
        .collect()
}

fn occurrences(schedule: &Schedule, after: &str, count: usize) -> impl Iterator<Item = Occurrence> {
    let steps: Vec<Step> = plan(schedule).after(at(after)).take(10_000).collect();
    steps
        .into_iter()
        .filter_map(|step| match step {
            Step::Fires(occurrence) => Some(occurrence),
            Step::Dropped(_) => None,
        })
        .take(count)
}

/// What is dropped among the first steps: nominal and code.
fn drops(schedule: &Schedule, after: &str, steps: usize) -> Vec<(String, &'static str)> {
    let dropped = |step| match step {
        Step::Dropped(dropped) => Some((civil::written(dropped.nominal), dropped.reason.code())),
        Step::Fires(_) => None,
    };
    plan(schedule)
        .after(at(after))
        .take(steps)
        .filter_map(dropped)
        .collect()
}

fn text(at: Instant) -> String {
    serde_json::to_value(at).unwrap().as_str().unwrap().to_owned()
}

fn codes(occurrence: &Occurrence) -> Vec<&'static str> {
    occurrence.moved.iter().map(|reason| reason.code()).collect()
}
