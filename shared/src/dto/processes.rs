//! Processes, their documents and moves, and the month matrix.

mod matrix;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

pub use self::matrix::*;
use crate::{
    error::{FieldCode, FieldError, words},
    ids::{AccountId, ClientId, DocumentId, ExecutionId, OperatorId, ProcessId, ProcessMoveId},
    instant::Instant,
    money::Money,
    month::Month,
    reason::ReasonDto,
    status::{ProcessStatus, parse_process_status},
    transition::Move,
    validate::{Cnpj, Fields, Validate},
};

/// One process, as lists and pages show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProcessDto {
    pub id: ProcessId,
    pub client_id: ClientId,
    pub client_name: String,
    pub client_cnpj: Cnpj,
    pub operator_id: OperatorId,
    pub operator_name: String,
    pub account_id: AccountId,
    pub account_number: String,
    pub mes_ano: Month,
    pub status: ProcessStatus,
    pub status_since: Instant,
    /// Where the robot found the invoice.
    pub url_fatura: Option<String>,
    pub fatura_s3_key: Option<String>,
    pub fatura_filename: Option<String>,
    /// SHA-256 of the current document, hexadecimal.
    pub fatura_sha256: Option<String>,
    /// Empty when a robot brought it.
    pub data_upload_manual: Option<Instant>,
    pub data_download: Option<Instant>,
    pub valor_fatura: Option<Money>,
    pub data_vencimento: Option<NaiveDate>,
    pub data_envio_sat: Option<Instant>,
    pub sat_protocol: Option<String>,
    pub approved_by: Option<String>,
    pub approved_at: Option<Instant>,
    pub rejection_reason: Option<String>,
    /// Cause, failing step and recommended action of the last failure; cleared by the next success.
    pub error: Option<ProcessError>,
    pub created_at: Instant,
    pub updated_at: Instant,
    pub version: i32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProcessError {
    pub cause: String,
    /// The same as code and arguments.
    pub cause_coded: ReasonDto,
    pub step: Option<String>,
    pub recommended_action: Option<String>,
    /// The same as code and arguments.
    pub recommended_action_coded: Option<ReasonDto>,
}

/// Everything the process page and the review show.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProcessDetailDto {
    pub process: ProcessDto,
    /// The legal moves from here, whoever makes them.
    pub allowed: Vec<Move>,
    /// Newest first.
    pub moves: Vec<ProcessMoveDto>,
    /// Newest first. The current one is the first, unless the process was reopened and waits for another.
    pub documents: Vec<DocumentDto>,
    pub review: ReviewFacts,
    /// The sending that runs or waits now, or the last that ended.
    pub last_job: Option<crate::dto::jobs::JobDto>,
    /// Runs of robots for it, newest first, at most 20.
    pub executions: Vec<super::executions::ExecutionDto>,
    /// Its operator has a robot, and an address of the API is set.
    pub robot_available: bool,
    /// Why nobody works on the newest run; only of one that waits.
    pub run_waiting: Option<super::jobs::WaitingDto>,
    /// Why that run waits once more.
    pub run_waiting_cause: Option<String>,
    /// The same as code and arguments.
    pub run_waiting_cause_coded: Option<ReasonDto>,
    /// The newest runs of their kind whose end nobody knows, and about which the API may be asked once more.
    pub resumable: Vec<ExecutionId>,
}

/// One recorded move.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProcessMoveDto {
    pub id: ProcessMoveId,
    pub at: Instant,
    /// Name of the person or token, or `sistema`.
    pub actor: String,
    #[serde(rename = "move")]
    pub by: Move,
    /// Absent for the opening.
    pub from: Option<ProcessStatus>,
    pub to: ProcessStatus,
    pub reason: Option<String>,
    /// The same as code and arguments.
    pub reason_coded: Option<ReasonDto>,
}

/// One version of a process's PDF.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DocumentDto {
    pub id: DocumentId,
    /// 1 for the first.
    pub number: i32,
    pub filename: String,
    pub size_bytes: i64,
    pub pages: i32,
    /// Hexadecimal.
    pub sha256: String,
    pub uploaded_by: String,
    pub created_at: Instant,
}

/// Facts beside the document that help to judge it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReviewFacts {
    pub previous_value: Option<Money>,
    /// Of the three months before, where known.
    pub average_value: Option<Money>,
    /// Other processes that hold the same bytes.
    pub same_document: Vec<DocumentPlace>,
}

