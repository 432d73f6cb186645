//! Numbers about processes, for Início and for reports.

use diesel::{prelude::*, sql_types::BigInt};
use esteira_shared::{
    dto::{
        home::OperatorProgress,
        processes::{ProcessFilter, StatusCount},
    },
    ids::{OperatorId, OrganizationId},
    instant::Instant,
    money::Money,
    month::Month,
    status::ProcessStatus,
};

use super::{
    list::{self, Selection},
    matrix, month,
};
use crate::{
    db::{
        DbConn, RunQueryDsl,
        schema::processes,
        sql_types::{SqlInstant, SqlUuid, SqlWord},
    },
    error::AppResult,
    on_backend,
    operators::Operator,
    with_conn,
};

/// The newest opened month.
pub async fn newest_month(conn: &mut DbConn, organization: OrganizationId) -> QueryResult<Option<Month>> {
    month::newest(conn, organization).await
}

pub async fn counts(conn: &mut DbConn, organization: OrganizationId, month: Month) -> QueryResult<Vec<StatusCount>> {
    matrix::counts(conn, organization, month).await
}

/// Active accounts of active clients without a process in a month.
///
/// # Errors
/// When the database refuses.
pub async fn unopened(conn: &mut DbConn, organization: OrganizationId, month: Month) -> QueryResult<i64> {
    matrix::unopened(conn, organization, month).await
}

/// How many match a filter.
///
/// # Errors
/// When the database refuses.
pub async fn count(
    conn: &mut DbConn,
    organization: OrganizationId,
    filter: ProcessFilter,
    late_before: Instant,
) -> AppResult<i64> {
    let selection = Selection::new(conn, organization, filter, late_before).await?;
    Ok(list::count_all(conn, &selection).await?)
}

#[derive(QueryableByName)]
struct Hour {
    #[diesel(sql_type = SqlInstant)]
    hour: Instant,
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// How many of a month's processes were sent in each hour. Hours can be added up to days in every zone of Brazil.
pub async fn sent_by_hour(
    conn: &mut DbConn,
    organization: OrganizationId,
    month: Month,
) -> QueryResult<Vec<(Instant, i64)>> {
    const FROM: &str =
        "FROM processes WHERE status = 'UPLOAD_REALIZADO' AND data_envio_sat IS NOT NULL AND organization_id = ";
    let rows: Vec<Hour> = on_backend!(
        conn,
        sqlite = |c| diesel::sql_query(format!(
            "SELECT substr(data_envio_sat, 1, 13) || ':00:00.000000Z' AS hour, COUNT(*) AS count \
             {FROM}? AND mes_ano = ? GROUP BY 1 ORDER BY 1"
        ))
        .bind::<SqlUuid, _>(organization)
        .bind::<SqlWord, _>(month)
        .load(c)
        .await?,
        postgres = |c| diesel::sql_query(format!(
            "SELECT date_trunc('hour', data_envio_sat) AS hour, COUNT(*) AS count \
             {FROM}$1 AND mes_ano = $2 GROUP BY 1 ORDER BY 1"
        ))
        .bind::<SqlUuid, _>(organization)
        .bind::<SqlWord, _>(month)
        .load(c)
        .await?,
    );
    Ok(rows.into_iter().map(|row| (row.hour, row.count)).collect())
}

/// How far each operator is that has processes in a month, by name.
///
/// # Errors
/// When the database refuses.
pub async fn by_operator(
    conn: &mut DbConn,
    organization: OrganizationId,
    month: Month,
) -> AppResult<Vec<OperatorProgress>> {
    type Row = (OperatorId, ProcessStatus, i64, Option<i64>);
    // Cents are summed as whole numbers; PostgreSQL's sum of bigint is a numeric, so it is cast back.
    let sum =
        diesel::dsl::sql::<diesel::sql_types::Nullable<diesel::sql_types::BigInt>>("CAST(SUM(valor_fatura) AS BIGINT)");
    let rows: Vec<Row> = with_conn!(conn, |c| processes::table
        .filter(
            processes::organization_id
                .eq(organization)
                .and(processes::mes_ano.eq(month))
        )
        .group_by((processes::operator_id, processes::status))
        .select((
            processes::operator_id,
            processes::status,
            diesel::dsl::count_star(),
            sum
        ))
        .load(c)
        .await)?;
    let approved = |status: ProcessStatus| {
        matches!(
            status,
            ProcessStatus::AguardandoEnvioSat
                | ProcessStatus::EnviandoSat
                | ProcessStatus::ErroEnvioSat
                | ProcessStatus::UploadRealizado
        )
    };
    let all = Operator::all(conn, organization).await?;
    let progress = |operator: Operator| {
        let own: Vec<&Row> = rows.iter().filter(|row| row.0 == operator.id).collect();
        let value = own.iter().filter(|row| approved(row.1)).filter_map(|row| row.3).sum();
        OperatorProgress {
            operator_id: operator.id,
            name: operator.name,
            total: own.iter().map(|row| row.2).sum(),
            counts: own
                .iter()
                .map(|row| StatusCount {
                    status: row.1,
                    count: row.2,
                })
                .collect(),
            approved_value: Money(value),
        }
    };
    Ok(all
        .into_iter()
        .map(progress)
        .filter(|operator| operator.total > 0)
        .collect())
}
