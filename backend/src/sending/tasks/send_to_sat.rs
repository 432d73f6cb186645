//! Sends one approved document to SAT over HTTPS.

use std::time::Duration;

use chrono::Datelike as _;
use esteira_shared::{ids::ProcessId, reason::Reason, status::ProcessStatus, task::TaskName, transition::Move};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    administration::organization::Organization,
    app::{App, JobContext},
    auth::Actor,
    db::Tx,
    engine::{Failure, FinalFailure, Task, TaskResult, job::Job},
    error::AppResult,
    integrations::sat::{SatError, SatMetadata, SatReceipt, SatUpload},
    processes::{
        document::Document,
        model::{Names, Process, ProcessChanges},
        moves, outgoing,
    },
};

pub struct SendToSat;

#[derive(Debug, Serialize, Deserialize)]
pub struct SendPayload {
    pub process_id: ProcessId,
    /// Of the approved document; nothing else is sent.
    pub sha256: String,
}

impl SendPayload {
    /// The same for every try with the same document of the same process, also after a failure and a new start. So SAT
    /// keeps one document.
    fn idempotency_key(&self) -> String {
        format!("{}-{}", self.process_id, self.sha256.get(..32).unwrap_or(&self.sha256))
    }
}

impl Task for SendToSat {
    type App = App;

    const NAME: &'static str = TaskName::SendToSat.as_str();
    const MAX_ATTEMPTS: i32 = 6;
    /// The longest upload that the transport itself allows, and some room.
    const TIMEOUT: Duration = Duration::from_secs(900);

    type Payload = SendPayload;

    async fn run(job: &JobContext, payload: SendPayload) -> TaskResult {
        let app = &job.app;
        let mut conn = app.db.read().await?;
        let process = Process::find(&mut conn, job.organization_id(), payload.process_id).await?;
        if process.status == ProcessStatus::UploadRealizado {
            return Ok(json!({ "protocolo": process.sat_protocol }));
        }
        if process.status != ProcessStatus::EnviandoSat || !process.has_approved(&payload.sha256) {
            return Err(business(Reason::DocumentNotAwaited {}, "PREPARO", None));
        }
        let organization = Organization::find(&mut conn, job.organization_id()).await?;
        let connection = organization
            .sat(app)
            .map_err(|_| business(Reason::SatNotConfigured {}, "PREPARO", Some(Reason::SetSatUrl {})))?;
        let document = Document::with_bytes(&mut conn, process.id, &payload.sha256)
            .await?
            .ok_or_else(|| business(Reason::DocumentNotKept {}, "PREPARO", Some(Reason::UploadAgain {})))?;
        let names = Names::of(&mut conn, &process).await?;
        drop(conn);
        let sent_before = process.sat_sent_sha256.as_deref() == Some(payload.sha256.as_str());
        job.progress(10, &Reason::ReadingDocument {}).await?;
        // The whole document, before SAT hears of it: of a request that is cut off, a careless receiver keeps what came.
        let outgoing = tokio::select! {
            opened = outgoing::open(app, &document) => opened?,
            () = job.cancelled() => return Err(Failure::Cancelled),
        };
        job.log(Reason::SendingDocument {
            filename: document.filename.clone(),
            bytes: document.size_bytes,
        });
        job.progress(40, &Reason::SendingToSat {}).await?;
        let upload = SatUpload {
            idempotency_key: payload.idempotency_key(),
            filename: document.filename.clone(),
            metadata: metadata(&names, &process, &payload.sha256)?,
            size_bytes: outgoing.size_bytes,
            body: outgoing.into_stream(),
        };
        // Written down first: whatever happens from here on, SAT may have the document.
        note_sent(job, payload.process_id, Some(&payload.sha256)).await?;
        let sent = tokio::select! {
            sent = app.sat.upload(&connection, upload) => sent,
            () = job.cancelled() => return Err(Failure::Cancelled),
        };
        let receipt = match sent {
            Ok(receipt) => receipt,
            // The answer to an earlier try was lost: it is that document which SAT has.
            Err(SatError::AlreadyKept { protocol, .. }) if sent_before => SatReceipt { protocol },
            Err(error) => {
                if !sent_before && error.left_nothing() {
                    note_sent(job, payload.process_id, None).await?;
                }
                return Err(failure(error));
            }
        };
        job.log(Reason::SatProtocol {
            protocol: receipt.protocol.clone(),
        });
        let result = json!({ "protocolo": receipt.protocol });
        let mut tx = job.begin().await?;
        let process = Process::lock(&mut tx, job.organization_id(), payload.process_id).await?;
        let changes = ProcessChanges {
            data_envio_sat: Some(Some(tx.now())),
            sat_protocol: Some(Some(receipt.protocol)),
            ..ProcessChanges::default()
        };
        let actor = Actor::system(job.organization_id());
        moves::advance(&mut tx, &actor, &process, Move::FinishSend, None, changes).await?;
        job.finish(tx, &result).await?;
        Ok(result)
    }

