//! Tasks of the engine in words. A task newer than this page shows under its technical name.

use std::fmt::Display;

use crate::i18n::tr;

/// What the task does, if this page knows it.
pub fn word(task: &str) -> Option<&'static str> {
    Some(match task {
        "send_to_sat" => tr!(monitor.task_send),
        "bulk_move" => tr!(monitor.task_bulk_move),
        "jobs_bulk" => tr!(monitor.task_jobs_bulk),
        "run_execution" => tr!(monitor.task_run_execution),
        "executions_bulk" => tr!(monitor.task_executions_bulk),
        "send_email" => tr!(monitor.task_send_email),
        "deliver_webhook" => tr!(monitor.task_deliver_webhook),
        _ => return None,
    })
}

pub fn title(task: &str) -> String {
    word(task).unwrap_or(task).to_owned()
}

/// Whether the subject of its jobs is a process.
pub fn is_about_process(task: &str) -> bool {
    task == "send_to_sat"
}

/// Whether the subject of its jobs is the run of a robot.
pub fn is_about_execution(task: &str) -> bool {
    task == "run_execution"
}

/// The end of an id, which is what differs between ids made at the same time.
pub fn short_id(id: impl Display) -> String {
    let id = id.to_string();
    let start = id.len().saturating_sub(8);
    id.get(start..).unwrap_or(&id).to_owned()
}
