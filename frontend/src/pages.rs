//! One folder per application; `frame` and `access` stand around them.

pub mod access;
pub mod administration;
pub mod backups;
pub mod clients;
pub mod executions;
pub mod frame;
pub mod home;
pub mod monitor;
pub mod month;
pub mod operators;
pub mod processes;
pub mod review;
#[cfg(debug_assertions)]
pub mod showcase;
pub mod webhooks;
