//! The server's API: one file per application, one typed function per endpoint. Pages never see addresses.

pub mod administration;
mod client;
pub mod clients;
mod error;
pub mod home;
pub mod jobs;
pub mod operators;
pub mod processes;
pub mod search;
mod upload;
pub mod webhooks;

pub use client::{on_session_over, query_string};
pub use error::{ApiError, Cause};
pub use upload::{UploadAbort, UploadProgress};

/// What every call answers.
pub type ApiResult<T> = Result<T, ApiError>;

/// Where the live stream is; `state::live` opens it.
pub const EVENTS_URL: &str = "/api/v1/events";
