//! Made-up results, applied to real processes by the very rules that apply real ones: for training and demonstrations.

use std::collections::HashMap;

use chrono::TimeDelta;
use diesel::{dsl::sql, prelude::*, sql_types::Bool};
use esteira_shared::{
    dto::executions::ExecutionDetailDto,
    ids::{OrganizationId, ProcessId},
    status::{ExecutionType, ProcessStatus},
};
use serde_json::{Value, json};

use crate::{
    app::App,
    auth::Actor,
    db::{
        DbConn, RunQueryDsl,
        schema::{operators, processes},
    },
    executions::{MadeUp, apply_made_up},
    integrations::rpa::{RpaStatus, hash::ExecutionHash},
    processes::model::{NamedProcess, Names, Process, with_names},
    simulators::pdf::{InvoiceFacts, InvoiceLine, invoice},
    with_conn,
};

/// What the made-up result says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Canned {
    Success,
    /// A wrong password, which a person has to change.
    Error,
}

/// Processes that a made-up result can be applied to and for which no robot is at work, oldest first, at most fifty.
///
/// # Errors
/// When the database does not answer.
pub async fn candidates(app: &App, organization: OrganizationId) -> anyhow::Result<Vec<(Process, String)>> {
    let waiting = [
        ProcessStatus::AguardandoDownload,
        ProcessStatus::ErroDownload,
        ProcessStatus::Rejeitado,
    ];
    let mut conn = app.db.read().await?;
    let rows = waiting_in(&mut conn, organization, &waiting).await?;
    let titled = |NamedProcess { process, names }: NamedProcess| {
        let title = names.title(&process);
        (process, title)
    };
    Ok(rows.into_iter().map(titled).collect())
}

async fn waiting_in(
    conn: &mut DbConn,
    organization: OrganizationId,
    statuses: &[ProcessStatus],
) -> QueryResult<Vec<NamedProcess>> {
    // Written out, because the index is partial.
    const IDLE: &str = "NOT EXISTS (SELECT 1 FROM executions WHERE executions.process_id = processes.id \
                        AND executions.status IN ('PENDENTE', 'EXECUTANDO'))";
    with_conn!(conn, |c| with_names()
        .filter(processes::organization_id.eq(organization))
        .filter(processes::status.eq_any(statuses.to_vec()))
        .filter(operators::possui_rpa.assume_not_null().eq(true))
        .filter(sql::<Bool>(IDLE))
        .order(processes::id)
        .limit(50)
        .select(NamedProcess::as_select())
        .load(c)
        .await)
}

/// Three processes for one result, and how each ends: those that wait for their invoice, then those in error. What was
/// rejected is left out, because only a run of its own may bring it another invoice.
///
/// # Errors
/// When there are fewer, or the database does not answer.
pub async fn three(app: &App, organization: OrganizationId) -> anyhow::Result<Vec<(ProcessId, Canned)>> {
    let ends = [Canned::Success, Canned::Success, Canned::Error];
    let mut conn = app.db.read().await?;
    let mut rows: Vec<Process> = Vec::new();
    for status in [ProcessStatus::AguardandoDownload, ProcessStatus::ErroDownload] {
        for row in waiting_in(&mut conn, organization, &[status]).await? {
            // Two accounts of a client with one operator share a hash, and so an entry.
            let hash = |row: &Process| (row.client_id, row.operator_id, row.mes_ano);
            if rows.iter().all(|other| hash(other) != hash(&row.process)) {
                rows.push(row.process);
            }
        }
    }
    anyhow::ensure!(
        rows.len() >= ends.len(),
        "it takes {} processes that wait for a robot; open a month first",
        ends.len()
    );
    Ok(rows.into_iter().map(|row| row.id).zip(ends).collect())
}

/// Applies one made-up result that names these processes, each with its own end. The first one is the run's own: the one
/// that is under way for it, whose robot is then cancelled, or a new one.
///
/// # Errors
/// When a process does not exist or waits for no robot, when a robot is just being asked to begin, when robots are not
/// configured, or the database refuses.
pub async fn apply_to(app: &App, actor: &Actor, wanted: &[(ProcessId, Canned)]) -> anyhow::Result<ExecutionDetailDto> {
    let Some((own, end)) = wanted.first() else {
        anyhow::bail!("name at least one process");
    };
    let mut entries = Vec::new();
    let mut files = HashMap::new();
    for (id, canned) in wanted {
        let (entry, location, facts) = entry(app, actor.organization_id, *id, *canned).await?;
        entries.push(entry);
        files.insert(location, invoice(&facts));
    }
    let well = *end == Canned::Success;
    let message = match well {
        true => "Processo concluído (resultado simulado).",
        false => "Processo interrompido: falha crítica na etapa de autenticação (resultado simulado).",
    };
    let result = MadeUp {
        status: if well { RpaStatus::Completed } else { RpaStatus::Failed },
        payload: json!({
            "success": well, "message": message, "processes": entries, "timestamp": app.clock.now(), "simulado": true,
        }),
        files,
    };
    apply_made_up(app, actor, *own, result).await
}

async fn entry(
    app: &App,
    organization: OrganizationId,
    id: ProcessId,
    canned: Canned,
) -> anyhow::Result<(Value, String, InvoiceFacts)> {
    let mut conn = app.db.read().await?;
    let process = Process::find(&mut conn, organization, id).await?;
    let names = Names::of(&mut conn, &process).await?;
    let dto = names.clone().dto(process.clone())?;
    let hash = ExecutionHash::new(
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
