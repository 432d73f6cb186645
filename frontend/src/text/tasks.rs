//! Tasks of the engine in words. A task newer than this page shows under its technical name.

use std::fmt::Display;

use esteira_shared::task::TaskName;

use crate::i18n::tr;

/// What the task does, if this page knows it.
pub fn word(task: &str) -> Option<&'static str> {
    Some(match task.parse::<TaskName>().ok()? {
        TaskName::SendToSat => tr!(monitor.task_send),
        TaskName::BulkMove => tr!(monitor.task_bulk_move),
        TaskName::JobsBulk => tr!(monitor.task_jobs_bulk),
        TaskName::RunExecution => tr!(monitor.task_run_execution),
        TaskName::RunSchedule => tr!(monitor.task_run_schedule),
        TaskName::ExecutionsBulk => tr!(monitor.task_executions_bulk),
        TaskName::SendEmail => tr!(monitor.task_send_email),
        TaskName::DeliverWebhook => tr!(monitor.task_deliver_webhook),
        TaskName::CancelRobot => tr!(monitor.task_cancel_robot),
        TaskName::MakeBackup => tr!(monitor.task_make_backup),
    })
}

pub fn title(task: &str) -> String {
    word(task).unwrap_or(task).to_owned()
}

/// Whether the subject of its jobs is a process.
pub fn is_about_process(task: &str) -> bool {
    task == TaskName::SendToSat.as_str()
}

/// Whether the subject of its jobs is the run of a robot.
pub fn is_about_execution(task: &str) -> bool {
    task == TaskName::RunExecution.as_str()
}

/// The end of an id, which is what differs between ids made at the same time.
pub fn short_id(id: impl Display) -> String {
    let id = id.to_string();
    let start = id.len().saturating_sub(8);
    id.get(start..).unwrap_or(&id).to_owned()
}
