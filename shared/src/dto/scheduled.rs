//! What kinds of schedules are told, and what their runs answer.

use serde::{Deserialize, Serialize};

use crate::{
    error::{FieldCode, FieldError},
    ids::{OperatorId, ProcessId},
    month::Month,
    reason::ReasonDto,
    validate::{Fields, Validate},
};

/// Months from the nominal one, either way.
pub const MONTH_OFFSETS: std::ops::RangeInclusive<i32> = -12..=1;
/// Robots of one schedule at once.
pub const ROBOTS_AT_ONCE: std::ops::RangeInclusive<i32> = 1..=100;
/// Operators that one schedule names.
pub const OPERATORS: usize = 200;
/// Things that a result names; more are only counted.
pub const NAMED: usize = 100;

/// Opens a month.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OpenMonthParameters {
    /// Which month, counted from the one of the nominal time: 0 is that one, -1 the one before.
    pub month_offset: i32,
}

/// Starts robots for what waits for an invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StartDownloadsParameters {
    /// Only `AGUARDANDO_DOWNLOAD`; otherwise also `ERRO_DOWNLOAD`.
    pub apenas_processos_pendentes: bool,
    /// Of this schedule's robots, how many are at work at once.
    pub limite_execucoes_simultaneas: i32,
    /// Empty: every operator with a robot.
    pub operator_ids: Vec<OperatorId>,
    /// As of [`OpenMonthParameters`].
    pub month_offset: i32,
}

impl Default for StartDownloadsParameters {
    fn default() -> Self {
        Self {
            apenas_processos_pendentes: true,
            limite_execucoes_simultaneas: 5,
            operator_ids: Vec::new(),
            month_offset: 0,
        }
    }
}

impl Validate for OpenMonthParameters {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        let mut fields = Fields::new();
        month_offset(&mut fields, self.month_offset);
        fields.finish()
    }
}

impl Validate for StartDownloadsParameters {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        let mut fields = Fields::new();
        if !ROBOTS_AT_ONCE.contains(&self.limite_execucoes_simultaneas) {
            let message = format!("between {} and {}", ROBOTS_AT_ONCE.start(), ROBOTS_AT_ONCE.end());
            fields.push("limite_execucoes_simultaneas", FieldCode::OutOfRange, message);
        }
        if self.operator_ids.len() > OPERATORS {
            let message = format!("at most {OPERATORS}; leave it empty for all");
            fields.push("operator_ids", FieldCode::OutOfRange, message);
        }
        month_offset(&mut fields, self.month_offset);
        fields.finish()
    }
}

fn month_offset(fields: &mut Fields, offset: i32) {
    if !MONTH_OFFSETS.contains(&offset) {
        let message = format!("between {} and {}", MONTH_OFFSETS.start(), MONTH_OFFSETS.end());
        fields.push("month_offset", FieldCode::OutOfRange, message);
    }
}

/// What the opening of a month by a schedule did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonthOpening {
    pub month: Month,
    pub opened: i64,
    /// There were already.
    pub existed: i64,
    /// Could not be opened.
    pub failures: i64,
    /// The first of them.
    pub failed: Vec<LeftOut>,
}

/// What the start of downloads by a schedule did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DownloadsStarted {
    pub month: Month,
    /// Robots that were started, or wait for their place under the limits.
    pub started: i64,
    /// Were not to be started; `skipped` names the first of them.
    pub skips: i64,
    pub skipped: Vec<LeftOut>,
    /// Could not be started; `failed` names the first of them.
    pub failures: i64,
    pub failed: Vec<LeftOut>,
}

/// One thing that a run left out, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// Absent when there is no process yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub process_id: Option<ProcessId>,
    pub client_name: String,
    pub operator_name: String,
    pub reason: ReasonDto,
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use serde_json::{from_value, json};

    use super::*;

    #[test]
    fn what_is_left_out_is_the_usual_and_what_is_unknown_is_refused() {
        let usual: StartDownloadsParameters = from_value(json!({})).unwrap();
        assert_eq!(usual, StartDownloadsParameters::default());
        assert!(usual.apenas_processos_pendentes);
        assert_eq!((usual.limite_execucoes_simultaneas, usual.month_offset), (5, 0));
        assert!(from_value::<StartDownloadsParameters>(json!({ "limite": 3 })).is_err());
        assert!(from_value::<OpenMonthParameters>(json!({ "month": "2026-10" })).is_err());
    }

    #[test]
    fn a_number_out_of_range_is_named() {
        let fields = |parameters: StartDownloadsParameters| -> Vec<String> {
            let refused = parameters.validate().err().unwrap_or_default();
            refused.into_iter().map(|error| error.field).collect()
        };
        let usual = StartDownloadsParameters::default;
        assert!(fields(usual()).is_empty());
        for limit in [0, 101, -1] {
            let limited = StartDownloadsParameters {
                limite_execucoes_simultaneas: limit,
                ..usual()
            };
            assert_eq!(fields(limited), ["limite_execucoes_simultaneas"]);
        }
        for month_offset in [-13, 2] {
            let moved = StartDownloadsParameters {
                month_offset,
                ..usual()
            };
            assert_eq!(fields(moved), ["month_offset"]);
            assert!(OpenMonthParameters { month_offset }.validate().is_err());
        }
    }
}
