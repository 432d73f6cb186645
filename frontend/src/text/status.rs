//! Status words; colour and mark follow the tone.

use esteira_shared::{
    permission::Role,
    status::{
        DeliveryStatus, EmailStatus, ExecutionStatus, ExecutionType, JobStatus, ProcessStatus, ResultEffect,
        SatTransport,
    },
};

use crate::i18n::tr;

/// Full word, for headers, filters and lists.
pub fn process(status: ProcessStatus) -> &'static str {
    match status {
        ProcessStatus::AguardandoDownload => tr!(status.aguardando_download),
        ProcessStatus::DownloadEmAndamento => tr!(status.download_em_andamento),
        ProcessStatus::DownloadConcluido => tr!(status.download_concluido),
        ProcessStatus::ErroDownload => tr!(status.erro_download),
        ProcessStatus::AguardandoAprovacao => tr!(status.aguardando_aprovacao),
        ProcessStatus::Rejeitado => tr!(status.rejeitado),
        ProcessStatus::AguardandoEnvioSat => tr!(status.aguardando_envio_sat),
        ProcessStatus::EnviandoSat => tr!(status.enviando_sat),
        ProcessStatus::ErroEnvioSat => tr!(status.erro_envio_sat),
        ProcessStatus::UploadRealizado => tr!(status.upload_realizado),
    }
}

/// One short word, for the cells of the month.
pub fn process_short(status: ProcessStatus) -> &'static str {
    match status {
        ProcessStatus::AguardandoDownload => tr!(status.short_aguardando_download),
        ProcessStatus::DownloadEmAndamento => tr!(status.short_download_em_andamento),
        ProcessStatus::DownloadConcluido => tr!(status.short_download_concluido),
        ProcessStatus::ErroDownload => tr!(status.short_erro_download),
        ProcessStatus::AguardandoAprovacao => tr!(status.short_aguardando_aprovacao),
        ProcessStatus::Rejeitado => tr!(status.short_rejeitado),
        ProcessStatus::AguardandoEnvioSat => tr!(status.short_aguardando_envio_sat),
        ProcessStatus::EnviandoSat => tr!(status.short_enviando_sat),
        ProcessStatus::ErroEnvioSat => tr!(status.short_erro_envio_sat),
        ProcessStatus::UploadRealizado => tr!(status.short_upload_realizado),
    }
}

pub fn job(status: JobStatus) -> &'static str {
    match status {
        JobStatus::Queued => tr!(status.job_queued),
        JobStatus::Running => tr!(status.job_running),
        JobStatus::Succeeded => tr!(status.job_succeeded),
        JobStatus::Cancelled => tr!(status.job_cancelled),
        JobStatus::Dead => tr!(status.job_dead),
    }
}

pub fn execution(status: ExecutionStatus) -> &'static str {
    match status {
        ExecutionStatus::Pendente => tr!(status.execution_pendente),
        ExecutionStatus::Executando => tr!(status.execution_executando),
        ExecutionStatus::Concluido => tr!(status.execution_concluido),
        ExecutionStatus::Falhou => tr!(status.execution_falhou),
        ExecutionStatus::Cancelado => tr!(status.execution_cancelado),
    }
}

/// What a robot is run for.
pub fn execution_type(tipo: ExecutionType) -> &'static str {
    match tipo {
        ExecutionType::DownloadFatura => tr!(status.tipo_download_fatura),
        ExecutionType::UploadSat => tr!(status.tipo_upload_sat),
    }
}

/// What one entry of a robot's result did.
pub fn effect(effect: ResultEffect) -> &'static str {
    match effect {
        ResultEffect::Applied => tr!(status.effect_applied),
        ResultEffect::Unchanged => tr!(status.effect_unchanged),
        ResultEffect::Unmatched => tr!(status.effect_unmatched),
        ResultEffect::NotUnderstood => tr!(status.effect_not_understood),
    }
}

/// How documents reach SAT.
pub fn sat_transport(transport: SatTransport) -> &'static str {
    match transport {
        SatTransport::Https => tr!(status.transport_https),
        SatTransport::Robot => tr!(status.transport_robot),
    }
}

pub fn delivery(status: DeliveryStatus) -> &'static str {
    match status {
        DeliveryStatus::Pending => tr!(status.delivery_pending),
        DeliveryStatus::Delivered => tr!(status.delivery_delivered),
        DeliveryStatus::Failed => tr!(status.delivery_failed),
    }
}

pub fn email(status: EmailStatus) -> &'static str {
    match status {
        EmailStatus::Pending => tr!(status.email_pending),
        EmailStatus::Sent => tr!(status.email_sent),
        EmailStatus::Refused => tr!(status.email_refused),
        EmailStatus::Failed => tr!(status.email_failed),
    }
}

pub fn role(role: Role) -> &'static str {
    match role {
        Role::Viewer => tr!(frame.role_viewer),
        Role::Analyst => tr!(frame.role_analyst),
        Role::Manager => tr!(frame.role_manager),
        Role::Admin => tr!(frame.role_admin),
    }
}
