//! What the audit trail records.

use serde::{Deserialize, Serialize};

use crate::{error::words, transition::Move};

words! {
    /// What was done, in the order in which the page offers it. Lines are kept for ever, so a word is never removed.
    AuditAction {
        SessionStart = "session.start",
        ProcessOpen = "process.open",
        ProcessStartDownload = "process.start_download",
        ProcessFinishDownload = "process.finish_download",
        ProcessFailDownload = "process.fail_download",
        ProcessCancelDownload = "process.cancel_download",
        ProcessReceive = "process.receive",
        ProcessUpdate = "process.update",
        ProcessApprove = "process.approve",
        ProcessReject = "process.reject",
        ProcessWithdraw = "process.withdraw",
        ProcessStartSend = "process.start_send",
        ProcessFinishSend = "process.finish_send",
        ProcessConfirmSend = "process.confirm_send",
        ProcessFailSend = "process.fail_send",
        ProcessRetrySend = "process.retry_send",
        ProcessReopen = "process.reopen",
        MonthOpen = "month.open",
        ExecutionStart = "execution.start",
        ExecutionCancel = "execution.cancel",
        ExecutionResume = "execution.resume",
        ScheduleCreate = "schedule.create",
        ScheduleUpdate = "schedule.update",
        ScheduleDelete = "schedule.delete",
        SchedulePause = "schedule.pause",
        ScheduleResume = "schedule.resume",
        ScheduleRun = "schedule.run",
        ScheduleBackfill = "schedule.backfill",
        ScheduleExceptions = "schedule.exceptions",
        ScheduleMissedRun = "schedule.missed_run",
        ScheduleMissedDismiss = "schedule.missed_dismiss",
        ScheduleImport = "schedule.import",
        JobCancel = "job.cancel",
        JobRetry = "job.retry",
        JobBulkRetry = "job.bulk_retry",
        JobBulkCancel = "job.bulk_cancel",
        JobLimitSet = "job_limit.set",
        QueuePause = "queue.pause",
        QueueResume = "queue.resume",
        MaintenanceStart = "maintenance.start",
        MaintenanceEnd = "maintenance.end",
        MaintenanceDelete = "maintenance.delete",
        WorkerDrain = "worker.drain",
        WorkerResume = "worker.resume",
        OperatorCreate = "operator.create",
        OperatorUpdate = "operator.update",
        OperatorDelete = "operator.delete",
        ClientCreate = "client.create",
        ClientUpdate = "client.update",
        ClientDelete = "client.delete",
        ClientImport = "client.import",
        AccountCreate = "account.create",
        AccountUpdate = "account.update",
        AccountUpdatePassword = "account.update_password",
        AccountDelete = "account.delete",
        CalendarCreate = "calendar.create",
        CalendarUpdate = "calendar.update",
        CalendarDelete = "calendar.delete",
        CalendarAddDay = "calendar.add_day",
        CalendarChangeDay = "calendar.change_day",
        CalendarRemoveDay = "calendar.remove_day",
        CalendarImport = "calendar.import",
        CalendarUndoImport = "calendar.undo_import",
        UserCreate = "user.create",
        UserUpdate = "user.update",
        UserResetPassword = "user.reset_password",
        UserChangePassword = "user.change_password",
        TokenCreate = "token.create",
        TokenRevoke = "token.revoke",
        WebhookCreate = "webhook.create",
        WebhookUpdate = "webhook.update",
        WebhookChangeSecret = "webhook.change_secret",
        WebhookSwitchOff = "webhook.switch_off",
        WebhookDelete = "webhook.delete",
        WebhookResend = "webhook.resend",
        EmailResend = "email.resend",
        ReportUnsubscribe = "report.unsubscribe",
        OrganizationCreate = "organization.create",
        OrganizationUpdate = "organization.update",
        RobotSettingsUpdate = "robot_settings.update",
        BackupMake = "backup.make",
        BackupDownload = "backup.download",
        BackupDelete = "backup.delete",
        BackupRestore = "backup.restore",
    }
}

impl From<Move> for AuditAction {
    fn from(by: Move) -> Self {
        match by {
            Move::Open => Self::ProcessOpen,
            Move::StartDownload => Self::ProcessStartDownload,
            Move::FinishDownload => Self::ProcessFinishDownload,
            Move::FailDownload => Self::ProcessFailDownload,
            Move::Receive => Self::ProcessReceive,
            Move::Approve => Self::ProcessApprove,
            Move::Reject => Self::ProcessReject,
            Move::Withdraw => Self::ProcessWithdraw,
            Move::StartSend => Self::ProcessStartSend,
            Move::FailSend => Self::ProcessFailSend,
            Move::RetrySend => Self::ProcessRetrySend,
            Move::FinishSend => Self::ProcessFinishSend,
            Move::ConfirmSend => Self::ProcessConfirmSend,
            Move::Reopen => Self::ProcessReopen,
            Move::CancelDownload => Self::ProcessCancelDownload,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_move_is_recorded_under_its_own_word() {
        for by in Move::ALL {
            assert_eq!(AuditAction::from(*by).as_str(), format!("process.{by}"));
        }
    }
}
