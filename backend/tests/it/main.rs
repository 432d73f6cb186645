//! Tests of the whole server over real HTTP, each on SQLite and on PostgreSQL. Run them with `cargo xtask test`, which
//! starts a PostgreSQL of its own, or set `ESTEIRA_TEST_POSTGRES_URL`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test that meets the unexpected shall panic"
)]

mod addresses;
mod administration;
mod authorisation;
mod backups;
mod below;
mod calendars;
mod chaos;
mod cli;
mod conformance;
mod connections;
mod doors;
mod engine;
mod executions;
mod faults;
mod http;
mod idempotency;
mod integrity;
mod logs;
mod mail;
mod maintenance;
mod model;
mod months;
mod postgres;
mod processes;
mod queries;
mod queue;
mod reasons;
mod registry;
mod reports;
mod retention;
mod scheduled;
mod scheduler;
mod schedules;
mod sending;
mod sentences;
mod statements;
mod structure;
mod support;
mod uploads;
mod webhooks;
