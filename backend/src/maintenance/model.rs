//! The row of a maintenance and its queries.

use diesel::prelude::*;
use esteira_shared::{
    dto::{maintenance::MaintenanceQuery, schedules::MaintenanceDto},
    error::{FieldCode, FieldError},
    ids::{MaintenanceId, OrganizationId, UserId},
    instant::Instant,
    page::Page,
    status::MaintenanceArea,
};
use serde::{Deserialize, Serialize};

use crate::{
    clock::Clock,
    db::{
        DbConn, RunQueryDsl, Tx, database_now, paging,
        schema::{maintenances, users},
    },
    error::{AppError, AppResult},
    locked, with_conn,
};

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = maintenances, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
#[diesel(treat_none_as_default_value = false)]
pub(super) struct Maintenance {
    pub(super) id: MaintenanceId,
    pub(super) organization_id: OrganizationId,
    pub(super) area: MaintenanceArea,
    pub(super) reason: String,
    pub(super) starts_at: Instant,
    pub(super) ends_at: Instant,
    pub(super) ended_at: Option<Instant>,
    pub(super) created_by: UserId,
    pub(super) created_at: Instant,
}

/// Where it stands at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Planned,
    Active,
    Over,
}

/// The order, and the last row of the page before.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Place {
    first_end_first: bool,
    ends_at: Instant,
    id: MaintenanceId,
}

impl Maintenance {
    /// The row, held until the transaction ends.
    pub(super) async fn lock(tx: &mut Tx, organization: OrganizationId, id: MaintenanceId) -> AppResult<Self> {
        let found: Option<Self> = locked!(
            tx,
            for_update,
            maintenances::table
                .filter(
                    maintenances::organization_id
                        .eq(organization)
                        .and(maintenances::id.eq(id))
                )
                .select(Self::as_select()),
            |found, c| found.first(c).await.optional()
        )?;
        found.ok_or_else(|| AppError::not_found("maintenance"))
    }

    pub(super) fn state(&self, now: Instant) -> State {
        if self.ended_at.is_some() || self.ends_at <= now {
            State::Over
        } else if self.starts_at <= now {
            State::Active
        } else {
            State::Planned
        }
    }

    pub(super) fn into_dto(self, created_by: String, now: Instant) -> MaintenanceDto {
        MaintenanceDto {
            active: self.state(now) == State::Active,
            id: self.id,
            area: self.area,
            reason: self.reason,
            starts_at: self.starts_at,
            ends_at: self.ends_at,
            ended_at: self.ended_at,
            created_by,
        }
    }
}

/// # Errors
/// `not_found`.
pub(super) async fn get(
    conn: &mut DbConn,
    clock: &dyn Clock,
    organization: OrganizationId,
    id: MaintenanceId,
) -> AppResult<MaintenanceDto> {
    let now = database_now(conn, clock).await?;
    let found: Option<(Maintenance, String)> = with_conn!(conn, |c| maintenances::table
        .inner_join(users::table)
        .filter(
            maintenances::organization_id
                .eq(organization)
                .and(maintenances::id.eq(id))
        )
        .select((Maintenance::as_select(), users::name))
        .first(c)
        .await
        .optional())?;
    let (row, name) = found.ok_or_else(|| AppError::not_found("maintenance"))?;
    Ok(row.into_dto(name, now))
}

/// One page, in the order that its filter has.
///
/// # Errors
/// `validation`.
pub(super) async fn list(
    conn: &mut DbConn,
    clock: &dyn Clock,
    organization: OrganizationId,
    query: &MaintenanceQuery,
) -> AppResult<Page<MaintenanceDto>> {
    let limit = paging::limit(query.limit)?;
    // What holds now stands before what is planned.
    let first_end_first = query.over == Some(false);
    let after: Option<Place> = paging::cursor(query.cursor.as_deref())?;
    if after.is_some_and(|after| after.first_end_first != first_end_first) {
        let message = "belongs to another filter; ask for the first page without a cursor";
        let error = FieldError::new("cursor", FieldCode::Invalid, message);
        return Err(AppError::validation(vec![error]));
    }
    let now = database_now(conn, clock).await?;
    let rows: Vec<(Maintenance, String)> = with_conn!(conn, |c| {
        let mut found = maintenances::table
            .inner_join(users::table)
            .filter(maintenances::organization_id.eq(organization))
            .select((Maintenance::as_select(), users::name))
            .limit(limit + 1)
            .into_boxed();
        found = match query.over {
            None => found,
            Some(true) => found.filter(maintenances::ended_at.is_not_null().or(maintenances::ends_at.le(now))),
            Some(false) => found.filter(maintenances::ended_at.is_null().and(maintenances::ends_at.gt(now))),
        };
        found = match first_end_first {
            true => found.order((maintenances::ends_at.asc(), maintenances::id.asc())),
            false => found.order((maintenances::ends_at.desc(), maintenances::id.desc())),
        };
        if let Some(Place { ends_at, id, .. }) = after {
            let same = maintenances::ends_at.eq(ends_at);
            found = match first_end_first {
                true => found.filter(maintenances::ends_at.gt(ends_at).or(same.and(maintenances::id.gt(id)))),
                false => found.filter(maintenances::ends_at.lt(ends_at).or(same.and(maintenances::id.lt(id)))),
            };
        }
        found.load(c).await
    })?;
    let page = paging::cut(rows, limit, |(row, _)| Place {
        first_end_first,
        ends_at: row.ends_at,
        id: row.id,
    });
    Ok(page.map(|(row, name)| row.into_dto(name, now)))
}
