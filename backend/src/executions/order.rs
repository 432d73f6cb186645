//! What a robot is told when it starts.

use diesel::prelude::*;
use esteira_shared::{
    reason::Reason,
    status::{ExecutionType, ProcessStatus},
};
use serde_json::Value;

use super::model::Execution;
use crate::{
    app::App,
    clients::Account,
    db::{DbConn, RunQueryDsl, schema::accounts},
    engine::Failure,
    integrations::rpa::{Mask, RpaStart, StartBody, StartClient},
    processes::{
        document::Document,
        model::{Names, Process},
    },
    with_conn,
};

/// The start of a run, with the portal's password when the client has one.
///
/// # Errors
/// `Business` when a robot cannot read the document from where it is kept.
pub(super) async fn build(app: &App, conn: &mut DbConn, execution: &Execution) -> Result<RpaStart, Failure> {
    let process = Process::find(conn, execution.organization_id, execution.process_id).await?;
    let names = Names::of(conn, &process).await?;
    let account = account(conn, &process).await?;
    let fatura = match execution.tipo {
        ExecutionType::DownloadFatura => None,
        ExecutionType::UploadSat => Some(document(app, conn, execution, &process).await?),
    };
    let dto = names.clone().dto(process)?;
    Ok(RpaStart {
        idempotency_key: execution.id.to_string(),
        operadora: dto.operator_name.clone(),
        body: StartBody {
            hash_execucao: execution.hash_execucao.clone(),
            servico: execution.tipo.into(),
            cliente: StartClient {
                razao_social: dto.client_name,
                cnpj: dto.client_cnpj.to_string(),
            },
            operadora: dto.operator_name,
            mes: dto.mes_ano.month(),
            ano: dto.mes_ano.year(),
            login: account.portal_login.clone(),
            senha: account.portal_password(app)?,
            fatura,
            parametros: execution.added(),
        },
    })
}

/// Hides the password in what the robot of an already started run says. If the password was changed since, the old one
/// is no longer known.
pub(super) async fn mask(app: &App, conn: &mut DbConn, execution: &Execution) -> Result<Mask, Failure> {
    let process = Process::find(conn, execution.organization_id, execution.process_id).await?;
    let account = account(conn, &process).await?;
    match account.portal_password(app) {
        Ok(password) => Ok(Mask::new(password.as_ref())),
        // A robot at work is followed all the same.
        Err(error) => {
            tracing::error!(execution = %execution.id, error = format!("{error:#}"), "its password cannot be hidden");
            Ok(Mask::default())
        }
    }
}

async fn account(conn: &mut DbConn, process: &Process) -> QueryResult<Account> {
    with_conn!(conn, |c| accounts::table
        .find(process.account_id)
        .select(Account::as_select())
        .first(c)
        .await)
}

/// Where a robot reads the approved document.
async fn document(app: &App, conn: &mut DbConn, execution: &Execution, process: &Process) -> Result<String, Failure> {
    let missing = |cause: Reason, action: Reason| Failure::Business {
        cause,
        step: Some("PREPARO".to_owned()),
        action: Some(action),
    };
    let sha256 = execution.document_sha256.as_deref().unwrap_or_default();
    if process.status != ProcessStatus::EnviandoSat || !process.has_approved(sha256) {
        return Err(missing(Reason::DocumentNotAwaited {}, Reason::SendAgain {}));
    }
    let document = Document::with_bytes(conn, process.id, sha256)
        .await?
        .ok_or_else(|| missing(Reason::DocumentNotKept {}, Reason::UploadAgain {}))?;
    app.storage
        .location(&document.storage_key)
        .ok_or_else(|| missing(Reason::DocumentsInAFolder {}, Reason::UseS3OrHttps {}))
}

/// What may be kept and shown of a start.
pub(super) fn shown(start: &RpaStart) -> String {
    Value::Object(start.body.without_password()).to_string()
}
