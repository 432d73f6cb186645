//! Numbers about processes, for Início.

use diesel::{prelude::*, sql_types::BigInt};
use esteira_shared::{
    dto::processes::{ProcessFilter, StatusCount},
    ids::OrganizationId,
    instant::Instant,
    month::Month,
};

use super::{
    list::{self, Selection},
    matrix, month,
};
use crate::{
    db::{
        DbConn, RunQueryDsl,
        sql_types::{SqlInstant, SqlUuid, SqlWord},
    },
    error::AppResult,
    on_backend,
};

/// The newest opened month.
pub async fn newest_month(conn: &mut DbConn, organization: OrganizationId) -> QueryResult<Option<Month>> {
    month::newest(conn, organization).await
}

pub async fn counts(conn: &mut DbConn, organization: OrganizationId, month: Month) -> QueryResult<Vec<StatusCount>> {
    matrix::counts(conn, organization, month).await
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
