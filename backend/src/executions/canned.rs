//! Made-up results, applied to real processes by the very rules that apply real ones: for training and demonstrations.

use std::collections::HashMap;

use chrono::TimeDelta;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use esteira_shared::{
    dto::executions::ExecutionDto,
    ids::{OrganizationId, ProcessId},
    status::{ExecutionType, ProcessStatus},
};
use serde_json::{Map, Value, json};

use super::{
    apply::{self, Files, Report},
    model::{self, Execution},
    start::{self, Wanted},
};
use crate::{
    app::App,
    auth::Actor,
    db::schema::processes,
    engine::request_cancel,
    integrations::rpa::RpaStatus,
    pdf::make::{InvoiceFacts, InvoiceLine, invoice},
    processes::model::{Names, Process},
    with_conn,
};

/// What the made-up result says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Canned {
    Success,
    /// A wrong password, which a person has to change.
    Error,
}

/// Processes that a made-up result can be applied to, oldest first, at most fifty.
///
/// # Errors
/// When the database does not answer.
pub async fn candidates(app: &App, organization: OrganizationId) -> anyhow::Result<Vec<(Process, String)>> {
    let waiting = [
        ProcessStatus::AguardandoDownload,
        ProcessStatus::DownloadEmAndamento,
        ProcessStatus::ErroDownload,
        ProcessStatus::Rejeitado,
    ];
    let mut conn = app.db.read().await?;
    let rows: Vec<Process> = with_conn!(&mut conn, |c| processes::table
        .filter(processes::organization_id.eq(organization))
        .filter(processes::status.eq_any(waiting))
        .order(processes::id)
        .limit(50)
        .select(Process::as_select())
        .load(c)
        .await)?;
    let names = Names::of(&mut conn, &rows).await?;
    Ok(rows
        .into_iter()
        .map(|process| {
            let title = names.title(&process);
            (process, title)
        })
        .collect())
}

/// Applies one made-up result that names these processes, each with its own end. The first one is the run's own.
///
/// # Errors
/// When a process does not exist or waits for no robot, when robots are not configured, or the database refuses.
pub async fn apply_to(app: &App, actor: &Actor, wanted: &[(ProcessId, Canned)]) -> anyhow::Result<ExecutionDto> {
    let Some((own, end)) = wanted.first() else {
        anyhow::bail!("name at least one process");
    };
    let execution = waiting_run(app, actor, *own).await?;
    let mut entries = Vec::new();
    let mut made = HashMap::new();
    for (id, canned) in wanted {
        let (entry, location, facts) = entry(app, actor.organization_id, *id, *canned).await?;
        entries.push(entry);
        made.insert(location, invoice(&facts));
    }
    let well = *end == Canned::Success;
    let message = match well {
        true => "Processo concluído (resultado simulado).",
        false => "Processo interrompido: falha crítica na etapa de autenticação (resultado simulado).",
    };
    let payload = json!({
        "success": well, "message": message, "processes": entries, "timestamp": app.clock.now(), "simulado": true,
    });
    let report = Report {
        status: if well { RpaStatus::Completed } else { RpaStatus::Failed },
        payload,
        logs: Vec::new(),
    };
    apply::apply(app, None, &execution, &report, &Files::Made(made)).await?;
    // The run is over: its job has nothing left to do.
    let mut tx = app.db.begin().await?;
    request_cancel(&mut tx, &app.tasks, actor.organization_id, execution.job_id).await?;
    let ended = Execution::find(tx.conn(), actor.organization_id, execution.id).await?;
    let ended = model::dto(tx.conn(), ended).await?;
    tx.commit().await?;
    Ok(ended)
}

/// The run that waits or runs for a process, or a new one whose robot is never called.
async fn waiting_run(app: &App, actor: &Actor, id: ProcessId) -> anyhow::Result<Execution> {
    let mut tx = app.db.begin().await?;
    let process = Process::lock(&mut tx, actor.organization_id, id).await?;
    let run = match Execution::active(tx.conn(), id).await? {
        Some(active) if active.start_sent_at.is_none() => active,
        Some(_) => anyhow::bail!("a robot is at work for this process; cancel it first"),
        None => {
            let wanted = Wanted {
                wait: TimeDelta::days(1),
                ..Wanted::download(Map::new())
            };
            start::start_wanted(&mut tx, actor, &process, wanted).await?
        }
    };
    tx.commit().await?;
    Ok(run)
}

async fn entry(
    app: &App,
    organization: OrganizationId,
    id: ProcessId,
    canned: Canned,
) -> anyhow::Result<(Value, String, InvoiceFacts)> {
    let mut conn = app.db.read().await?;
    let process = Process::find(&mut conn, organization, id).await?;
    let names = Names::of(&mut conn, std::slice::from_ref(&process)).await?;
    let dto = names.dto(process.clone())?;
    let hash = crate::integrations::rpa::hash::ExecutionHash::new(
        &dto.operator_name,
        &dto.client_cnpj.to_string(),
        ExecutionType::DownloadFatura,
        process.mes_ano,
    );
    let month = process.mes_ano;
    let due = month.first_day() + TimeDelta::days(19);
    let facts = InvoiceFacts {
        operator: dto.operator_name.clone(),
        client: dto.client_name.clone(),
        cnpj: dto.client_cnpj.formatted(),
        account: dto.account_number.clone(),
        period: format!("{month}"),
        due_date: due,
        lines: vec![InvoiceLine {
            number: "41 99999-0001".to_owned(),
            service: "Plano Smart Empresas 20 GB".to_owned(),
            cents: 8_990,
        }],
    };
    let now = app.clock.now();
    let location = format!("s3://robos/{}/{month}/{}.pdf", dto.operator_name, dto.client_cnpj);
    let mut entry = json!({
        "hash_execucao": hash.to_string(), "cliente": dto.client_name, "operadora": dto.operator_name,
        "servico": "DOWNLOAD_FATURAS", "criado_em": now, "finalizado_em": now,
    });
    let more = match canned {
        Canned::Success => json!({
            "status_final": "UPLOADED_SAT",
            "faturas": [{
                "caminho": location,
                "data_vencimento": due.format("%d-%m-%Y").to_string(),
                "mes": month.month(), "ano": month.year(), "valor_fatura": "89.90",
            }],
            "metricas": { "tempo_execucao_segundos": 187, "requisicoes_http": 36, "erros_recuperados": 0 },
        }),
        Canned::Error => json!({
            "status_final": "FAILED",
            "detalhes": {
                "etapa_falha": "LOGIN_PORTAL", "codigo_erro": "AUTH-401",
                "mensagem_erro": "Credenciais inválidas ou sessão expirada.", "tentativas": 3,
                "acao_recomendada": format!("Atualizar senha no portal {} e reenfileirar.", dto.operator_name),
            },
        }),
    };
    if let (Value::Object(entry), Value::Object(more)) = (&mut entry, more) {
        entry.extend(more);
    }
    Ok((entry, location, facts))
}
