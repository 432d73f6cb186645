//! The kinds of jobs that the program brings along.

use serde::{Deserialize, Serialize};

use crate::error::words;

words! {
    /// What a job does. Kept with every job, so a word is never used for another task. A job on the wire has its task as
    /// text, since an older or newer program may have queued it.
    TaskName {
        BulkMove = "bulk_move",
        /// Stops the robot of a cancelled run.
        CancelRobot = "cancel_robot",
        DeliverWebhook = "deliver_webhook",
        ExecutionsBulk = "executions_bulk",
        JobsBulk = "jobs_bulk",
        /// A backup that a person asked for.
        MakeBackup = "make_backup",
        RunExecution = "run_execution",
        /// What a schedule fired.
        RunSchedule = "run_schedule",
        SendEmail = "send_email",
        SendToSat = "send_to_sat",
    }
}
