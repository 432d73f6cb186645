//! What each kind of schedule is told, as fields and in words.

use esteira_shared::{dto::retention, status::ScheduleKind, validate::Fields};
use leptos::prelude::*;
use serde_json::{Map, Value};

use super::{NumberField, Refused, Toggle, chips::Chips, part_of};
use crate::{
    components::{Choice, Field, Select, Switch},
    hooks::use_operator_choices,
    i18n::tr,
    pages::schedules::{
        editor::{
            form::{Parameters, Wrong},
            problems::{Errors, as_fields},
        },
        retention::RetentionPreview,
    },
    text::format,
};

/// Months before and after that of the run, as the server takes them.
const OFFSETS: std::ops::RangeInclusive<i32> = -12..=1;

/// Where the installation keeps its backups.
const OWN_TARGET: &str = "default";

#[component]
pub fn ParameterFields(task: ScheduleKind, value: RwSignal<Parameters>, errors: Errors) -> impl IntoView {
    match task {
        ScheduleKind::OpenMonth => {
            let month = part_of(value, |all| &mut all.opened_month);
            view! { <MonthOffset label=tr!(schedule_editor.month_opened) value=month errors/> }.into_any()
        }
        ScheduleKind::StartDownloads => view! { <Downloads value errors/> }.into_any(),
        ScheduleKind::SendReport => view! { <Report value errors/> }.into_any(),
        ScheduleKind::CleanUp => view! { <CleanUp value errors/> }.into_any(),
        ScheduleKind::BackUp => view! { <BackUp value errors/> }.into_any(),
    }
}

#[component]
fn MonthOffset(#[prop(into)] label: String, value: RwSignal<String>, errors: Errors) -> impl IntoView {
    let options: Vec<Choice> = OFFSETS
        .rev()
        .map(|offset| Choice::new(offset.to_string(), offset_in_words(offset.into())))
        .collect();
    view! {
        <Field label error=errors.of("parameters.month_offset")>
            <Select value options/>
        </Field>
    }
    .into_any()
}

fn offset_in_words(offset: i64) -> String {
    match offset {
        0 => tr!(schedules.month_same).to_owned(),
        1 => tr!(schedules.month_after).to_owned(),
        -1 => tr!(schedules.month_before).to_owned(),
        other => tr!(schedules.months_before, count = other.unsigned_abs()),
    }
}

#[component]
fn Flag(#[prop(into)] label: String, value: RwSignal<bool>) -> impl IntoView {
    view! { <Switch on=value on_change=move |on| value.set(on) label/> }.into_any()
}

#[component]
fn Downloads(value: RwSignal<Parameters>, errors: Errors) -> impl IntoView {
    let chosen = part_of(value, |all| &mut all.operators);
    let operators = use_operator_choices();
    // One that is gone from the registry can still be taken off.
    let all = move || {
        let mut all = operators.get();
        for id in chosen.get_untracked() {
            if !all.iter().any(|one| one.value == id) {
                all.push(Choice::new(id.clone(), id));
            }
        }
        all
    };
    let set = move |id: &str, on: bool| {
        chosen.update(|chosen| {
            chosen.retain(|other| other != id);
            if on {
                chosen.push(id.to_owned());
            }
        });
    };
    view! {
        <Flag label=tr!(schedules.parameter_pending) value=part_of(value, |all| &mut all.only_pending)/>
        <div class="form-grid">
            <NumberField
                label=tr!(schedules.parameter_at_once)
                hint=tr!(schedule_editor.at_once_hint)
                value=part_of(value, |all| &mut all.at_once)
                error=errors.of("parameters.limite_execucoes_simultaneas")
            />
            <MonthOffset label=tr!(schedule_editor.month_downloaded) value=part_of(value, |all| &mut all.downloaded_month) errors/>
        </div>
        <div class="stack stack--tight" role="group" aria-label=tr!(schedules.parameter_operators)>
            <span class="field__label">{tr!(schedules.parameter_operators)}</span>
            <div class="toggles">
                {move || all().into_iter().map(|one| {
                    let (mine, asked) = (one.value.clone(), one.value);
                    view! {
                        <Toggle
                            word=one.label.clone()
                            name=one.label
                            on=Signal::derive(move || chosen.with(|chosen| chosen.contains(&mine)))
                            on_change=move |on| set(&asked, on)
                        />
                    }
                }).collect_view()}
            </div>
            <Refused error=errors.within("parameters.operator_ids")/>
            <span class="field__hint">{move || if chosen.with(Vec::is_empty) { tr!(schedule_editor.operators_all) } else { tr!(schedule_editor.operators_some) }}</span>
        </div>
    }
    .into_any()
}

