//! Whole addresses of pages. Pages link by these, never by a written address.

use std::fmt::Display;

use esteira_shared::{
    dto::{
        executions::ExecutionQuery,
        jobs::JobQuery,
        processes::{MatrixQuery, ProcessQuery},
        schedules::MissedQuery,
        webhooks::WebhookDeliveryQuery,
    },
    month::Month,
};

pub use super::table::addresses::*;
use crate::base::Address;

/// The Monitor's other tabs.
pub const MONITOR_WORKERS: Address = Address("/monitor?tab=workers");
pub const MONITOR_QUEUES: Address = Address("/monitor?tab=queues");
/// As the table would write it.
#[cfg(debug_assertions)]
pub const SHOWCASE: &str = "/_components";

pub fn month(month: Month) -> String {
    format!("{MONTH}/{month}")
}

/// A month's matrix, narrowed.
pub fn month_where(month: Month, query: &MatrixQuery) -> String {
    format!("{MONTH}/{month}{}", crate::api::query_string(query))
}

/// The review of one month.
pub fn review_of(month: Month) -> String {
    format!("{REVIEW}?month={month}")
}

/// The list of processes, narrowed.
pub fn processes_where(query: &ProcessQuery) -> String {
    format!("{PROCESSES}{}", crate::api::query_string(query))
}

pub fn process(id: impl Display) -> String {
    format!("{PROCESSES}/{id}")
}

/// The list of runs of robots, narrowed.
pub fn executions_where(query: &ExecutionQuery) -> String {
    format!("{EXECUTIONS}{}", crate::api::query_string(query))
}

pub fn execution(id: impl Display) -> String {
    format!("{EXECUTIONS}/{id}")
}

pub fn schedule(id: impl Display) -> String {
    format!("{SCHEDULES}/{id}")
}

/// What became of a schedule's slots.
pub fn schedule_history(id: impl Display) -> String {
    format!("{SCHEDULES}/{id}?tab=history")
}

/// The slots that did not run, narrowed.
pub fn missed_where(query: &MissedQuery) -> String {
    format!("{SCHEDULES_MISSED}{}", crate::api::query_string(query))
}

/// The list of jobs, narrowed.
pub fn jobs_where(query: &JobQuery) -> String {
    format!("{MONITOR}{}", crate::api::query_string(query))
}

pub fn job(id: impl Display) -> String {
    format!("{MONITOR}/tarefas/{id}")
}

pub fn client(id: impl Display) -> String {
    format!("{CLIENTS}/{id}")
}

/// One calendar, by what schedules call it.
pub fn calendar(name: &str) -> String {
    format!("{CALENDARS}/{name}")
}

/// The list of calendars, narrowed to one by its title.
pub fn calendar_named(title: &str) -> String {
    format!("{CALENDARS}{}", crate::api::query_string(&[("q", title)]))
}

/// The list of people, narrowed by name.
pub fn user_named(name: &str) -> String {
    format!("{USERS}{}", crate::api::query_string(&[("q", name)]))
}

/// The list of processes, narrowed to one client.
pub fn processes_of(client: impl Display) -> String {
    format!("{PROCESSES}?client_id={client}")
}

/// The list of clients, narrowed to those with an account with one operator.
pub fn clients_of(operator: impl Display) -> String {
    format!("{CLIENTS}?operator_id={operator}")
}

pub fn webhook(id: impl Display) -> String {
    format!("{WEBHOOKS}/{id}")
}

/// One webhook with its messages, narrowed.
pub fn webhook_where(id: impl Display, query: &WebhookDeliveryQuery) -> String {
    format!("{WEBHOOKS}/{id}{}", crate::api::query_string(query))
}

/// One message to a webhook.
pub fn webhook_message(webhook: impl Display, message: impl Display) -> String {
    format!("{WEBHOOKS}/{webhook}/mensagens/{message}")
}

pub fn email(id: impl Display) -> String {
    format!("{EMAILS}/{id}")
}

/// The list of e-mails, narrowed to those that one run of a schedule wrote.
pub fn emails_of_run(run: impl Display) -> String {
    format!("{EMAILS}?schedule_run_id={run}")
}

/// What happened to one thing.
pub fn audit_of(subject: impl Display) -> String {
    format!("{AUDIT}?subject_id={subject}")
}

/// The list of operators, narrowed to one: operators have no page of their own.
pub fn operator_named(name: &str) -> String {
    format!("{OPERATORS}{}", crate::api::query_string(&[("q", name)]))
}
