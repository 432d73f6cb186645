//! Runs of robots, and the connection to the API that runs them.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{jobs::WaitingDto, processes::ProcessError};
use crate::{
    error::{FieldCode, FieldError, words},
    ids::{ClientId, ExecutionId, JobId, OperatorId, ProcessId},
    instant::Instant,
    month::Month,
    reason::ReasonDto,
    status::{ExecutionStatus, ExecutionType, ResultEffect, SatTransport},
    validate::{Fields, Validate},
};

/// One run of a robot for a process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExecutionDto {
    pub id: ExecutionId,
    pub process_id: ProcessId,
    pub client_id: ClientId,
    pub client_name: String,
    pub operator_id: OperatorId,
    pub operator_name: String,
    pub mes_ano: Month,
    pub tipo: ExecutionType,
    pub status: ExecutionStatus,
    /// `API_EXTERNA`, or the local robot's name.
    pub classe_rpa_utilizada: String,
    /// Runs of the same kind for the same process, this one included; counts from 1.
    pub attempt: i32,
    /// 0 to 100, never backwards.
    pub progress: i32,
    /// The newest line of its log.
    pub last_line: Option<String>,
    pub mensagem_final: Option<String>,
    /// The same as code and arguments.
    pub mensagem_final_coded: Option<ReasonDto>,
    /// Why it failed, at which step, and what to do. While it is at work: that the API tells no status that is known here,
    /// so that nobody can tell how it stands.
    pub error: Option<ProcessError>,
    /// True when nobody knows how the robot ended, or whether it began: a person decides.
    pub outcome_unknown: bool,
    /// The API's own id.
    pub external_job_id: Option<String>,
    /// Who wanted it.
    pub requested_by: String,
    pub created_at: Instant,
    /// When the robot began.
    pub data_inicio: Option<Instant>,
    pub data_finalizacao: Option<Instant>,
    /// As the robot measured it, or between beginning and end.
    pub tempo_execucao_segundos: Option<i64>,
    /// Somebody asked for its end; it ends at the latest at `cancel_deadline`.
    pub cancel_requested_at: Option<Instant>,
    pub cancel_deadline: Option<Instant>,
    /// Number of the newest line of the log.
    pub log_lines: i64,
    /// The job of the engine that runs it.
    pub job_id: JobId,
}

/// An execution with all that its page shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExecutionDetailDto {
    pub execution: ExecutionDto,
    /// What the robot was given, without the password.
    pub parametros_entrada: Value,
    /// Parameters of `parametros_entrada` that a person added; a new run may change these.
    pub parametros: Map<String, Value>,
    /// The whole answer of the API, as it came, unless it is longer than [`RESULTADO_BYTES`].
    pub resultado: Option<Value>,
    /// Bytes of an answer that is longer; it can be downloaded.
    pub resultado_bytes: Option<i64>,
    /// What the first 50 entries of the result did; `/executions/{id}/results` tells of all.
    pub results: Vec<ExecutionResultDto>,
    /// Every run of the same kind for the same process, newest first, at most 50.
    pub chain: Vec<ExecutionDto>,
    /// Why nobody works on it: it does not run yet, or waits to be followed on.
    pub waiting: Option<WaitingDto>,
    /// Why it waits once more: the failure before, of the same run or of the one that it repeats.
    pub waiting_cause: Option<String>,
    /// The same as code and arguments.
    pub waiting_cause_coded: Option<ReasonDto>,
    /// The address that was called.
    pub endpoint: Option<String>,
    /// What may be done now.
    pub can_cancel: bool,
    pub can_rerun: bool,
    /// Asking the API once more may tell how it ended.
    pub can_resume: bool,
}

/// Longest answer of the API, as JSON, that comes with its run.
pub const RESULTADO_BYTES: usize = 256 * 1024;

/// Pages of what the entries of a result did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(deny_unknown_fields)]
pub struct ExecutionResultQuery {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
}

/// One entry of a result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExecutionResultDto {
    /// Its place in the payload, from 0.
    pub position: i32,
    pub hash_execucao: Option<String>,
    pub status_final: Option<String>,
    /// The process it belongs to.
    pub process_id: Option<ProcessId>,
    pub effect: ResultEffect,
    /// What was done, or what could not be read.
    pub note: Option<String>,
    /// The same as code and arguments.
    pub note_coded: Option<ReasonDto>,
}

words! {
    /// Order of the execution list.
    ExecutionSort {
        Newest = "-created",
        Oldest = "created",
    }
}

super::word_list! {
    /// Statuses in a query, as words between commas. Empty means any.
    ExecutionStatusList of ExecutionStatus, read by str::parse::<ExecutionStatus>, for example "FALHOU,CANCELADO"
}

/// Which executions: the same in lists and bulk actions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ExecutionFilter {
    #[serde(default, skip_serializing_if = "ExecutionStatusList::is_empty")]
    pub status: ExecutionStatusList,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tipo: Option<ExecutionType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator_id: Option<OperatorId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub process_id: Option<ProcessId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub month: Option<Month>,
    /// Only those that nobody knows the end of.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unknown: bool,
    /// Part of the client's name, or the start of its CNPJ.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
}

