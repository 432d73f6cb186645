//! The events that other systems can be told.

use serde::{Deserialize, Serialize};

use crate::{error::words, status::ProcessStatus};

words! {
    /// A kind of message to other systems.
    WebhookEvent {
        /// An invoice arrived and waits for approval.
        ProcessAwaitingApproval = "process.awaiting_approval",
        ProcessApproved = "process.approved",
        ProcessRejected = "process.rejected",
        /// SAT has it.
        ProcessSent = "process.sent",
        /// The download or the upload to SAT failed for good.
        ProcessFailed = "process.failed",
        /// A job of any kind ended without success.
        JobFailed = "job.failed",
        /// Asked for on the page, to see whether the address works.
        Test = "webhook.test",
    }
}

impl WebhookEvent {
    /// Whether an address can ask for it; the test comes without asking.
    #[must_use]
    pub fn can_be_subscribed(self) -> bool {
        self != Self::Test
    }

    /// What is told when a process comes into a status.
    #[must_use]
    pub fn of_status(status: ProcessStatus) -> Option<Self> {
        match status {
            ProcessStatus::AguardandoAprovacao => Some(Self::ProcessAwaitingApproval),
            ProcessStatus::AguardandoEnvioSat => Some(Self::ProcessApproved),
            ProcessStatus::Rejeitado => Some(Self::ProcessRejected),
            ProcessStatus::UploadRealizado => Some(Self::ProcessSent),
            ProcessStatus::ErroDownload | ProcessStatus::ErroEnvioSat => Some(Self::ProcessFailed),
            ProcessStatus::AguardandoDownload
            | ProcessStatus::DownloadEmAndamento
            | ProcessStatus::DownloadConcluido
            | ProcessStatus::EnviandoSat => None,
        }
    }
}
