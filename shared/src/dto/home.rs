//! Início: what needs people now, and how the month goes.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{
    dto::{
        executions::ExecutionDto,
        jobs::JobDto,
        processes::{DocumentPlace, StatusCount},
    },
    ids::OperatorId,
    instant::Instant,
    money::Money,
    month::Month,
    reason::ReasonDto,
};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HomeDto {
    /// The most recent opened month, which the numbers below are about.
    pub month: Option<Month>,
    pub counts: Vec<StatusCount>,
    /// When the oldest document waiting for approval began to wait, in any month.
    pub oldest_waiting_since: Option<Instant>,
    /// Unfinished processes whose due date is at most three days away or past.
    pub due_soon: i64,
    pub late: i64,
    pub burn_up: Vec<BurnUpDay>,
    /// The same for the month before, aligned by day of the opening.
    pub previous_burn_up: Vec<BurnUpDay>,
    pub operators: Vec<OperatorProgress>,
    pub running: Vec<RunningJob>,
    pub robots: RobotsNow,
    /// Share of sendings of the last 30 days that ended well, 0 to 100.
    pub send_success_percent: Option<f64>,
    /// Median time of a sending in the last 30 days.
    pub send_median_ms: Option<i64>,
    /// Current documents that the store was found not to hold as they were received, in the last 30 days. Newest first,
    /// at most twenty.
    pub damaged: Vec<DocumentPlace>,
    /// Slots of schedules that did not run and wait for somebody's word; more than 1,000 are not counted.
    pub missed: i64,
}

/// Robots at work, and how they did lately.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RobotsNow {
    pub running: i64,
    pub waiting: i64,
    /// Those that began last, at most eight.
    pub executions: Vec<ExecutionDto>,
    /// Runs whose end nobody knows, which a person has to decide.
    pub unknown: i64,
    /// Share of downloads of the last 30 days that ended well, 0 to 100.
    pub success_percent: Option<f64>,
    /// Median time of a download in the last 30 days.
    pub median_seconds: Option<i64>,
}

/// Processes done up to and including a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BurnUpDay {
    pub day: NaiveDate,
    pub done: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OperatorProgress {
    pub operator_id: OperatorId,
    pub name: String,
    pub counts: Vec<StatusCount>,
    pub total: i64,
    /// Sum of the values of approved and sent invoices.
    pub approved_value: Money,
}

/// A job at work with its last log line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RunningJob {
    pub job: JobDto,
    /// How people know what it is about.
    pub title: String,
    pub last_line: Option<String>,
    /// The same as code and arguments.
    pub last_line_coded: Option<ReasonDto>,
}
