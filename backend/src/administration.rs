//! First run, sign-in, users, tokens, the organisation's settings and the audit trail.

mod api;
pub mod audit_event;
mod first_run;
pub mod organization;
mod routes;
pub mod token;
pub mod user;

pub use routes::routes;
