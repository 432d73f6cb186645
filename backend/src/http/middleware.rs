//! What happens to every request.

pub mod access_log;
pub mod headers;
pub mod linger;
pub mod request_id;