/// Filter, order and place of the execution list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(deny_unknown_fields)]
pub struct ExecutionQuery {
    /// Words between commas.
    #[serde(default, skip_serializing_if = "ExecutionStatusList::is_empty")]
    pub status: ExecutionStatusList,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tipo: Option<ExecutionType>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operator_id: Option<OperatorId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub process_id: Option<ProcessId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub month: Option<Month>,
    /// Only those that nobody knows the end of.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unknown: bool,
    /// Part of the client's name, or the start of its CNPJ.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort: Option<ExecutionSort>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
}

impl ExecutionQuery {
    #[must_use]
    pub fn filter(&self) -> ExecutionFilter {
        ExecutionFilter {
            status: self.status.clone(),
            tipo: self.tipo,
            operator_id: self.operator_id,
            process_id: self.process_id,
            month: self.month,
            unknown: self.unknown,
            q: self.q.clone(),
        }
    }
}

/// Bytes of [`ExecutionCreate::parametros`] as JSON.
pub const PARAMETROS_BYTES: usize = 16 * 1024;

/// Starts a robot for one process.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ExecutionCreate {
    pub process_id: ProcessId,
    pub tipo: ExecutionType,
    /// Sent to the robot beside the fixed fields; must not hold these.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub parametros: Map<String, Value>,
}

impl Validate for ExecutionCreate {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        let mut fields = Fields::new();
        check_parametros(&mut fields, &self.parametros);
        fields.finish()
    }
}

/// Runs a robot once more, with the same parameters or with others.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ExecutionRerun {
    /// Absent: those of the run before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parametros: Option<Map<String, Value>>,
}

impl Validate for ExecutionRerun {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        let mut fields = Fields::new();
        if let Some(parametros) = &self.parametros {
            check_parametros(&mut fields, parametros);
        }
        fields.finish()
    }
}

/// Fields of a start that a person's parameters must not replace.
pub const FIXED_PARAMETROS: [&str; 9] = [
    "hash_execucao",
    "servico",
    "operadora",
    "cliente",
    "mes",
    "ano",
    "login",
    "senha",
    "fatura",
];

fn check_parametros(fields: &mut Fields, parametros: &Map<String, Value>) {
    for name in FIXED_PARAMETROS {
        if parametros.contains_key(name) {
            fields.push("parametros", FieldCode::Invalid, format!("{name} is set by Esteira"));
        }
    }
    if serde_json::to_string(parametros).map_or(0, |text| text.len()) > PARAMETROS_BYTES {
        let message = format!("at most {PARAMETROS_BYTES} bytes of JSON");
        fields.push("parametros", FieldCode::OutOfRange, message);
    }
}

/// How robots are reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RobotSettingsDto {
    /// Where the API is; empty until set. An operator may have an address of its own.
    pub url: Option<String>,
    /// Whether a token is kept; the token itself is never sent back.
    pub token_set: bool,
    /// When the API refused the token; absent since it was accepted again or changed.
    pub token_refused_at: Option<Instant>,
    /// The address that refused it: other addresses may take it all the while.
    pub token_refused_endpoint: Option<String>,
    /// The API starts one robot per `Idempotency-Key`, however often it is asked.
    pub honours_keys: bool,
    /// A robot that runs for longer is cancelled.
    pub max_minutes: i32,
    /// Robots at once in the organisation; absent when its limit only spaces their starts.
    pub max_running: Option<i32>,
    /// Robots at once for one operator, unless a limit is set for it.
    pub max_per_operator: i32,
    pub sat_transport: SatTransport,
    pub version: i32,
}

impl RobotSettingsDto {
    /// When the API refused the token, and at which address.
    #[must_use]
    pub fn refusal(&self) -> Option<(Instant, &str)> {
        let endpoint = self.token_refused_endpoint.as_deref().or(self.url.as_deref());
        Some((self.token_refused_at?, endpoint.unwrap_or_default()))
    }
}

/// Changes to how robots are reached.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RobotSettingsUpdate {
    pub url: Option<String>,
    /// Absent: unchanged. Empty: removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    pub honours_keys: bool,
    pub max_minutes: i32,
    /// Absent: unchanged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_running: Option<i32>,
    pub max_per_operator: i32,
    pub sat_transport: SatTransport,
    pub version: i32,
}

impl Validate for RobotSettingsUpdate {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        let mut fields = Fields::new();
        if let Some(url) = self.url.as_deref().filter(|url| !url.is_empty()) {
            fields.url("url", url);
        }
        fields.optional_text("token", self.token.as_deref(), 8_000);
        let figures = [
            ("max_minutes", Some(self.max_minutes), 1..=1_440),
            ("max_running", self.max_running, 1..=1_000),
            ("max_per_operator", Some(self.max_per_operator), 1..=1_000),
        ];
        for (name, value, range) in figures {
            if value.is_some_and(|value| !range.contains(&value)) {
                let message = format!("between {} and {}", range.start(), range.end());
                fields.push(name, FieldCode::OutOfRange, message);
            }
        }
        fields.finish()
    }
}
