//! What a run did, as its kind says: numbers and names by their words, and what was left out with the reason.

use esteira_shared::{dto::schedules::ScheduleRunDto, month::Month, reason::ReasonDto};
use leptos::prelude::*;
use leptos_router::components::A;
use serde_json::{Map, Value};

use crate::{
    i18n::tr,
    routes::paths,
    text::{
        format,
        reasons::{quotes, told},
    },
};

/// More numbers than this are only in the details.
const SUMMED: usize = 3;

/// The first numbers in one line: `abertos 12 · já existiam 3`.
pub(super) fn summary(run: &ScheduleRunDto) -> Option<String> {
    let fields = flat(run.result.as_ref()?.as_object()?);
    let number = |name: &str, value: &Value| match value {
        // Nothing of it happened: not worth the room.
        Value::Number(number) if number.as_i64() == Some(0) => None,
        Value::Number(_) => Some(format!("{} {}", word(name)?, said(name, value))),
        _ => None,
    };
    let parts: Vec<String> = sorted(&fields)
        .into_iter()
        .filter_map(|(name, value)| number(name, value))
        .take(SUMMED)
        .collect();
    (!parts.is_empty()).then(|| parts.join(" · "))
}

/// All of it: facts, then each list of what was left out.
#[component]
pub(super) fn Outcome(result: Value) -> impl IntoView {
    let Some(fields) = result.as_object().map(flat) else {
        return view! { <p class="break">{said("", &result)}</p> }.into_any();
    };
    let mut facts = Vec::new();
    let mut lists = Vec::new();
    for (name, value) in sorted(&fields) {
        if value.is_null() || value.as_array().is_some_and(Vec::is_empty) {
            continue;
        }
        let label = word(name).unwrap_or(name).to_owned();
        match value {
            Value::Array(items) if items.iter().any(Value::is_object) => lists.push((label, items.clone())),
            value => facts.push((label, said(name, value))),
        }
    }
    view! {
        <dl class="facts">
            {facts.into_iter().map(|(label, value)| view! { <dt>{label}</dt><dd>{value}</dd> }).collect_view()}
        </dl>
        {lists.into_iter().map(|(label, items)| list(&label, &items)).collect_view()}
    }
    .into_any()
}

/// A clean-up counts each kind below `removed` and below `bytes`: the first become numbers like all others, the second one sum.
fn flat(fields: &Map<String, Value>) -> Map<String, Value> {
    let mut flat = fields.clone();
    if let (Some(Value::Object(removed)), Some(Value::Object(bytes))) = (fields.get("removed"), fields.get("bytes")) {
        flat.remove("removed");
        flat.remove("bytes");
        flat.extend(removed.clone());
        let freed: i64 = bytes.values().filter_map(Value::as_i64).sum();
        flat.insert("freed_bytes".to_owned(), freed.into());
    }
    flat
}

/// What this page has words for comes first, in the order of the words.
fn sorted(fields: &Map<String, Value>) -> Vec<(&str, &Value)> {
    let known = KNOWN.iter().filter_map(|name| Some((*name, fields.get(*name)?)));
    let others = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value))
        .filter(|(name, _)| !KNOWN.contains(name));
    known.chain(others).collect()
}

fn list(label: &str, items: &[Value]) -> impl IntoView + use<> {
    let (label, heading) = (label.to_owned(), label.to_owned());
    let rows = items.iter().filter_map(Value::as_object).map(left_out).collect_view();
    view! {
        <section class="sched-left">
            <h3>{label}</h3>
            <ul tabindex="0" aria-label=heading>{rows}</ul>
        </section>
    }
}

/// One thing that a run left out, with the way to it.
fn left_out(fields: &Map<String, Value>) -> AnyView {
    let text = |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let reason = fields
        .get("reason")
        .and_then(|reason| serde_json::from_value::<ReasonDto>(reason.clone()).ok());
    let what = word(&text("what")).unwrap_or_default().to_owned();
    let names = [text("client_name"), text("operator_name"), text("name"), what];
    let name = names
        .into_iter()
        .filter(|name| !name.is_empty())
        .collect::<Vec<_>>()
        .join(" · ");
    if name.is_empty() && reason.is_none() {
        let parts = fields
            .iter()
            .map(|(name, value)| format!("{} {}", word(name).unwrap_or(name), said(name, value)))
            .collect::<Vec<_>>();
        return view! { <li>{parts.join(" · ")}</li> }.into_any();
    }
    let process = text("process_id");
    let name = if process.is_empty() {
        view! { <span>{name}</span> }.into_any()
    } else {
        view! { <A href=paths::process(process) attr:class="link">{name}</A> }.into_any()
    };
    let why = reason.map(|reason| view! { <small class="muted">{quotes(&told(&reason))}</small> });
    view! { <li>{name}{why}</li> }.into_any()
}

