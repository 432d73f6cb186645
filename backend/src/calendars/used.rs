//! The schedules that go by a calendar.

use std::collections::BTreeMap;

use diesel::{
    dsl::sql,
    prelude::*,
    sql_types::{BigInt, Bool, Text},
};
use esteira_shared::{
    dto::calendars::CalendarScheduleDto,
    ids::{OrganizationId, ScheduleId},
    instant::Instant,
    schedule::Schedule,
};

use crate::{
    db::{
        DbConn, RunQueryDsl, Tx,
        schema::schedules,
        sql_types::{Json, SqlUuid},
    },
    error::AppResult,
    on_backend, scheduler,
};

/// Schedules that a change of a calendar tries, to say which of them stop: it holds the lock for writing meanwhile.
const LOOKED_AT: i64 = 200;

#[derive(QueryableByName)]
struct Used {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = BigInt)]
    schedules: i64,
}

/// How many schedules go by each calendar; those that none goes by are missing.
pub(super) async fn counts(conn: &mut DbConn, organization: OrganizationId) -> QueryResult<BTreeMap<String, i64>> {
    let used: Vec<Used> = on_backend!(
        conn,
        sqlite = |c| diesel::sql_query(
            "SELECT named.value AS name, COUNT(DISTINCT schedules.id) AS schedules \
             FROM schedules, json_each(schedules.schedule, '$.calendars') AS named \
             WHERE schedules.organization_id = ? GROUP BY named.value"
        )
        .bind::<SqlUuid, _>(organization)
        .load(c)
        .await?,
        postgres = |c| diesel::sql_query(
            "SELECT named.value AS name, COUNT(DISTINCT schedules.id) AS schedules \
             FROM schedules, jsonb_array_elements_text(schedules.schedule -> 'calendars') AS named (value) \
             WHERE schedules.organization_id = $1 GROUP BY named.value"
        )
        .bind::<SqlUuid, _>(organization)
        .load(c)
        .await?,
    );
    Ok(used.into_iter().map(|one| (one.name, one.schedules)).collect())
}

/// A schedule that goes by a calendar: its rule, and when it fires next.
type Row = (ScheduleId, String, Json, Option<Instant>);

async fn rows(conn: &mut DbConn, organization: OrganizationId, calendar: &str, most: i64) -> QueryResult<Vec<Row>> {
    const IN_SQLITE: &str =
        "EXISTS (SELECT 1 FROM json_each(schedules.schedule, '$.calendars') AS named WHERE named.value = ";
    let name = calendar.to_owned();
    let rows: Vec<Row> = on_backend!(
        conn,
        sqlite = |c| schedules::table
            .filter(schedules::organization_id.eq(organization))
            .filter(sql::<Bool>(IN_SQLITE).bind::<Text, _>(name).sql(")"))
            .order((schedules::sort_name, schedules::id))
            .limit(most)
            .select((schedules::id, schedules::name, schedules::schedule, schedules::next_at))
            .load(c)
            .await?,
        postgres = |c| schedules::table
            .filter(schedules::organization_id.eq(organization))
            .filter(
                sql::<Bool>("schedules.schedule -> 'calendars' @> to_jsonb(")
                    .bind::<Text, _>(name)
                    .sql("::text)")
            )
            .order((schedules::sort_name, schedules::id))
            .limit(most)
            .select((schedules::id, schedules::name, schedules::schedule, schedules::next_at))
            .load(c)
            .await?,
    );
    Ok(rows)
}

/// Those that go by a calendar, by name.
pub(super) async fn of(
    conn: &mut DbConn,
    organization: OrganizationId,
    calendar: &str,
    most: i64,
) -> QueryResult<Vec<CalendarScheduleDto>> {
    let rows = rows(conn, organization, calendar, most).await?;
    let schedules = rows
        .into_iter()
        .map(|(id, name, _, _)| CalendarScheduleDto { id, name });
    Ok(schedules.collect())
}

/// Has every schedule planned anew that goes by a calendar whose days were written just now. Answers those that had a next
/// run before and have none now, as far as the first [`LOOKED_AT`] show it.
///
/// # Errors
/// When the database refuses.
pub(super) async fn replan(
    tx: &mut Tx,
    organization: OrganizationId,
    calendar: &str,
) -> AppResult<Vec<CalendarScheduleDto>> {
    let rows = rows(tx.conn(), organization, calendar, LOOKED_AT).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let calendars = scheduler::calendars(tx.conn(), organization).await?;
    let now = tx.database_now().await?;
    let stopped = rows.into_iter().filter(|(id, _, schedule, next_at)| {
        let still_fires = || {
            let rule: Schedule = serde_json::from_value(schedule.0.clone()).ok()?;
            scheduler::plan(*id, &rule, &calendars).ok()?.next_after(now)
        };
        next_at.is_some() && still_fires().is_none()
    });
    let stopped = stopped
        .map(|(id, name, _, _)| CalendarScheduleDto { id, name })
        .collect();
    scheduler::calendar_changed(tx, organization, calendar).await?;
    Ok(stopped)
}
