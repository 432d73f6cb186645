//! Sums over statuses.

use esteira_shared::{
    dto::processes::StatusCount,
    status::{ProcessStatus, Tone},
};

use crate::{components::Part, i18n::tr};

pub const MISSING: &[ProcessStatus] = &[
    ProcessStatus::AguardandoDownload,
    ProcessStatus::DownloadEmAndamento,
    ProcessStatus::DownloadConcluido,
];
pub const TO_APPROVE: &[ProcessStatus] = &[ProcessStatus::AguardandoAprovacao];
pub const FAILED: &[ProcessStatus] = &[
    ProcessStatus::ErroDownload,
    ProcessStatus::ErroEnvioSat,
    ProcessStatus::Rejeitado,
];
pub const TO_SEND: &[ProcessStatus] = &[ProcessStatus::AguardandoEnvioSat, ProcessStatus::EnviandoSat];
pub const DONE: &[ProcessStatus] = &[ProcessStatus::UploadRealizado];

pub fn sum(counts: &[StatusCount], statuses: &[ProcessStatus]) -> i64 {
    counts
        .iter()
        .filter(|one| statuses.contains(&one.status))
        .map(|one| one.count)
        .sum()
}

/// What a month, or an operator's share of it, is made of: done first, as it grows from the left.
pub fn parts(counts: &[StatusCount]) -> Vec<Part> {
    vec![
        Part::new(Tone::Done, sum(counts, DONE), tr!(home.part_done)),
        Part::new(Tone::Running, sum(counts, TO_SEND), tr!(home.part_sending)),
        Part::new(Tone::NeedsYou, sum(counts, TO_APPROVE), tr!(home.part_approve)),
        Part::new(Tone::Failed, sum(counts, FAILED), tr!(home.part_failed)),
        Part::new(Tone::Waiting, sum(counts, MISSING), tr!(home.part_missing)),
    ]
}
