//! Words for what the audit records. An action newer than this page shows as its code.

use crate::{components::Choice, i18n::tr};

/// Codes as the server writes them, in the order of the filter.
const KNOWN: [&str; 40] = [
    "session.start",
    "process.open",
    "process.start_download",
    "process.finish_download",
    "process.fail_download",
    "process.cancel_download",
    "process.receive",
    "process.update",
    "process.approve",
    "process.reject",
    "process.withdraw",
    "process.start_send",
    "process.finish_send",
    "process.fail_send",
    "process.retry_send",
    "process.reopen",
    "month.open",
    "job.cancel",
    "operator.create",
    "operator.update",
    "operator.delete",
    "client.create",
    "client.update",
    "client.delete",
    "client.import",
    "account.create",
    "account.update",
    "account.update_password",
    "account.delete",
    "user.create",
    "user.update",
    "user.reset_password",
    "user.change_password",
    "token.create",
    "token.revoke",
    "organization.create",
    "organization.update",
    "process",
    "client",
    "user",
];

pub(super) fn words(action: &str) -> Option<&'static str> {
    Some(match action {
        "session.start" => tr!(audit.session_start),
        "process.open" => tr!(audit.process_open),
        "process.start_download" => tr!(audit.process_start_download),
        "process.finish_download" => tr!(audit.process_finish_download),
        "process.fail_download" => tr!(audit.process_fail_download),
        "process.cancel_download" => tr!(audit.process_cancel_download),
        "process.receive" => tr!(audit.process_receive),
        "process.update" => tr!(audit.process_update),
        "process.approve" => tr!(audit.process_approve),
        "process.reject" => tr!(audit.process_reject),
        "process.withdraw" => tr!(audit.process_withdraw),
        "process.start_send" => tr!(audit.process_start_send),
        "process.finish_send" => tr!(audit.process_finish_send),
        "process.fail_send" => tr!(audit.process_fail_send),
        "process.retry_send" => tr!(audit.process_retry_send),
        "process.reopen" => tr!(audit.process_reopen),
        "month.open" => tr!(audit.month_open),
        "job.cancel" => tr!(audit.job_cancel),
        "operator.create" => tr!(audit.operator_create),
        "operator.update" => tr!(audit.operator_update),
        "operator.delete" => tr!(audit.operator_delete),
        "client.create" => tr!(audit.client_create),
        "client.update" => tr!(audit.client_update),
        "client.delete" => tr!(audit.client_delete),
        "client.import" => tr!(audit.client_import),
        "account.create" => tr!(audit.account_create),
        "account.update" => tr!(audit.account_update),
        "account.update_password" => tr!(audit.account_update_password),
        "account.delete" => tr!(audit.account_delete),
        "user.create" => tr!(audit.user_create),
        "user.update" => tr!(audit.user_update),
        "user.reset_password" => tr!(audit.user_reset_password),
        "user.change_password" => tr!(audit.user_change_password),
        "token.create" => tr!(audit.token_create),
        "token.revoke" => tr!(audit.token_revoke),
        "organization.create" => tr!(audit.organization_create),
        "organization.update" => tr!(audit.organization_update),
        "process" => tr!(audit.all_process),
        "client" => tr!(audit.all_client),
        "user" => tr!(audit.all_user),
        _ => return None,
    })
}

/// For the filter.
pub(super) fn choices() -> Vec<Choice> {
    KNOWN
        .iter()
        .filter_map(|action| Some(Choice::new(*action, words(action)?)))
        .collect()
}
