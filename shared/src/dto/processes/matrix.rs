//! The month as a matrix of clients and operators.

use serde::{Deserialize, Serialize};

use super::{StatusCount, StatusList};
use crate::{
    ids::{ClientId, OperatorId, ProcessId},
    instant::Instant,
    money::Money,
    month::Month,
    reason::ReasonDto,
    status::ProcessStatus,
};

/// The matrix client × operator of a month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MonthMatrixDto {
    pub month: Month,
    /// Counts of the whole month, not of the filter.
    pub counts: Vec<StatusCount>,
    pub late: i64,
    /// Columns, by name.
    pub operators: Vec<MatrixOperator>,
    /// Rows, by client name; only clients with a process that matches the filter.
    pub rows: Vec<MatrixRow>,
    /// True when the month has more cells than one answer holds: a filter shows the rest.
    pub truncated: bool,
    /// Accounts of active clients that have no process in this month.
    pub unopened_accounts: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MatrixOperator {
    pub id: OperatorId,
    pub name: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MatrixRow {
    pub client_id: ClientId,
    pub client_name: String,
    pub cells: Vec<MatrixCell>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MatrixCell {
    pub process_id: ProcessId,
    pub operator_id: OperatorId,
    pub status: ProcessStatus,
    pub status_since: Instant,
    pub valor_fatura: Option<Money>,
    pub late: bool,
    /// Short cause of a failure, for the cell.
    pub cause: Option<String>,
    /// The same as code and arguments.
    pub cause_coded: Option<ReasonDto>,
}

/// Filter of the matrix.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(deny_unknown_fields)]
pub struct MatrixQuery {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operator_id: Option<OperatorId>,
    /// Words between commas.
    #[serde(default, skip_serializing_if = "StatusList::is_empty")]
    pub status: StatusList,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub late: bool,
    /// Part of the client's name, or the start of its CNPJ.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
}
