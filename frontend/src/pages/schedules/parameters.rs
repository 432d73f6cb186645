//! What a schedule tells its kind, in words. Kinds own their parameters; a field that this page does not know shows under
//! its own name.

use esteira_shared::status::ScheduleKind;
use leptos::prelude::*;
use serde_json::Value;

use super::results;
use crate::{hooks::use_operator_choices, i18n::tr, text::format};

#[component]
pub(super) fn Parameters(kind: ScheduleKind, parameters: Value) -> impl IntoView {
    let rows = rows(&parameters);
    // Only one kind names operators, and only it has to ask for their names.
    let operators = (kind == ScheduleKind::StartDownloads).then(|| view! { <Operators chosen=ids(&parameters)/> });
    let empty = rows.is_empty() && operators.is_none();
    view! {
        <dl class="facts">
            {rows.into_iter().map(|(name, value)| view! { <dt>{name}</dt><dd>{value}</dd> }).collect_view()}
            {operators}
        </dl>
        {empty.then(|| view! { <p class="small faint">{tr!(schedules.no_parameters)}</p> })}
    }
}

#[component]
fn Operators(chosen: Vec<String>) -> impl IntoView {
    let all = use_operator_choices();
    let words = move || {
        if chosen.is_empty() {
            return tr!(schedules.parameter_operators_all).to_owned();
        }
        all.with(|all| {
            let names: Vec<&str> = all
                .iter()
                .filter(|one| chosen.contains(&one.value))
                .map(|one| one.label.as_str())
                .collect();
            // Those that are gone by now have no name.
            match chosen.len() - names.len() {
                0 => names.join(", "),
                gone => [names.join(", "), tr!(schedules.parameter_operators_gone, count = gone)]
                    .into_iter()
                    .filter(|text| !text.is_empty())
                    .collect::<Vec<_>>()
                    .join(", "),
            }
        })
    };
    view! { <dt>{tr!(schedules.parameter_operators)}</dt><dd>{words}</dd> }
}

fn ids(parameters: &Value) -> Vec<String> {
    let ids = parameters.get("operator_ids").and_then(Value::as_array);
    ids.into_iter()
        .flatten()
        .filter_map(|id| id.as_str().map(str::to_owned))
        .collect()
}

/// Name and value of each, in the order in which people ask for them.
fn rows(parameters: &Value) -> Vec<(String, String)> {
    let Some(fields) = parameters.as_object() else {
        return Vec::new();
    };
    let mut rows = Vec::new();
    for name in KNOWN {
        if let Some(value) = fields.get(*name) {
            rows.push((word(name).unwrap_or(name).to_owned(), said(name, value)));
        }
    }
    for (name, value) in fields {
        if !KNOWN.contains(&name.as_str()) && name != "operator_ids" {
            rows.push((name.clone(), results::said(name, value)));
        }
    }
    rows
}

const KNOWN: &[&str] = &[
    "month_offset",
    "apenas_processos_pendentes",
    "limite_execucoes_simultaneas",
    "to",
    "attach_csv",
    "only_if_pending",
    "language",
    "executions_days",
    "jobs_days",
    "webhooks_days",
    "emails_days",
    "runs_days",
    "uploads_hours",
    "documents",
    "encrypt",
    "target",
    "keep_last",
    "keep_weekly",
    "keep_monthly",
];

/// What a parameter is called.
pub(super) fn word(name: &str) -> Option<&'static str> {
    Some(match name {
        "month_offset" => tr!(schedules.parameter_month),
        "apenas_processos_pendentes" => tr!(schedules.parameter_pending),
        "limite_execucoes_simultaneas" => tr!(schedules.parameter_at_once),
        "to" => tr!(schedules.parameter_to),
        "attach_csv" => tr!(schedules.parameter_csv),
        "only_if_pending" => tr!(schedules.parameter_only_if_pending),
        "language" => tr!(schedules.parameter_language),
        "executions_days" => tr!(schedules.parameter_executions),
        "jobs_days" => tr!(schedules.parameter_jobs),
        "webhooks_days" => tr!(schedules.parameter_webhooks),
        "emails_days" => tr!(schedules.parameter_emails),
        "runs_days" => tr!(schedules.parameter_runs),
        "uploads_hours" => tr!(schedules.parameter_uploads),
        "documents" => tr!(schedules.parameter_documents),
        "encrypt" => tr!(schedules.parameter_encrypt),
        "target" => tr!(schedules.parameter_target),
        "keep_last" => tr!(schedules.parameter_keep_last),
        "keep_weekly" => tr!(schedules.parameter_keep_weekly),
        "keep_monthly" => tr!(schedules.parameter_keep_monthly),
        _ => return None,
    })
}

fn said(name: &str, value: &Value) -> String {
    let number = value.as_i64();
    match (name, number) {
        ("month_offset", Some(offset)) => month(offset),
        ("language", _) => match value.as_str() {
            Some("pt-BR") => tr!(schedules.parameter_language_pt).to_owned(),
            Some("en") => tr!(schedules.parameter_language_en).to_owned(),
            _ => results::said(name, value),
        },
        ("target", _) if value == "default" => tr!(schedules.parameter_target_default).to_owned(),
        (_, Some(number)) if name.ends_with("_days") => tr!(schedules.parameter_days, count = format::count(number)),
        (_, Some(number)) if name.ends_with("_hours") => tr!(schedules.parameter_hours, count = format::count(number)),
        _ => results::said(name, value),
    }
}

/// Which month, counted from the one of the run.
fn month(offset: i64) -> String {
    match offset {
        0 => tr!(schedules.month_same).to_owned(),
        -1 => tr!(schedules.month_before).to_owned(),
        1 => tr!(schedules.month_after).to_owned(),
        ..-1 => tr!(schedules.months_before, count = format::count(-offset)),
        _ => tr!(schedules.months_after, count = format::count(offset)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::rows;

    fn of(parameters: &serde_json::Value) -> Vec<String> {
        rows(parameters)
            .into_iter()
            .map(|(name, value)| format!("{name}: {value}"))
            .collect()
    }

    #[test]
    fn parameters_read_as_words() {
        assert_eq!(of(&json!({ "month_offset": -1 })), ["Mês: o mês anterior"]);
        assert_eq!(of(&json!({ "month_offset": -3 })), ["Mês: 3 meses antes"]);
        assert_eq!(
            of(&json!({ "apenas_processos_pendentes": true, "limite_execucoes_simultaneas": 5, "operator_ids": [] })),
            ["Só os que aguardam fatura: sim", "Robôs ao mesmo tempo: 5"]
        );
        assert_eq!(
            of(&json!({ "uploads_hours": 24, "jobs_days": 90 })),
            ["Tarefas: 90 dias", "Envios inacabados: 24 h"],
            "in the order in which people ask"
        );
    }

    #[test]
    fn what_this_page_does_not_know_shows_under_its_own_name() {
        assert_eq!(of(&json!({ "depth": [1, 2] })), ["depth: 1, 2"]);
        assert!(of(&json!(null)).is_empty());
    }
}