#[component]
fn Report(value: RwSignal<Parameters>, errors: Errors) -> impl IntoView {
    let to = part_of(value, |all| &mut all.to);
    let add = Callback::new(move |typed: String| {
        // Several at once, as they are copied from a mail program.
        let typed: Vec<String> = typed
            .split([',', ';', ' '])
            .map(|one| one.trim().to_owned())
            .filter(|one| !one.is_empty())
            .collect();
        let all_good = typed.iter().all(|one| is_email(one));
        if all_good {
            to.update(|to| {
                for one in typed {
                    if !to.contains(&one) {
                        to.push(one);
                    }
                }
            });
        }
        all_good
    });
    let remove = Callback::new(move |place: usize| remove_at(to, place));
    let languages = Choice::list([("pt-BR", "Português"), ("en", "English")]);
    view! {
        <Chips
            label=tr!(schedules.parameter_to)
            hint=tr!(schedule_editor.recipients_hint)
            error=errors.within("parameters.to")
            not_taken=tr!(schedule_editor.not_an_email)
            values=to
            add
            remove
            placeholder="ana@example.com"
        />
        <div class="form-grid">
            <MonthOffset label=tr!(schedule_editor.month_reported) value=part_of(value, |all| &mut all.reported_month) errors/>
            <Field label=tr!(schedules.parameter_language) error=errors.of("parameters.language")>
                <Select value=part_of(value, |all| &mut all.language) options=languages/>
            </Field>
        </div>
        <Flag label=tr!(schedules.parameter_csv) value=part_of(value, |all| &mut all.attach_csv)/>
        <Flag label=tr!(schedules.parameter_only_if_pending) value=part_of(value, |all| &mut all.only_if_pending)/>
    }
    .into_any()
}

#[component]
fn CleanUp(value: RwSignal<Parameters>, errors: Errors) -> impl IntoView {
    let wanted = Callback::new(move |()| {
        let mut wrong = Wrong::new();
        let told = value.with_untracked(|all| all.write(ScheduleKind::CleanUp, &mut wrong));
        if !wrong.is_empty() {
            return Err(as_fields(&wrong));
        }
        serde_json::from_value::<retention::CleanUpParameters>(Value::Object(told)).map_err(|_| Vec::new())
    });
    view! {
        <p class="small muted">{tr!(schedule_editor.retention_hint)}</p>
        <div class="form-grid">
            <NumberField label=tr!(schedule_editor.executions_days) hint=between(&retention::EXECUTIONS_DAYS) value=part_of(value, |all| &mut all.executions_days) error=errors.of("parameters.executions_days")/>
            <NumberField label=tr!(schedule_editor.jobs_days) hint=between(&retention::JOBS_DAYS) value=part_of(value, |all| &mut all.jobs_days) error=errors.of("parameters.jobs_days")/>
            <NumberField label=tr!(schedule_editor.webhooks_days) hint=between(&retention::WEBHOOKS_DAYS) value=part_of(value, |all| &mut all.webhooks_days) error=errors.of("parameters.webhooks_days")/>
            <NumberField label=tr!(schedule_editor.emails_days) hint=between(&retention::EMAILS_DAYS) value=part_of(value, |all| &mut all.emails_days) error=errors.of("parameters.emails_days")/>
            <NumberField label=tr!(schedule_editor.runs_days) hint=between(&retention::RUNS_DAYS) value=part_of(value, |all| &mut all.runs_days) error=errors.of("parameters.runs_days")/>
            <NumberField label=tr!(schedule_editor.uploads_hours) hint=between(&retention::UPLOADS_HOURS) value=part_of(value, |all| &mut all.uploads_hours) error=errors.of("parameters.uploads_hours")/>
        </div>
        <p class="small muted">{tr!(schedule_editor.retention_stays)}</p>
        <RetentionPreview wanted/>
    }
    .into_any()
}

/// `30 a 3.650`
fn between(allowed: &std::ops::RangeInclusive<i32>) -> String {
    let (from, to) = (i64::from(*allowed.start()), i64::from(*allowed.end()));
    tr!(
        schedule_editor.between,
        from = format::count(from),
        to = format::count(to)
    )
}

#[component]
fn BackUp(value: RwSignal<Parameters>, errors: Errors) -> impl IntoView {
    let target = part_of(value, |all| &mut all.target);
    let targets = Signal::derive(move || {
        let mut all = vec![Choice::new(OWN_TARGET, tr!(schedules.parameter_target_default))];
        let now = target.get();
        if !now.is_empty() && now != OWN_TARGET {
            all.push(Choice::new(now.clone(), now));
        }
        all
    });
    view! {
        <Field label=tr!(schedules.parameter_target) hint=tr!(schedule_editor.target_hint) error=errors.of("parameters.target")>
            <Select value=target options=targets/>
        </Field>
        <Flag label=tr!(schedules.parameter_documents) value=part_of(value, |all| &mut all.documents)/>
        <Flag label=tr!(schedules.parameter_encrypt) value=part_of(value, |all| &mut all.encrypt)/>
        <Refused error=errors.of("parameters.encrypt")/>
        <div class="form-grid">
            <NumberField label=tr!(schedules.parameter_keep_last) value=part_of(value, |all| &mut all.keep_last) error=errors.of("parameters.keep_last")/>
            <NumberField label=tr!(schedules.parameter_keep_weekly) value=part_of(value, |all| &mut all.keep_weekly) error=errors.of("parameters.keep_weekly")/>
            <NumberField label=tr!(schedules.parameter_keep_monthly) value=part_of(value, |all| &mut all.keep_monthly) error=errors.of("parameters.keep_monthly")/>
        </div>
    }
    .into_any()
}

