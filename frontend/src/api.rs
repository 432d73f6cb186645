//! The server's API: one file per application, one typed function per endpoint. Pages never see addresses.

pub mod administration;
pub mod backups;
pub mod calendars;
mod client;
pub mod clients;
pub mod emails;
mod error;
pub mod executions;
pub mod executions_log;
pub mod home;
pub mod jobs;
pub mod maintenance;
pub mod operators;
pub mod processes;
pub mod retention;
pub mod schedules;
pub mod search;
mod upload;
pub mod webhooks;

use esteira_shared::ids::LogId;

pub use client::{on_session_over, query_string};
pub use error::{ApiError, Cause};
pub use upload::{UploadAbort, UploadProgress};

/// What every call answers.
pub type ApiResult<T> = Result<T, ApiError>;

/// Where the live stream is; `state::live` opens it. With a log its lines come too, after the one of that number.
pub fn events_address(log: Option<(LogId, i64)>) -> String {
    match log {
        Some((log, after)) => client::address(&format!("/events?log={log}&after={after}")),
        None => client::address("/events"),
    }
}
