//! Moves and bulk actions in words.

use esteira_shared::{
    dto::{
        bulk::BulkAction,
        processes::{ProcessDto, ProcessMoveDto},
    },
    status::Tone,
    transition::Move,
};

use crate::{
    components::TimelineItem,
    i18n::{counted, tr},
    text::{format, reasons::told},
};

/// What happened, for the history.
pub fn happened(by: Move) -> &'static str {
    match by {
        Move::Open => tr!(processes.did_open),
        Move::StartDownload => tr!(processes.did_start_download),
        Move::FinishDownload => tr!(processes.did_finish_download),
        Move::FailDownload => tr!(processes.did_fail_download),
        Move::CancelDownload => tr!(processes.did_cancel_download),
        Move::Receive => tr!(processes.did_receive),
        Move::Approve => tr!(processes.did_approve),
        Move::Reject => tr!(processes.did_reject),
        Move::Withdraw => tr!(processes.did_withdraw),
        Move::StartSend => tr!(processes.did_start_send),
        Move::FailSend => tr!(processes.did_fail_send),
        Move::RetrySend => tr!(processes.did_retry_send),
        Move::FinishSend => tr!(processes.did_finish_send),
        Move::ConfirmSend => tr!(processes.did_confirm_send),
        Move::Reopen => tr!(processes.did_reopen),
    }
}

/// The name of who acted; the server says `sistema` for itself, and `robô VIVO` for a robot.
pub fn actor(name: &str) -> String {
    if name == "sistema" {
        tr!(processes.system).to_owned()
    } else if let Some(operator) = name.strip_prefix("robô") {
        format!("{}{operator}", tr!(processes.robot_actor))
    } else {
        name.to_owned()
    }
}

pub fn timeline(moves: &[ProcessMoveDto]) -> Vec<TimelineItem> {
    moves
        .iter()
        .map(|one| TimelineItem {
            tone: tone(one),
            what: happened(one.by).to_owned(),
            who: actor(&one.actor),
            at: *one.at,
            why: one.reason_coded.as_ref().map(told),
        })
        .collect()
}

/// As the status it led to, but what is over no longer runs.
fn tone(one: &ProcessMoveDto) -> Tone {
    match one.by {
        Move::Approve | Move::FinishDownload => Tone::Done,
        Move::StartDownload | Move::StartSend | Move::RetrySend => Tone::Waiting,
        _ => one.to.tone(),
    }
}

/// `Clínica Saúde Total · VIVO · 10/2026`
pub fn title(process: &ProcessDto) -> String {
    format!(
        "{} · {} · {}",
        process.client_name,
        process.operator_name,
        format::month_digits(process.mes_ano)
    )
}

/// The verb of a bulk action, with how many it is for.
pub fn bulk_verb(action: BulkAction, count: i64) -> String {
    let count = format::count(count);
    match action {
        BulkAction::Approve => tr!(processes.bulk_approve_count, count = count),
        BulkAction::Reject => tr!(processes.bulk_reject_count, count = count),
        BulkAction::Send => tr!(processes.bulk_send_count, count = count),
        BulkAction::Download => tr!(processes.bulk_download_count, count = count),
    }
}

pub fn bulk_title(action: BulkAction) -> &'static str {
    match action {
        BulkAction::Approve => tr!(processes.bulk_approve_title),
        BulkAction::Reject => tr!(processes.bulk_reject_title),
        BulkAction::Send => tr!(processes.bulk_send_title),
        BulkAction::Download => tr!(processes.bulk_download_title),
    }
}

/// `12 de 40 podem ser aprovados.`
pub fn bulk_eligible(action: BulkAction, eligible: i64, matching: i64) -> String {
    let (eligible, matching) = (format::count(eligible), format::count(matching));
    match action {
        BulkAction::Approve => tr!(
            processes.bulk_approve_eligible,
            eligible = eligible,
            matching = matching
        ),
        BulkAction::Reject => tr!(processes.bulk_reject_eligible, eligible = eligible, matching = matching),
        BulkAction::Send => tr!(processes.bulk_send_eligible, eligible = eligible, matching = matching),
        BulkAction::Download => tr!(
            processes.bulk_download_eligible,
            eligible = eligible,
            matching = matching
        ),
    }
}

/// `12 aprovados`
pub fn bulk_done(action: BulkAction, count: i64) -> String {
    match action {
        BulkAction::Approve => counted!(
            processes.bulk_approve_done_single,
            processes.bulk_approve_done_many,
            count
        ),
        BulkAction::Reject => counted!(
            processes.bulk_reject_done_single,
            processes.bulk_reject_done_many,
            count
        ),
        BulkAction::Send => tr!(processes.bulk_send_done, count = format::count(count)),
        BulkAction::Download => tr!(processes.bulk_download_done, count = format::count(count)),
    }
}
