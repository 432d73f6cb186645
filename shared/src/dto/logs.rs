//! Logs of what runs elsewhere, line by line.

use serde::{Deserialize, Serialize};

use crate::{ids::LogId, instant::Instant, status::LogLevel};

/// One line of a log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LogLineDto {
    /// Counts from 1, without gaps.
    pub seq: i64,
    pub at: Instant,
    pub level: LogLevel,
    /// As the robot wrote it, ANSI sequences included; one line, at most 16 KiB.
    pub message: String,
}

/// A stretch of a log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LogPageDto {
    pub lines: Vec<LogLineDto>,
    /// Number of the newest line.
    pub total: i64,
    /// Number of the first line of level `error`.
    pub first_error: Option<i64>,
    /// Nothing more will be written.
    pub ended: bool,
}

/// Most lines of one [`LogPageDto`].
pub const LOG_LINES: i64 = 1_000;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(deny_unknown_fields)]
pub struct LogQuery {
    /// Number of the first line wanted; absent: the end of the log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<i64>,
    /// 1 to 1,000; 200 when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
}

/// How a log is downloaded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(deny_unknown_fields)]
pub struct LogDownloadQuery {
    /// Keeps colours and other codes that terminals obey; they are left out otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub escapes: Option<bool>,
}

/// Looks for lines.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(deny_unknown_fields)]
pub struct LogMatchQuery {
    /// Part of the line, in any case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
    /// This level and what is worse.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<LogLevel>,
    /// Only lines after this number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<i64>,
}

/// Numbers of the lines that match, in their order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LogMatchesDto {
    /// At most 10,000.
    pub seqs: Vec<i64>,
    /// Up to here the log was looked through; more may match after it.
    pub searched_to: i64,
    /// True when the log was looked through to its end.
    pub complete: bool,
}

/// Lines of a log on the live stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LogChunk {
    pub log_id: LogId,
    pub lines: Vec<LogLineDto>,
}
