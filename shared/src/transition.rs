//! The status flow of a process as one table. The API decides by it, and the screen offers the moves in it.

use crate::{
    error::words,
    status::ProcessStatus::{self, *},
};
use serde::{Deserialize, Serialize};

words! {
    /// Why a process moves.
    Move {
        /// The month was opened.
        Open = "open",
        StartDownload = "start_download",
        /// The robot reported success; the PDF is not yet confirmed.
        FinishDownload = "finish_download",
        FailDownload = "fail_download",
        /// A PDF is in storage: uploaded by a person or confirmed after a robot's download.
        Receive = "receive",
        Approve = "approve",
        Reject = "reject",
        /// An approval is taken back before the document went out.
        Withdraw = "withdraw",
        StartSend = "start_send",
        FailSend = "fail_send",
        /// A failed sending is queued again.
        RetrySend = "retry_send",
        FinishSend = "finish_send",
        /// A person found in SAT what a failed sending brought there.
        ConfirmSend = "confirm_send",
        /// A failed or rejected process goes back to waiting for its invoice.
        Reopen = "reopen",
        /// The robot was cancelled or lost before it brought anything.
        CancelDownload = "cancel_download",
    }
}

/// Every legal move: from, why, to.
pub const TABLE: &[(ProcessStatus, Move, ProcessStatus)] = &[
    (AguardandoDownload, Move::StartDownload, DownloadEmAndamento),
    (ErroDownload, Move::StartDownload, DownloadEmAndamento),
    (Rejeitado, Move::StartDownload, DownloadEmAndamento),
    (DownloadEmAndamento, Move::FinishDownload, DownloadConcluido),
    (DownloadEmAndamento, Move::FailDownload, ErroDownload),
    (DownloadConcluido, Move::FailDownload, ErroDownload),
    (DownloadEmAndamento, Move::CancelDownload, AguardandoDownload),
    (AguardandoDownload, Move::Receive, AguardandoAprovacao),
    (DownloadEmAndamento, Move::Receive, AguardandoAprovacao),
    (DownloadConcluido, Move::Receive, AguardandoAprovacao),
    (ErroDownload, Move::Receive, AguardandoAprovacao),
    (Rejeitado, Move::Receive, AguardandoAprovacao),
    // A new version of the document always asks for a new approval.
    (AguardandoAprovacao, Move::Receive, AguardandoAprovacao),
    (AguardandoEnvioSat, Move::Receive, AguardandoAprovacao),
    (ErroEnvioSat, Move::Receive, AguardandoAprovacao),
    (AguardandoAprovacao, Move::Approve, AguardandoEnvioSat),
    (AguardandoAprovacao, Move::Reject, Rejeitado),
    (AguardandoEnvioSat, Move::Withdraw, AguardandoAprovacao),
    (ErroEnvioSat, Move::Withdraw, AguardandoAprovacao),
    (AguardandoEnvioSat, Move::StartSend, EnviandoSat),
    (EnviandoSat, Move::FailSend, ErroEnvioSat),
    (ErroEnvioSat, Move::RetrySend, EnviandoSat),
    (EnviandoSat, Move::FinishSend, UploadRealizado),
    (ErroEnvioSat, Move::ConfirmSend, UploadRealizado),
    // After a failed sending whose approval was taken back and given again.
    (AguardandoEnvioSat, Move::ConfirmSend, UploadRealizado),
    (Rejeitado, Move::Reopen, AguardandoDownload),
    (ErroDownload, Move::Reopen, AguardandoDownload),
];

/// Where `by` leads from `from`, or nothing when the move is illegal.
#[must_use]
pub fn next(from: ProcessStatus, by: Move) -> Option<ProcessStatus> {
    TABLE
        .iter()
        .find(|(start, why, _)| *start == from && *why == by)
        .map(|(_, _, to)| *to)
}

/// The moves that are legal from a status, in the table's order.
#[must_use]
pub fn allowed(from: ProcessStatus) -> Vec<Move> {
    TABLE
        .iter()
        .filter(|(start, _, _)| *start == from)
        .map(|(_, why, _)| *why)
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn one_move_leads_to_one_status() {
        let mut seen = HashSet::new();
        for (from, by, _) in TABLE {
            assert!(seen.insert((from, by)), "{from} {by} stands twice");
        }
    }

    #[test]
    fn the_main_road_is_open() {
        let road = [Move::Receive, Move::Approve, Move::StartSend, Move::FinishSend];
        let end = road.iter().try_fold(AguardandoDownload, |status, by| next(status, *by));
        assert_eq!(end, Some(UploadRealizado));
    }

    #[test]
    fn only_the_end_is_an_end_and_every_status_can_reach_it() {
        let mut reaches: HashSet<ProcessStatus> = HashSet::from([UploadRealizado]);
        while let Some((from, _, _)) = TABLE
            .iter()
            .find(|(from, _, to)| reaches.contains(to) && !reaches.contains(from))
        {
            reaches.insert(*from);
        }
        assert_eq!(reaches.len(), ProcessStatus::ALL.len());
        assert!(allowed(UploadRealizado).is_empty());
    }

    #[test]
    fn nothing_is_sent_without_an_approval() {
        for (from, by, to) in TABLE {
            if *to == EnviandoSat {
                assert!(matches!(from, AguardandoEnvioSat | ErroEnvioSat), "{from} {by}");
            }
            if *to == AguardandoEnvioSat {
                assert_eq!(*by, Move::Approve);
            }
            if *to == UploadRealizado {
                assert!(
                    matches!(from, AguardandoEnvioSat | ErroEnvioSat | EnviandoSat),
                    "{from} {by}"
                );
            }
        }
    }
}
