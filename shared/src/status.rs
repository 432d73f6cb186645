//! Statuses, as in the database and on the wire.

use serde::{Deserialize, Serialize};

use crate::error::words;

words! {
    /// Where a process stands. `APROVADO`, an old name of `AGUARDANDO_ENVIO_SAT`, is read by [`parse_process_status`].
    ProcessStatus {
        AguardandoDownload = "AGUARDANDO_DOWNLOAD",
        DownloadEmAndamento = "DOWNLOAD_EM_ANDAMENTO",
        DownloadConcluido = "DOWNLOAD_CONCLUIDO",
        ErroDownload = "ERRO_DOWNLOAD",
        AguardandoAprovacao = "AGUARDANDO_APROVACAO",
        Rejeitado = "REJEITADO",
        AguardandoEnvioSat = "AGUARDANDO_ENVIO_SAT",
        EnviandoSat = "ENVIANDO_SAT",
        ErroEnvioSat = "ERRO_ENVIO_SAT",
        UploadRealizado = "UPLOAD_REALIZADO",
    }
}

/// Reads a process status, the old name `APROVADO` included.
///
/// # Errors
/// When the word is on no list.
pub fn parse_process_status(text: &str) -> Result<ProcessStatus, crate::error::UnknownWord> {
    if text == "APROVADO" {
        Ok(ProcessStatus::AguardandoEnvioSat)
    } else {
        text.parse()
    }
}

/// The six ways a status looks on the screen. Colours follow only these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tone {
    Waiting,
    Running,
    NeedsYou,
    Done,
    Failed,
    Cancelled,
}

impl ProcessStatus {
    #[must_use]
    pub fn tone(self) -> Tone {
        match self {
            Self::AguardandoDownload => Tone::Waiting,
            Self::DownloadEmAndamento | Self::DownloadConcluido | Self::AguardandoEnvioSat | Self::EnviandoSat => {
                Tone::Running
            }
            Self::AguardandoAprovacao => Tone::NeedsYou,
            Self::ErroDownload | Self::ErroEnvioSat | Self::Rejeitado => Tone::Failed,
            Self::UploadRealizado => Tone::Done,
        }
    }
}

words! {
    /// Where a job stands.
    JobStatus {
        /// Waits for its time or for a worker; also between two attempts.
        Queued = "queued",
        Running = "running",
        Succeeded = "succeeded",
        Cancelled = "cancelled",
        /// Ended without success; its cause is kept.
        Dead = "dead",
    }
}

impl JobStatus {
    /// True when the job will never run again by itself.
    #[must_use]
    pub fn is_over(self) -> bool {
        matches!(self, Self::Succeeded | Self::Cancelled | Self::Dead)
    }

    #[must_use]
    pub fn tone(self) -> Tone {
        match self {
            Self::Queued => Tone::Waiting,
            Self::Running => Tone::Running,
            Self::Succeeded => Tone::Done,
            Self::Cancelled => Tone::Cancelled,
            Self::Dead => Tone::Failed,
        }
    }
}

words! {
    /// How one attempt of a job ended.
    JobOutcome {
        Succeeded = "succeeded",
        Failed = "failed",
        Cancelled = "cancelled",
        /// The worker went silent.
        Lost = "lost",
        /// Handed back by a worker that stops; costs no attempt.
        Released = "released",
    }
}

words! {
    /// What a job's unique key keeps out.
    UniqueScope {
        /// Another job, while this one is unfinished.
        Unfinished = "unfinished",
        /// Another job in the same period, also after this one's end.
        Period = "period",
    }
}

words! {
    /// What became of what a job started on another machine.
    Elsewhere {
        /// It is at work there, as far as anybody knows.
        Working = "working",
        /// The other machine answers, but nobody here can tell whether it is over.
        Unclear = "unclear",
    }
}

words! {
    /// Why an attempt failed, which decides what happens next.
    FailureKind {
        /// A person must act (wrong password, refused document): no retry.
        Business = "business",
        /// Time-out, 5xx, connection: retried with backoff.
        Technical = "technical",
    }
}

words! {
    /// What a robot is run for.
    ExecutionType {
        DownloadFatura = "DOWNLOAD_FATURA",
        UploadSat = "UPLOAD_SAT",
    }
}

words! {
    /// Where one run of a robot stands.
    ExecutionStatus {
        /// Waits for its turn, or for the external API to begin.
        Pendente = "PENDENTE",
        Executando = "EXECUTANDO",
        Concluido = "CONCLUIDO",
        Falhou = "FALHOU",
        Cancelado = "CANCELADO",
    }
}

impl ExecutionStatus {
    /// True when nothing more will happen by itself.
    #[must_use]
    pub fn is_over(self) -> bool {
        !matches!(self, Self::Pendente | Self::Executando)
    }

    #[must_use]
    pub fn tone(self) -> Tone {
        match self {
            Self::Pendente => Tone::Waiting,
            Self::Executando => Tone::Running,
            Self::Concluido => Tone::Done,
            Self::Falhou => Tone::Failed,
            Self::Cancelado => Tone::Cancelled,
        }
    }
}

words! {
    /// How bad a line of a log is, from the least to the worst.
    LogLevel {
        Debug = "debug",
        Info = "info",
        Warn = "warn",
        Error = "error",
    }
}

words! {
    /// What one entry of a robot's result did to the processes.
    ResultEffect {
        /// Its process moved, or its invoice was taken in.
        Applied = "applied",
        /// Its process did not wait for it (any longer); nothing was changed.
        Unchanged = "unchanged",
        /// No process has its `hash_execucao`; kept to be read.
        Unmatched = "unmatched",
        /// It says something that has no meaning here, such as a `status_final` nobody knows.
        NotUnderstood = "not_understood",
    }
}

words! {
    /// How documents reach SAT.
    SatTransport {
        /// An HTTPS endpoint takes the PDF and its metadata.
        Https = "https",
        /// An `UPLOAD_SAT` robot brings it there.
        Robot = "robot",
    }
}

words! {
    /// Where a webhook's message stands.
    DeliveryStatus {
        /// Waits for its first try, or for the next.
        Pending = "pending",
        Delivered = "delivered",
        /// Given up; it can be sent again.
        Failed = "failed",
    }
}
