//! Status words; colour and mark follow the tone.

use esteira_shared::{
    permission::Role,
    status::{DeliveryStatus, JobStatus, ProcessStatus},
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

pub fn delivery(status: DeliveryStatus) -> &'static str {
    match status {
        DeliveryStatus::Pending => tr!(status.delivery_pending),
        DeliveryStatus::Delivered => tr!(status.delivery_delivered),
        DeliveryStatus::Failed => tr!(status.delivery_failed),
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
