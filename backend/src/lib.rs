//! The Esteira server. `docs/ARCHITECTURE.md` is the map.

// The API in one place has more types than the compiler's default depth.
#![recursion_limit = "512"]

pub mod app;
pub mod applications;
pub mod archive;
pub mod auth;
pub mod bus;
pub mod calendars;
pub mod cli;
pub mod clock;
pub mod coalesce;
pub mod config;
pub mod db;
pub mod demo;
pub mod engine;
pub mod error;
pub mod fold;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
pub mod housekeeping;
pub mod http;
pub mod integrations;
pub mod language;
pub mod logs;
pub mod object;
pub mod pdf;
pub mod private;
pub mod scheduler;
pub mod secrets;
pub mod simulators;
pub mod storage;
pub mod telemetry;

pub mod administration;
pub mod backups;
pub mod bulk;
pub mod clients;
pub mod executions;
pub mod home;
pub mod jobs;
pub mod mail;
pub mod maintenance;
pub mod operators;
pub mod processes;
pub mod reports;
pub mod retention;
pub mod schedules;
pub mod search;
pub mod sending;
pub mod webhooks;
