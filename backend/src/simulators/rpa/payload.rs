//! The result that comes with the status of a job that is over.

use esteira_shared::{instant::Instant, money::Money};
use serde::Serialize;

use super::{
    invoice::Invoice,
    job::Job,
    order::{Order, Service},
    outcome::{Failure, Outcome},
    timestamp,
};

/// Attempts that a robot makes at one step.
const ATTEMPTS: u8 = 3;

/// The text of a JSON object.
pub(super) struct JobResult {
    pub(super) text: String,
    /// From a script: not a byte of it is changed.
    pub(super) verbatim: bool,
}

#[derive(Serialize)]
struct Payload<'a> {
    success: bool,
    message: &'static str,
    processes: Vec<Process<'a>>,
    timestamp: String,
}

#[derive(Serialize)]
struct Process<'a> {
    hash_execucao: &'a str,
    status_final: &'static str,
    cliente: &'a str,
    operadora: &'a str,
    servico: Service,
    criado_em: String,
    finalizado_em: String,
    #[serde(flatten)]
    end: End,
}

#[derive(Serialize)]
#[serde(untagged)]
enum End {
    Success {
        faturas: [FoundInvoice; 1],
        metricas: Metrics,
    },
    Failure {
        detalhes: Details,
    },
}

#[derive(Serialize)]
struct FoundInvoice {
    caminho: String,
    data_vencimento: String,
    mes: u32,
    ano: i32,
    valor_fatura: Money,
}

#[derive(Serialize)]
struct Metrics {
    tempo_execucao_segundos: i64,
    requisicoes_http: u64,
    erros_recuperados: u64,
}

#[derive(Serialize)]
struct Details {
    etapa_falha: &'static str,
    codigo_erro: &'static str,
    mensagem_erro: &'static str,
    tentativas: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    acao_recomendada: Option<String>,
}

impl JobResult {
    /// Of a robot that came to the end that was planned for it.
    pub(super) fn planned(job: &Job, began: Instant, ended: Instant) -> Self {
        if let Some(text) = job.plan.script.as_ref().and_then(|script| script.payload.clone()) {
            return Self { text, verbatim: true };
        }
        match job.plan.outcome {
            Outcome::Success => {
                let message = match job.order.service {
                    Service::DownloadFaturas => "Processo concluído com 1 fatura.",
                    Service::UploadSat => "Processo concluído com 1 comprovante enviado ao SAT.",
                };
                Self::of(job, message, Some(success(job, began, ended)), ended)
            }
            Outcome::Failed(failure) => {
                let end = End::Failure {
                    detalhes: details(&job.order, failure),
                };
                Self::of(job, failure.summary(), Some(end), ended)
            }
            Outcome::Cancelled => Self::cancelled(job, ended),
        }
    }

    /// Of a robot that was told to stop.
    pub(super) fn cancelled(job: &Job, ended: Instant) -> Self {
        Self::of(job, "Processo cancelado.", None, ended)
    }

    fn of(job: &Job, message: &'static str, end: Option<End>, ended: Instant) -> Self {
        let process = |end: End| Process {
            hash_execucao: &job.order.hash,
            status_final: match end {
                End::Success { .. } => "UPLOADED_SAT",
                End::Failure { .. } => "FAILED",
            },
            cliente: &job.order.client,
            operadora: &job.order.operator,
            servico: job.order.service,
            criado_em: timestamp(job.accepted_at),
            finalizado_em: timestamp(ended),
            end,
        };
        let payload = Payload {
            success: matches!(end, Some(End::Success { .. })),
            message,
            processes: end.map(process).into_iter().collect(),
            timestamp: timestamp(ended),
        };
        Self {
            text: serde_json::to_string(&payload).unwrap_or_default(),
            verbatim: false,
        }
    }
}

/// Where a download leaves its invoice, or where an upload took it from.
pub(super) fn place(job: &Job) -> String {
    match &job.order.invoice {
        Some(given) if job.order.service == Service::UploadSat => given.clone(),
        _ => format!("s3://{}/{}", job.plan.bucket, Invoice::of(&job.order).key()),
    }
}

fn success(job: &Job, began: Instant, ended: Instant) -> End {
    let facts = Invoice::of(&job.order).facts();
    let invoice = FoundInvoice {
        caminho: place(job),
        data_vencimento: facts.due_date.format("%d-%m-%Y").to_string(),
        mes: job.order.month.month(),
        ano: job.order.month.year(),
        valor_fatura: Money(facts.total_cents()),
    };
    End::Success {
        faturas: [invoice],
        metricas: Metrics {
            tempo_execucao_segundos: (ended - began).num_seconds(),
            requisicoes_http: 12 + job.plan.whim % 40,
            erros_recuperados: job.plan.whim / 64 % 3,
        },
    }
}

fn details(order: &Order, failure: Failure) -> Details {
    Details {
        etapa_falha: failure.step(),
        codigo_erro: failure.code(),
        mensagem_erro: failure.message(),
        tentativas: ATTEMPTS,
        acao_recomendada: failure.action(&order.operator),
    }
}