/// Where a document is kept; `details` of `duplicate_document` is a list of these.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DocumentPlace {
    pub process_id: ProcessId,
    pub client_name: String,
    pub operator_name: String,
    pub mes_ano: Month,
    pub filename: String,
    pub number: i32,
    pub created_at: Instant,
}

super::word_list! {
    /// Statuses in a query, as words between commas. Empty means any.
    StatusList of ProcessStatus, read by parse_process_status, for example "ERRO_DOWNLOAD,REJEITADO"
}

/// Which processes: the same in lists, exports and bulk actions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ProcessFilter {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub month: Option<Month>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator_id: Option<OperatorId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<ClientId>,
    #[serde(default, skip_serializing_if = "StatusList::is_empty")]
    pub status: StatusList,
    /// Only those longer in their status than the organisation's setting, and not done.
    #[serde(default)]
    pub late: bool,
    /// Part of the client's name, or the start of its CNPJ.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
}

words! {
    /// Order of the process list.
    ProcessSort {
        /// Newest first; within one opening, clients in alphabetical order.
        Newest = "-created",
        Oldest = "created",
        /// Longest in its status first.
        LongestWaiting = "status_since",
        ShortestWaiting = "-status_since",
    }
}

/// Filter, order and place of the process list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(deny_unknown_fields)]
pub struct ProcessQuery {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub month: Option<Month>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operator_id: Option<OperatorId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<ClientId>,
    /// Words between commas.
    #[serde(default, skip_serializing_if = "StatusList::is_empty")]
    pub status: StatusList,
    /// Only those longer in their status than the organisation's setting, and not done.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub late: bool,
    /// Part of the client's name, or the start of its CNPJ.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort: Option<ProcessSort>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
}

impl ProcessQuery {
    #[must_use]
    pub fn filter(&self) -> ProcessFilter {
        ProcessFilter {
            month: self.month,
            operator_id: self.operator_id,
            client_id: self.client_id,
            status: self.status.clone(),
            late: self.late,
            q: self.q.clone(),
        }
    }
}

/// Facts of the invoice that a person may set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProcessUpdate {
    pub valor_fatura: Option<Money>,
    #[serde(default, deserialize_with = "crate::instant::day")]
    pub data_vencimento: Option<NaiveDate>,
    pub version: i32,
}

impl Validate for ProcessUpdate {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        let mut fields = Fields::new();
        if self
            .valor_fatura
            .is_some_and(|value| !(0..=100_000_000_000).contains(&value.0))
        {
            fields.push("valor_fatura", FieldCode::OutOfRange, "between 0.00 and 1000000000.00");
        }
        fields.finish()
    }
}

/// Approves the document that the person saw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProcessApprove {
    pub version: i32,
    /// Of the document on screen; another current document answers `document_changed`.
    pub sha256: String,
}

/// A move that needs a reason: reject. Withdraw and reopen may give one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProcessReject {
    pub version: i32,
    pub reason: String,
}

impl Validate for ProcessReject {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        let mut fields = Fields::new();
        fields.text("reason", &self.reason, 500);
        fields.finish()
    }
}

/// Sends the approved document to SAT.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProcessSend {
    pub version: i32,
    /// Needed after `sat_unclear`: the person knows that SAT may have the document.
    #[serde(default)]
    pub despite_doubt: bool,
}

/// Says that SAT has the approved document, although no answer of SAT said so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProcessConfirm {
    pub version: i32,
    /// SAT's number for the document, as the person found it there.
    pub protocol: String,
    /// How they know; it stands in the history.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Validate for ProcessConfirm {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        let mut fields = Fields::new();
        fields.text("protocol", &self.protocol, 200);
        fields.optional_text("note", self.note.as_deref(), 500);
        fields.finish()
    }
}

/// A move that needs nothing but the version seen: withdraw, reopen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProcessMove {
    pub version: i32,
}

/// Options of an upload; the PDF itself is the body.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(deny_unknown_fields)]
pub struct DocumentUpload {
    /// The name on the person's disk; only shown, never a path.
    pub filename: String,
    /// True: keep the bytes although they are kept elsewhere already.
    #[serde(default)]
    pub accept_duplicate: bool,
}

/// Result of opening a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MonthOpened {
    pub month: Month,
    /// Processes made now.
    pub opened: i64,
    /// Accounts that had theirs already.
    pub existing: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StatusCount {
    pub status: ProcessStatus,
    pub count: i64,
}
