//! Reading the audit trail.

use chrono::{NaiveDate, TimeZone as _};
use diesel::prelude::*;
use esteira_shared::{
    dto::administration::{AuditEventDto, AuditQuery},
    ids::{AuditEventId, OrganizationId, SubjectId},
    instant::Instant,
    page::Page,
};

use crate::{
    db::{DbConn, RunQueryDsl, paging, schema::audit_events, sql_types::Json},
    error::AppResult,
    fold::after_prefix,
    with_conn,
};

type Row = (
    AuditEventId,
    Instant,
    String,
    String,
    String,
    Option<SubjectId>,
    String,
    Option<Json>,
    Option<Json>,
    Option<String>,
);

/// Newest first. Days are those of `zone`.
///
/// # Errors
/// `validation` for a bad limit or cursor.
pub async fn list(
    conn: &mut DbConn,
    organization: OrganizationId,
    zone: chrono_tz::Tz,
    query: &AuditQuery,
) -> AppResult<Page<AuditEventDto>> {
    let limit = paging::limit(query.limit)?;
    let after: Option<AuditEventId> = paging::cursor(query.cursor.as_deref())?;
    let rows: Vec<Row> = with_conn!(conn, |c| {
        let mut found = audit_events::table
            .filter(audit_events::organization_id.eq(organization))
            .order(audit_events::id.desc())
            .limit(limit + 1)
            .select((
                audit_events::id,
                audit_events::at,
                audit_events::actor,
                audit_events::action,
                audit_events::subject_kind,
                audit_events::subject_id,
                audit_events::subject_name,
                audit_events::before,
                audit_events::after,
                audit_events::request_id,
            ))
            .into_boxed();
        if let Some(after) = after {
            found = found.filter(audit_events::id.lt(after));
        }
        if let Some(actor) = query.actor.as_deref().map(str::trim).filter(|actor| !actor.is_empty()) {
            found = found.filter(
                audit_events::actor
                    .ge(actor.to_owned())
                    .and(audit_events::actor.lt(after_prefix(actor))),
            );
        }
        if let Some(action) = query
            .action
            .as_deref()
            .map(str::trim)
            .filter(|action| !action.is_empty())
        {
            let group = format!("{action}.");
            found = found.filter(
                audit_events::action.eq(action.to_owned()).or(audit_events::action
                    .ge(group.clone())
                    .and(audit_events::action.lt(after_prefix(&group)))),
            );
        }
        if let Some(subject) = query.subject_id {
            found = found.filter(audit_events::subject_id.eq(Some(subject)));
        }
        if let Some(from) = query.from {
            found = found.filter(audit_events::at.ge(start_of(from, zone)));
        }
        if let Some(next) = query.to.and_then(|day| day.succ_opt()) {
            found = found.filter(audit_events::at.lt(start_of(next, zone)));
        }
        found.load(c).await
    })?;
    Ok(paging::cut(rows, limit, |row| row.0).map(dto))
}

/// A day's first instant. Where the clock jumps over midnight, that is the first one after the gap.
fn start_of(day: NaiveDate, zone: chrono_tz::Tz) -> Instant {
    let midnight = day.and_time(chrono::NaiveTime::MIN);
    (0..=180)
        .step_by(15)
        .find_map(|minutes| {
            zone.from_local_datetime(&(midnight + chrono::TimeDelta::minutes(minutes)))
                .earliest()
        })
        .map_or_else(|| midnight.and_utc().into(), |instant| instant.to_utc().into())
}

fn dto(
    (id, at, actor, action, subject_kind, subject_id, subject_name, before, after, request_id): Row,
) -> AuditEventDto {
    AuditEventDto {
        id,
        at,
        actor,
        action,
        subject_kind,
        subject_id,
        subject_name,
        before: before.map(|json| json.0),
        after: after.map(|json| json.0),
        request_id,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_without_midnight_starts_after_the_gap() {
        // Brazil's summer time began at midnight: 2018-11-04 00:00 does not exist in São Paulo.
        let day = NaiveDate::from_ymd_opt(2018, 11, 4).unwrap_or_default();
        assert_eq!(
            start_of(day, chrono_tz::America::Sao_Paulo).to_rfc3339(),
            "2018-11-04T03:00:00+00:00"
        );
    }
}
