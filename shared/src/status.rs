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
    /// What a schedule starts. Applications bring the code; a word is never used for another kind.
    ScheduleKind {
        /// Opens the month's process for every active account.
        OpenMonth = "CRIAR_PROCESSOS_MENSAIS",
        /// Starts robots for pending processes.
        StartDownloads = "EXECUTAR_DOWNLOADS",
        /// E-mails a summary of the month.
        SendReport = "ENVIAR_RELATORIOS",
        /// Removes what is older than its retention.
        CleanUp = "LIMPEZA_LOGS",
        /// Backs up the database and proves it.
        BackUp = "BACKUP_DADOS",
    }
}

words! {
    /// What becomes of slots whose time passed while they could not fire.
    CatchUp {
        /// They stay missed.
        None = "none",
        /// The last one runs, the others stay missed.
        Last = "last",
        /// All run, up to a number.
        All = "all",
    }
}

words! {
    /// What becomes of a slot while an earlier run of the same schedule is unfinished.
    Overlap {
        /// It is missed.
        Skip = "skip",
        /// It waits for the earlier one's end; one at most waits.
        Wait = "wait",
        /// Both run.
        Allow = "allow",
        /// The earlier one is cancelled.
        CancelPrevious = "cancel_previous",
    }
}

words! {
    /// Where a schedule's run stands.
    ScheduleRunStatus {
        /// Waits for an earlier run's end.
        Waiting = "waiting",
        /// Its job is queued or at work.
        Running = "running",
        Succeeded = "succeeded",
        Failed = "failed",
        Cancelled = "cancelled",
        /// Did not run; the cause is kept, and a person may run it.
        Missed = "missed",
        /// Missed, and a person said that it need not run.
        Dismissed = "dismissed",
    }
}

words! {
    /// Why a slot did not fire.
    MissedCause {
        /// No server was there.
        Down = "down",
        Paused = "paused",
        Disabled = "disabled",
        Maintenance = "maintenance",
        /// An earlier run was unfinished.
        Overlap = "overlap",
    }
}

words! {
    /// What made a run.
    RunOrigin {
        /// The rule, in time.
        Schedule = "schedule",
        /// The rule, late: nobody was there at its time.
        CatchUp = "catch_up",
        /// A person: "run now".
        Manual = "manual",
        /// A person, for a range of the past.
        Backfill = "backfill",
    }
}

words! {
    /// Why a schedule is paused.
    PauseCause {
        Person = "person",
        /// It failed too often in a row.
        Failures = "failures",
        /// Its rule can no longer be read or never fires again for a reason that a person must mend.
        Unusable = "unusable",
    }
}

words! {
    /// What is at rest during a maintenance.
    MaintenanceArea {
        Everything = "everything",
        /// No schedule fires.
        Schedules = "schedules",
        /// No robot is started.
        Robots = "robots",
        /// Nothing is sent to SAT.
        Sat = "sat",
        /// No message leaves: e-mails and webhooks.
        Messages = "messages",
    }
}

words! {
    /// Where a backup stands.
    BackupStatus {
        /// It is being made.
        Making = "making",
        /// It was restored elsewhere, and what came out was compared.
        Proven = "proven",
        /// It could not be made, or what came out of it was not what went in.
        Failed = "failed",
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

words! {
    /// Where an e-mail to one person stands.
    EmailStatus {
        /// Waits for its first try, or for the next.
        Pending = "pending",
        /// The mail server has taken it.
        Sent = "sent",
        /// The mail server does not take it for this address, however often it is asked.
        Refused = "refused",
        /// Given up for another reason.
        Failed = "failed",
    }
}

impl EmailStatus {
    #[must_use]
    pub fn tone(self) -> Tone {
        match self {
            Self::Pending => Tone::Waiting,
            Self::Sent => Tone::Done,
            Self::Refused | Self::Failed => Tone::Failed,
        }
    }
}
