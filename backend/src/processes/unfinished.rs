//! What a month still lacks.

use chrono::NaiveDate;
use diesel::prelude::*;
use esteira_shared::{
    ids::{OrganizationId, ProcessId},
    instant::Instant,
    month::Month,
    status::ProcessStatus,
};

use super::model::{NamedProcess, with_names};
use crate::{
    db::{DbConn, RunQueryDsl, schema::processes},
    with_conn,
};

/// Where a process stands that is not done.
#[derive(Debug, Clone, Copy, Queryable)]
pub struct Unfinished {
    pub id: ProcessId,
    pub status: ProcessStatus,
    pub status_since: Instant,
    pub due: Option<NaiveDate>,
}

/// All of a month that are not done, longest in their status first.
///
/// # Errors
/// When the database refuses.
pub async fn of_month(conn: &mut DbConn, organization: OrganizationId, month: Month) -> QueryResult<Vec<Unfinished>> {
    with_conn!(conn, |c| processes::table
        .filter(
            processes::organization_id
                .eq(organization)
                .and(processes::mes_ano.eq(month))
        )
        .filter(processes::status.ne(ProcessStatus::UploadRealizado))
        .order((processes::status_since, processes::id))
        .select((
            processes::id,
            processes::status,
            processes::status_since,
            processes::data_vencimento,
        ))
        .load(c)
        .await)
}

/// The processes with these ids, in any order.
///
/// # Errors
/// When the database refuses.
pub async fn named(
    conn: &mut DbConn,
    organization: OrganizationId,
    ids: Vec<ProcessId>,
) -> QueryResult<Vec<NamedProcess>> {
    with_conn!(conn, |c| with_names()
        .filter(processes::organization_id.eq(organization))
        .filter(processes::id.eq_any(ids))
        .select(NamedProcess::as_select())
        .load(c)
        .await)
}