pub(super) fn remove_at<T: Send + Sync + 'static>(list: RwSignal<Vec<T>>, place: usize) {
    list.update(|list| {
        if place < list.len() {
            list.remove(place);
        }
    });
}

/// By the server's own rule.
fn is_email(text: &str) -> bool {
    let mut fields = Fields::new();
    fields.email("to", text);
    fields.finish().is_ok()
}

/// `Robôs ao mesmo tempo: 10`
pub fn changes_in_words(changes: &Map<String, Value>) -> String {
    let all: Vec<String> = changes
        .iter()
        .map(|(key, value)| format!("{}: {}", label(key).unwrap_or(key), value_in_words(key, value)))
        .collect();
    all.join(", ")
}

fn value_in_words(key: &str, value: &Value) -> String {
    match value {
        Value::Number(offset) if key == "month_offset" => offset_in_words(offset.as_i64().unwrap_or_default()),
        Value::Bool(true) => tr!(forms.yes).to_owned(),
        Value::Bool(false) => tr!(forms.no).to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(list) if key == "operator_ids" && list.is_empty() => {
            tr!(schedules.parameter_operators_all).to_owned()
        }
        Value::Array(list) if key == "operator_ids" => list.len().to_string(),
        Value::Array(list) => {
            let texts: Vec<&str> = list.iter().filter_map(Value::as_str).collect();
            texts.join(" ")
        }
        other => other.to_string(),
    }
}

/// What a parameter is called in the form.
fn label(key: &str) -> Option<&'static str> {
    Some(match key {
        "month_offset" => tr!(schedules.parameter_month),
        "apenas_processos_pendentes" => tr!(schedules.parameter_pending),
        "limite_execucoes_simultaneas" => tr!(schedules.parameter_at_once),
        "operator_ids" => tr!(schedules.parameter_operators),
        "to" => tr!(schedules.parameter_to),
        "attach_csv" => tr!(schedules.parameter_csv),
        "language" => tr!(schedules.parameter_language),
        "only_if_pending" => tr!(schedules.parameter_only_if_pending),
        "executions_days" => tr!(schedule_editor.executions_days),
        "jobs_days" => tr!(schedule_editor.jobs_days),
        "webhooks_days" => tr!(schedule_editor.webhooks_days),
        "emails_days" => tr!(schedule_editor.emails_days),
        "runs_days" => tr!(schedule_editor.runs_days),
        "uploads_hours" => tr!(schedule_editor.uploads_hours),
        "documents" => tr!(schedules.parameter_documents),
        "target" => tr!(schedules.parameter_target),
        "encrypt" => tr!(schedules.parameter_encrypt),
        "keep_last" => tr!(schedules.parameter_keep_last),
        "keep_weekly" => tr!(schedules.parameter_keep_weekly),
        "keep_monthly" => tr!(schedules.parameter_keep_monthly),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at what is not there")]

    use serde_json::json;

    use super::*;

    #[test]
    fn changes_are_said_with_the_names_of_the_form() {
        let said = |changes: Value| changes_in_words(changes.as_object().unwrap());
        assert_eq!(
            said(json!({"limite_execucoes_simultaneas": 10, "apenas_processos_pendentes": false})),
            "Só os que aguardam fatura: não, Robôs ao mesmo tempo: 10"
        );
        assert_eq!(said(json!({"month_offset": -1})), "Mês: o mês anterior");
        assert_eq!(said(json!({"month_offset": -3})), "Mês: 3 meses antes");
        assert_eq!(said(json!({"operator_ids": []})), "Operadoras: todas");
        assert_eq!(
            said(json!({"to": ["ana@example.com", "bia@example.com"]})),
            "Destinatários: ana@example.com bia@example.com"
        );
        assert_eq!(said(json!({"of_a_newer_program": 3})), "of_a_newer_program: 3");
    }

    #[test]
    fn recipients_are_checked_as_the_server_checks_them() {
        for (text, good) in [("ana@example.com", true), ("ana", false), ("ana@", false), ("", false)] {
            assert_eq!(is_email(text), good, "{text}");
        }
    }
}
