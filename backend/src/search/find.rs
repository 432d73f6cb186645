//! The looking up.

use diesel::prelude::*;
use esteira_shared::{
    dto::{
        operators::OperatorQuery,
        search::{SearchHitDto, SearchKind},
    },
    ids::{ClientId, JobId, OrganizationId, ProcessId},
    permission::Permission,
};
use uuid::Uuid;

use crate::{
    auth::Principal,
    clients::{Client, matching_clients},
    db::{
        DbConn, RunQueryDsl,
        schema::{clients, processes},
    },
    engine::job::Job,
    error::AppResult,
    operators::Operator,
    processes::model::{NamedProcess, with_names},
    schedules, with_conn,
};

const OF_EACH: i64 = 6;

pub(super) async fn find(conn: &mut DbConn, who: &Principal, text: &str) -> AppResult<Vec<SearchHitDto>> {
    let organization = who.organization_id;
    let mut hits = Vec::new();
    if let Ok(id) = text.parse::<Uuid>() {
        return by_id(conn, who, id).await;
    }
    let ids = matching_clients(conn, organization, text, 200).await?;
    hits.extend(recent_processes(conn, organization, &ids).await?);
    if who.may(Permission::ReadRegistry) {
        let found: Vec<Client> = with_conn!(conn, |c| clients::table
            .filter(clients::organization_id.eq(organization).and(clients::id.eq_any(ids)))
            .order((clients::sort_name, clients::id))
            .limit(OF_EACH)
            .select(Client::as_select())
            .load(c)
            .await)?;
        for client in found {
            let dto = client.into_dto(0)?;
            hits.push(hit(
                SearchKind::Client,
                dto.id.0,
                dto.razao_social,
                dto.cnpj.formatted(),
            ));
        }
        let query = OperatorQuery {
            q: Some(text.to_owned()),
            limit: Some(OF_EACH),
            ..OperatorQuery::default()
        };
        for operator in Operator::list(conn, organization, &query).await?.items {
            hits.push(hit(SearchKind::Operator, operator.id.0, operator.name, String::new()));
        }
    }
    if who.may(Permission::ReadSchedules) {
        for (id, name, kind) in schedules::named(conn, organization, text, OF_EACH).await? {
            // The page has words for the kind.
            hits.push(hit(SearchKind::Schedule, id.0, name, kind.to_string()));
        }
    }
    Ok(hits)
}

fn hit(kind: SearchKind, id: Uuid, title: String, subtitle: String) -> SearchHitDto {
    SearchHitDto {
        kind,
        id,
        title,
        subtitle,
        status: None,
        month: None,
    }
}

async fn by_id(conn: &mut DbConn, who: &Principal, id: Uuid) -> AppResult<Vec<SearchHitDto>> {
    match NamedProcess::find(conn, who.organization_id, ProcessId(id)).await {
        Ok(process) => return Ok(shown(vec![process])),
        Err(error) if error.code() == esteira_shared::error::ErrorCode::NotFound => {}
        Err(error) => return Err(error),
    }
    let job = if who.may(Permission::ReadJobs) {
        Job::find(conn, who.organization_id, JobId(id)).await?
    } else {
        None
    };
    Ok(job
        .into_iter()
        .map(|job| hit(SearchKind::Job, job.id.0, job.task, job.status.to_string()))
        .collect())
}

/// The newest processes of these clients.
async fn recent_processes(
    conn: &mut DbConn,
    organization: OrganizationId,
    ids: &[ClientId],
) -> AppResult<Vec<SearchHitDto>> {
    let few: Vec<ClientId> = ids.iter().copied().take(20).collect();
    let found: Vec<NamedProcess> = with_conn!(conn, |c| with_names()
        .filter(
            processes::organization_id
                .eq(organization)
                .and(processes::client_id.eq_any(few))
        )
        .order(processes::id.desc())
        .limit(OF_EACH)
        .select(NamedProcess::as_select())
        .load(c)
        .await)?;
    Ok(shown(found))
}

fn shown(rows: Vec<NamedProcess>) -> Vec<SearchHitDto> {
    rows.into_iter()
        .map(|NamedProcess { process, names }| SearchHitDto {
            kind: SearchKind::Process,
            id: process.id.0,
            title: names.client,
            subtitle: names.operator,
            status: Some(process.status),
            month: Some(process.mes_ano),
        })
        .collect()
}
