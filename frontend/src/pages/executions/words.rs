//! A run of a robot in words.

use chrono::{DateTime, Utc};
use esteira_shared::{
    dto::{bulk::ExecutionAction, executions::ExecutionDto, processes::ProcessError},
    status::{ExecutionStatus, ExecutionType, Tone},
};
use leptos::prelude::*;
use serde_json::Value;

use crate::{
    components::Mark,
    i18n::{counted, tr},
    text::{format, reasons, status},
};

/// Where robots wait for their turn.
pub const QUEUE: &str = "robots";

/// The class of every run that the external API does.
const EXTERNAL: &str = "API_EXTERNA";

/// `Clínica Saúde Total · VIVO · 10/2026`
pub fn title(execution: &ExecutionDto) -> String {
    format!("{} · {}", execution.client_name, place(execution))
}

/// `VIVO · 10/2026`
pub fn place(execution: &ExecutionDto) -> String {
    format!(
        "{} · {}",
        execution.operator_name,
        format::month_digits(execution.mes_ano)
    )
}

/// Enough to tell rows apart when read aloud.
pub(super) fn label(execution: &ExecutionDto) -> String {
    format!(
        "{}, {}, {}",
        title(execution),
        status::execution_type(execution.tipo),
        attempt(execution)
    )
}

/// `tentativa 2`
pub fn attempt(execution: &ExecutionDto) -> String {
    tr!(executions.attempt_number, number = execution.attempt)
}

/// The status, or what matters more: that its end was asked for, or that nobody knows it or can tell how it stands.
pub fn look(execution: &ExecutionDto) -> (Tone, &'static str) {
    if execution.outcome_unknown {
        (Tone::NeedsYou, tr!(executions.unknown))
    } else if is_ending(execution) {
        (Tone::Running, tr!(executions.cancelling))
    } else if unclear(execution).is_some() {
        (Tone::NeedsYou, tr!(executions.unclear))
    } else {
        (execution.status.tone(), status::execution(execution.status))
    }
}

pub fn mark(execution: &ExecutionDto, pill: bool) -> AnyView {
    let (tone, word) = look(execution);
    view! { <Mark tone word pill/> }.into_any()
}

/// Somebody asked for its end and it has not come.
pub fn is_ending(execution: &ExecutionDto) -> bool {
    !execution.status.is_over() && execution.cancel_requested_at.is_some()
}

/// Why nobody can tell how a robot at work stands.
pub(super) fn unclear(execution: &ExecutionDto) -> Option<&ProcessError> {
    execution.error.as_ref().filter(|_| !execution.status.is_over())
}

/// Whether a bulk action may find it ready; the server has the last word.
pub(super) fn takes(execution: &ExecutionDto, action: ExecutionAction) -> bool {
    match action {
        ExecutionAction::Cancel => !execution.status.is_over() && execution.cancel_requested_at.is_none(),
        ExecutionAction::Rerun => {
            let ended = matches!(execution.status, ExecutionStatus::Falhou | ExecutionStatus::Cancelado);
            ended && !execution.outcome_unknown
        }
    }
}

/// Whether a run is a later attempt at the same thing.
pub(super) fn follows(later: &ExecutionDto, earlier: &ExecutionDto) -> bool {
    later.process_id == earlier.process_id && later.tipo == earlier.tipo && later.attempt > earlier.attempt
}

/// What runs it.
pub fn robot(class: &str) -> String {
    if class == EXTERNAL {
        tr!(executions.api_external).to_owned()
    } else {
        class.to_owned()
    }
}

/// How far it is, for a bar; `None` while the robot has not said.
pub fn share(execution: &ExecutionDto) -> Option<f64> {
    (execution.status == ExecutionStatus::Executando && execution.progress > 0)
        .then(|| f64::from(execution.progress) / 100.0)
}

/// How long it took, or has taken so far; `None` when the robot never began.
pub fn elapsed_ms(execution: &ExecutionDto, now: DateTime<Utc>) -> Option<i64> {
    if let Some(seconds) = execution.tempo_execucao_segundos {
        return Some(seconds.saturating_mul(1_000));
    }
    let start = execution.data_inicio?;
    // The page's clock moves in steps; what began after the last of them has not taken less than nothing.
    let end = execution.data_finalizacao.map_or(now.max(*start), |end| *end);
    Some((end - *start).num_milliseconds())
}

/// The API has it and has not begun: nothing here holds it.
pub fn waits_there(execution: &ExecutionDto) -> bool {
    let waits = execution.status == ExecutionStatus::Pendente && execution.cancel_requested_at.is_none();
    waits && execution.external_job_id.is_some() && unclear(execution).is_none()
}

/// What another robot may do twice while nobody knows how the one before ended.
pub(super) fn doubt(tipo: ExecutionType) -> &'static str {
    match tipo {
        ExecutionType::DownloadFatura => tr!(executions.doubt_download),
        ExecutionType::UploadSat => tr!(executions.doubt_send),
    }
}

/// Why it failed, or what the robot said last; with quotes marked.
pub fn said(execution: &ExecutionDto) -> Option<String> {
    match execution.status {
        ExecutionStatus::Pendente | ExecutionStatus::Executando => execution.last_line.as_deref().map(reasons::quoted),
        _ => execution
            .error
            .as_ref()
            .map(|error| &error.cause_coded)
            .or(execution.mensagem_final_coded.as_ref())
            .map(reasons::told),
    }
}

/// `14:05:31` in the organisation's zone.
pub fn clock(at: DateTime<Utc>) -> String {
    let whole = format::date_time_seconds(at);
    whole
        .split_once(' ')
        .map_or_else(|| whole.clone(), |(_, time)| time.to_owned())
}

pub(super) fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_else(|_| value.to_string())
}

pub(super) fn bulk_title(action: ExecutionAction) -> &'static str {
    match action {
        ExecutionAction::Cancel => tr!(executions.bulk_cancel_title),
        ExecutionAction::Rerun => tr!(executions.bulk_rerun_title),
    }
}

/// The verb of a bulk action, with how many it is for.
pub(super) fn bulk_verb(action: ExecutionAction, count: i64) -> String {
    let count = format::count(count);
    match action {
        ExecutionAction::Cancel => tr!(executions.bulk_cancel_count, count = count),
        ExecutionAction::Rerun => tr!(executions.bulk_rerun_count, count = count),
    }
}

pub(super) fn bulk_eligible(action: ExecutionAction, eligible: i64, matching: i64) -> String {
    let (eligible, matching) = (format::count(eligible), format::count(matching));
    match action {
        ExecutionAction::Cancel => tr!(
            executions.bulk_cancel_eligible,
            eligible = eligible,
            matching = matching
        ),
        ExecutionAction::Rerun => tr!(executions.bulk_rerun_eligible, eligible = eligible, matching = matching),
    }
}

/// `12 canceladas`
pub(super) fn bulk_done(action: ExecutionAction, count: i64) -> String {
    match action {
        ExecutionAction::Cancel => counted!(
            executions.bulk_cancel_done_single,
            executions.bulk_cancel_done_many,
            count
        ),
        ExecutionAction::Rerun => counted!(
            executions.bulk_rerun_done_single,
            executions.bulk_rerun_done_many,
            count
        ),
    }
}
