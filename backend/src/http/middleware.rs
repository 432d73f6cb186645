//! What happens to every request.

pub mod access_log;
pub mod headers;
pub mod request_id;
