//! What happens to every request.

pub mod access_log;
pub mod headers;
pub mod idempotency;
pub mod linger;
pub mod pace;
pub mod request_id;
