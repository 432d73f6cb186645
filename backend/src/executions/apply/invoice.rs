//! The invoice that a robot brought, or took to SAT.

use esteira_shared::{
    error::ErrorCode,
    ids::ProcessId,
    reason::Reason,
    status::{ProcessStatus, ResultEffect},
    transition::Move,
};

use super::{Applying, EntryOutcome, Files};
use crate::{
    engine::Failure,
    executions::{
        end::{self, Trouble},
        fetch,
        model::Execution,
    },
    integrations::rpa::payload::{RpaFatura, RpaProcess},
    processes::{
        Incoming, Origin,
        model::{Process, ProcessChanges},
        moves, receive,
    },
};

impl Applying<'_> {
    /// Takes in the invoice of a process from where its robot says that it is. The inner error means that there is
    /// none.
    pub(super) async fn bring(
        &self,
        id: ProcessId,
        entry: &RpaProcess,
    ) -> Result<Result<EntryOutcome, Trouble>, Failure> {
        let organization = self.execution.organization_id;
        let mut tx = self.begin().await?;
        let mut process = Process::lock(&mut tx, organization, id).await?;
        if id != self.execution.process_id && Execution::active(tx.conn(), id).await?.is_some() {
            return Ok(Ok(EntryOutcome::left_to_another(id)));
        }
        let Some(fatura) = invoice(entry, &process) else {
            return Ok(Err(Trouble {
                step: Some("RESULTADO".to_owned()),
                action: Some(Reason::RunAgainOrAsk {}),
                ..Trouble::new(Reason::InvoiceNotNamed {})
            }));
        };
        let location = fatura.caminho.clone().unwrap_or_default();
        let known = process.url_fatura.as_deref() == Some(location.as_str());
        if known && process.status != ProcessStatus::DownloadConcluido {
            return Ok(Ok(EntryOutcome::new(ResultEffect::Applied, Some(id), None)));
        }
        let mut fetched = None;
        if id != self.execution.process_id && process.status == ProcessStatus::ErroDownload {
            // Another robot brought nothing. That stands until the invoice is in hand, so that a repetition leaves no trace.
            drop(tx);
            match self.file(&location).await? {
                Ok(incoming) => fetched = Some(incoming),
                Err(trouble) => return Ok(Err(trouble)),
            }
            tx = self.begin().await?;
            process = Process::lock(&mut tx, organization, id).await?;
            if Execution::active(tx.conn(), id).await?.is_some() {
                return Ok(Ok(EntryOutcome::left_to_another(id)));
            }
        }
        let failed = fetched.is_some() && process.status == ProcessStatus::ErroDownload;
        if failed || process.status == ProcessStatus::AguardandoDownload {
            process = end::begin_process(&mut tx, &self.actor, &process).await?;
        }
        let changes = |now| ProcessChanges {
            url_fatura: Some(Some(location.clone())),
            data_download: Some(Some(now)),
            valor_fatura: fatura.valor.map(Some),
            data_vencimento: fatura.data_vencimento.map(Some),
            ..ProcessChanges::default()
        };
        let now = tx.now();
        match process.status {
            ProcessStatus::DownloadEmAndamento => {
                let reason = Reason::InvoiceAt {
                    location: location.clone(),
                };
                let by = Move::FinishDownload;
                moves::advance(&mut tx, &self.actor, &process, by, Some(&reason), changes(now)).await?;
                tx.commit().await?;
            }
            ProcessStatus::DownloadConcluido => drop(tx),
            other => {
                let note = Reason::InvoiceNotUsed { status: other };
                return Ok(Ok(EntryOutcome::new(ResultEffect::Unchanged, Some(id), Some(note))));
            }
        }
        let fetched = match fetched {
            Some(incoming) => Ok(incoming),
            None => self.file(&location).await?,
        };
        let incoming = match fetched {
            Ok(incoming) => incoming,
            Err(trouble) => return Ok(Err(trouble)),
        };
        let filename = location.rsplit('/').next().unwrap_or("fatura.pdf").to_owned();
        let origin = Origin::Robot {
            told: Box::new(changes(now)),
            claim: self.job.map(|job| (job.row().id, job.row().fence)),
        };
        match receive(self.app, &self.actor, id, &filename, origin, incoming).await {
            Ok(()) => Ok(Ok(EntryOutcome::new(
                ResultEffect::Applied,
                Some(id),
                others(entry, &location),
            ))),
            Err(error) if error.code() == ErrorCode::IllegalTransition => {
                let note = Reason::WentOnWithoutTheRobot {};
                Ok(Ok(EntryOutcome::new(ResultEffect::Unchanged, Some(id), Some(note))))
            }
            Err(error) => Err(Failure::Technical(error.into())),
        }
    }

    /// The PDF at an address that the result names. The inner error means that there is none.
    async fn file(&self, location: &str) -> Result<Result<Incoming, Trouble>, Failure> {
        match self.files {
            Files::Robots => fetch::fetch(self.app, self.execution.organization_id, location).await,
            Files::Made(made) => {
                let pdf = made.get(location).cloned().unwrap_or_default();
                let organization = self.execution.organization_id;
                Ok(Ok(
                    Incoming::receive(self.app, organization, pdf.into(), i64::MAX).await?
                ))
            }
        }
    }

    /// A robot brought the approved document to SAT.
    pub(super) async fn sent(&self, entry: &RpaProcess) -> Result<EntryOutcome, Failure> {
        let id = self.execution.process_id;
        let mut tx = self.begin().await?;
        let process = Process::lock(&mut tx, self.execution.organization_id, id).await?;
        if process.status != ProcessStatus::EnviandoSat {
            let note = Reason::ProcessAlreadyIn { status: process.status };
            return Ok(EntryOutcome::new(ResultEffect::Unchanged, Some(id), Some(note)));
        }
        // Without a number of SAT's, the robot's own job is what leads there.
        let job = self.execution.external_job_id.clone();
        let changes = ProcessChanges {
            data_envio_sat: Some(Some(tx.now())),
            sat_protocol: Some(entry.protocolo.clone().or(job)),
            ..ProcessChanges::default()
        };
        let message = self.result.message.clone().map(Reason::quoted);
        moves::advance(
            &mut tx,
            &self.actor,
            &process,
            Move::FinishSend,
            message.as_ref(),
            changes,
        )
        .await?;
        tx.commit().await?;
        Ok(EntryOutcome::new(ResultEffect::Applied, Some(id), None))
    }
}

/// The invoice of the process's month, or the first one that says where it is.
fn invoice<'a>(entry: &'a RpaProcess, process: &Process) -> Option<&'a RpaFatura> {
    let mut found = entry.faturas.iter().filter(|fatura| fatura.caminho.is_some());
    let month = (Some(process.mes_ano.month()), Some(process.mes_ano.year()));
    let of_month = found.clone().find(|fatura| (fatura.mes, fatura.ano) == month);
    of_month.or_else(|| found.next())
}

fn others(entry: &RpaProcess, location: &str) -> Option<Reason> {
    let others: Vec<&str> = entry
        .faturas
        .iter()
        .filter_map(|fatura| fatura.caminho.as_deref())
        .filter(|path| *path != location)
        .collect();
    (!others.is_empty()).then(|| Reason::OtherInvoicesNotUsed {
        paths: others.join(", "),
    })
}
