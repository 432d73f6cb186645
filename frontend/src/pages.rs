//! One folder per application; `frame` and `access` stand around them.

pub mod access;
pub mod administration;
pub mod backups;
pub mod calendars;
pub mod clients;
pub mod emails;
pub mod executions;
pub mod frame;
pub mod home;
pub mod maintenance;
pub mod monitor;
pub mod month;
pub mod operators;
pub mod processes;
pub mod review;
pub mod schedules;
#[cfg(debug_assertions)]
pub mod showcase;
pub mod webhooks;
