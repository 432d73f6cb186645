//! Words for what the audit records. An action that this page does not know shows as its code.

use esteira_shared::audit::AuditAction;

use crate::{components::Choice, i18n::tr};

pub(super) fn words(action: &str) -> Option<&'static str> {
    action.parse::<AuditAction>().ok().map(word)
}

fn word(action: AuditAction) -> &'static str {
    match action {
        AuditAction::SessionStart => tr!(audit.session_start),
        AuditAction::ProcessOpen => tr!(audit.process_open),
        AuditAction::ProcessStartDownload => tr!(audit.process_start_download),
        AuditAction::ProcessFinishDownload => tr!(audit.process_finish_download),
        AuditAction::ProcessFailDownload => tr!(audit.process_fail_download),
        AuditAction::ProcessCancelDownload => tr!(audit.process_cancel_download),
        AuditAction::ProcessReceive => tr!(audit.process_receive),
        AuditAction::ProcessUpdate => tr!(audit.process_update),
        AuditAction::ProcessApprove => tr!(audit.process_approve),
        AuditAction::ProcessReject => tr!(audit.process_reject),
        AuditAction::ProcessWithdraw => tr!(audit.process_withdraw),
        AuditAction::ProcessStartSend => tr!(audit.process_start_send),
        AuditAction::ProcessFinishSend => tr!(audit.process_finish_send),
        AuditAction::ProcessConfirmSend => tr!(audit.process_confirm_send),
        AuditAction::ProcessFailSend => tr!(audit.process_fail_send),
        AuditAction::ProcessRetrySend => tr!(audit.process_retry_send),
        AuditAction::ProcessReopen => tr!(audit.process_reopen),
        AuditAction::MonthOpen => tr!(audit.month_open),
        AuditAction::ExecutionStart => tr!(audit.execution_start),
        AuditAction::ExecutionCancel => tr!(audit.execution_cancel),
        AuditAction::ExecutionResume => tr!(audit.execution_resume),
        AuditAction::JobCancel => tr!(audit.job_cancel),
        AuditAction::JobRetry => tr!(audit.job_retry),
        AuditAction::JobBulkRetry => tr!(audit.job_bulk_retry),
        AuditAction::JobBulkCancel => tr!(audit.job_bulk_cancel),
        AuditAction::JobLimitSet => tr!(audit.job_limit_set),
        AuditAction::QueuePause => tr!(audit.queue_pause),
        AuditAction::QueueResume => tr!(audit.queue_resume),
        AuditAction::WorkerDrain => tr!(audit.worker_drain),
        AuditAction::WorkerResume => tr!(audit.worker_resume),
        AuditAction::OperatorCreate => tr!(audit.operator_create),
        AuditAction::OperatorUpdate => tr!(audit.operator_update),
        AuditAction::OperatorDelete => tr!(audit.operator_delete),
        AuditAction::ClientCreate => tr!(audit.client_create),
        AuditAction::ClientUpdate => tr!(audit.client_update),
        AuditAction::ClientDelete => tr!(audit.client_delete),
        AuditAction::ClientImport => tr!(audit.client_import),
        AuditAction::AccountCreate => tr!(audit.account_create),
        AuditAction::AccountUpdate => tr!(audit.account_update),
        AuditAction::AccountUpdatePassword => tr!(audit.account_update_password),
        AuditAction::AccountDelete => tr!(audit.account_delete),
        AuditAction::UserCreate => tr!(audit.user_create),
        AuditAction::UserUpdate => tr!(audit.user_update),
        AuditAction::UserResetPassword => tr!(audit.user_reset_password),
        AuditAction::UserChangePassword => tr!(audit.user_change_password),
        AuditAction::TokenCreate => tr!(audit.token_create),
        AuditAction::TokenRevoke => tr!(audit.token_revoke),
        AuditAction::WebhookCreate => tr!(audit.webhook_create),
        AuditAction::WebhookUpdate => tr!(audit.webhook_update),
        AuditAction::WebhookChangeSecret => tr!(audit.webhook_change_secret),
        AuditAction::WebhookSwitchOff => tr!(audit.webhook_switch_off),
        AuditAction::WebhookDelete => tr!(audit.webhook_delete),
        AuditAction::WebhookResend => tr!(audit.webhook_resend),
        AuditAction::OrganizationCreate => tr!(audit.organization_create),
        AuditAction::OrganizationUpdate => tr!(audit.organization_update),
        AuditAction::RobotSettingsUpdate => tr!(audit.robot_settings_update),
        AuditAction::BackupMake => tr!(audit.backup_make),
        AuditAction::BackupDownload => tr!(audit.backup_download),
        AuditAction::BackupDelete => tr!(audit.backup_delete),
        AuditAction::BackupRestore => tr!(audit.backup_restore),
    }
}

/// For the filter: each action, then everything that was done to one kind of thing.
pub(super) fn choices() -> Vec<Choice> {
    let groups = [
        ("process", tr!(audit.all_process)),
        ("execution", tr!(audit.all_execution)),
        ("job", tr!(audit.all_job)),
        ("client", tr!(audit.all_client)),
        ("user", tr!(audit.all_user)),
        ("webhook", tr!(audit.all_webhook)),
        ("backup", tr!(audit.all_backup)),
    ];
    let actions = AuditAction::ALL.iter().map(|action| (action.as_str(), word(*action)));
    Choice::list(actions.chain(groups))
}
