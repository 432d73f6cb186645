//! Wire structs, one file per application.

pub mod administration;
pub mod clients;
pub mod executions;
pub mod health;
pub mod home;
pub mod jobs;
pub mod operators;
pub mod processes;
pub mod search;
pub mod webhooks;