/// A value as one would write it.
pub(super) fn said(name: &str, value: &Value) -> String {
    match value {
        Value::Null => tr!(forms.nothing).to_owned(),
        Value::Bool(true) => tr!(forms.yes).to_owned(),
        Value::Bool(false) => tr!(forms.no).to_owned(),
        Value::Number(number) => match number.as_i64() {
            Some(number) if name.ends_with("_bytes") || name == "bytes" => format::bytes(number),
            Some(number) if name.ends_with("_ms") => format::duration(number),
            Some(number) => format::count(number),
            None => number.to_string(),
        },
        Value::String(text) => match (name, text.parse::<Month>()) {
            ("month", Ok(month)) => format::month_digits(month),
            _ => text.clone(),
        },
        Value::Array(items) => items.iter().map(|item| said(name, item)).collect::<Vec<_>>().join(", "),
        Value::Object(_) => value.to_string(),
    }
}

/// What results of all kinds have, the numbers that matter most first.
const KNOWN: &[&str] = &[
    "month",
    "opened",
    "existed",
    "started",
    "sent",
    "queued",
    "recipients",
    "executions",
    "jobs",
    "groups",
    "runs",
    "webhooks",
    "emails",
    "uploads",
    "freed_bytes",
    "skips",
    "failures",
    "name",
    "size_bytes",
    "documents",
    "documents_bytes",
    "documents_missing",
    "rows",
    "encrypted",
    "proof_ms",
    "removed_backups",
    "skipped",
    "failed",
];

fn word(name: &str) -> Option<&'static str> {
    Some(match name {
        "month" => tr!(schedules.result_month),
        "opened" => tr!(schedules.result_opened),
        "existed" => tr!(schedules.result_existed),
        "started" => tr!(schedules.result_started),
        "sent" => tr!(schedules.result_sent),
        "queued" => tr!(schedules.result_queued),
        "recipients" => tr!(schedules.result_recipients),
        "executions" => tr!(schedules.result_executions),
        "jobs" => tr!(schedules.result_jobs),
        "groups" => tr!(schedules.result_groups),
        "runs" => tr!(schedules.result_runs),
        "webhooks" => tr!(schedules.result_webhooks),
        "emails" => tr!(schedules.result_emails),
        "uploads" => tr!(schedules.result_uploads),
        "freed_bytes" => tr!(schedules.result_freed),
        "skips" | "skipped" => tr!(schedules.result_skipped),
        "failures" | "failed" => tr!(schedules.result_failed),
        "name" => tr!(schedules.result_name),
        "size_bytes" => tr!(schedules.result_size),
        "documents" => tr!(schedules.result_documents),
        "documents_bytes" => tr!(schedules.result_documents_size),
        "documents_missing" => tr!(schedules.result_documents_missing),
        "rows" => tr!(schedules.result_rows),
        "encrypted" => tr!(schedules.result_encrypted),
        "proof_ms" => tr!(schedules.result_proof),
        "removed_backups" => tr!(schedules.result_removed_backups),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{flat, said, sorted};

    #[test]
    fn values_read_as_one_would_write_them() {
        for (name, value, words) in [
            ("month", json!("2026-10"), "10/2026"),
            ("opened", json!(1_284), "1.284"),
            ("size_bytes", json!(2_400_000), "2,4 MB"),
            ("proof_ms", json!(58_900), "58 s"),
            ("encrypted", json!(true), "sim"),
            (
                "to",
                json!(["ana@example.com", "rui@example.com"]),
                "ana@example.com, rui@example.com",
            ),
            ("", Value::Null, "vazio"),
        ] {
            assert_eq!(said(name, &value), words, "{name}");
        }
    }

    #[test]
    fn what_has_words_comes_first() {
        let result = json!({ "zeta": 1, "failures": 0, "opened": 12, "month": "2026-10" });
        let names: Vec<&str> = result
            .as_object()
            .map(|fields| sorted(fields).into_iter().map(|(name, _)| name).collect())
            .unwrap_or_default();
        assert_eq!(names, ["month", "opened", "failures", "zeta"]);
    }

    #[test]
    fn a_clean_up_counts_like_all_others() {
        let result = json!({
            "removed": { "jobs": 120, "executions": 3 }, "bytes": { "jobs": 24_000, "executions": 1_000_000 }, "failed": [],
        });
        let flat = result.as_object().map(flat).unwrap_or_default();
        let said: Vec<String> = sorted(&flat)
            .into_iter()
            .map(|(name, value)| format!("{name} {}", said(name, value)))
            .collect();
        assert_eq!(said, ["executions 3", "jobs 120", "freed_bytes 1,0 MB", "failed "]);
    }
}