    async fn on_revived(tx: &mut Tx, job: &Job, actor: &Actor) -> AppResult<()> {
        let Some(subject) = job.subject_id else { return Ok(()) };
        let process = Process::lock(tx, job.organization_id, ProcessId(subject.0)).await?;
        let names = Names::of(tx.conn(), &process).await?;
        moves::begin_sending(tx, actor, &process, &names, false).await.map(drop)
    }

    async fn on_failed(tx: &mut Tx, job: &Job, failure: &FinalFailure) -> AppResult<()> {
        let Some(subject) = job.subject_id else { return Ok(()) };
        let process = Process::lock(tx, job.organization_id, ProcessId(subject.0)).await?;
        if process.status != ProcessStatus::EnviandoSat {
            return Ok(());
        }
        let changes = ProcessChanges {
            error_cause: Some(Some(failure.cause.clone())),
            error_step: Some(failure.step.clone().or_else(|| Some("ENVIO_SAT".to_owned()))),
            error_action: Some(failure.action.clone().or(Some(Reason::TryAgain {}))),
            ..ProcessChanges::default()
        };
        let actor = Actor::system(job.organization_id);
        moves::advance(tx, &actor, &process, Move::FailSend, Some(&failure.cause), changes).await?;
        Ok(())
    }
}

async fn note_sent(job: &JobContext, id: ProcessId, sha256: Option<&str>) -> Result<(), Failure> {
    let mut tx = job.begin().await?;
    Process::set_sat_sent(&mut tx, id, sha256).await?;
    Ok(tx.commit().await?)
}

fn metadata(names: &Names, process: &Process, sha256: &str) -> Result<SatMetadata, Failure> {
    let dto = names.clone().dto(process.clone())?;
    Ok(SatMetadata {
        operadora: dto.operator_name,
        razao_social: dto.client_name,
        cnpj: dto.client_cnpj.to_string(),
        conta: dto.account_number,
        mes: dto.mes_ano.first_day().month(),
        ano: dto.mes_ano.year(),
        valor: dto.valor_fatura.map(|value| value.to_string()),
        data_vencimento: dto.data_vencimento,
        sha256: sha256.to_owned(),
    })
}

fn business(cause: Reason, step: &str, action: Option<Reason>) -> Failure {
    Failure::Business {
        cause,
        step: Some(step.to_owned()),
        action,
    }
}

fn failure(error: SatError) -> Failure {
    match error {
        SatError::Business { code, message, action } => Failure::Business {
            cause: match code {
                Some(code) => Reason::WithCode {
                    message: Box::new(message),
                    code,
                },
                None => message,
            },
            step: Some("ENVIO_SAT".to_owned()),
            action,
        },
        SatError::AlreadyKept { refusal, .. } => failure(*refusal),
        SatError::NotUnderstood(cause) => business(cause, "ENVIO_SAT", Some(Reason::CheckSatFirst {})),
        SatError::Technical(error) => Failure::Technical(error),
        SatError::Later { cause, after } => Failure::Later { cause, after },
    }
}
