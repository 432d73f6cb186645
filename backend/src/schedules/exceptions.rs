//! What people decided about single dates of a schedule.

use esteira_shared::{
    dto::schedules::{ScheduleExceptionDto, ScheduleExceptionsDto, ScheduleExceptionsUpdate},
    ids::{OrganizationId, ScheduleId},
    schedule::Exception,
};

use super::{
    check::{self, Wanted},
    rules, view,
};
use crate::{
    app::App,
    auth::{
        Principal,
        audit::{self, AuditAction},
    },
    db::{DbConn, Tx, sql_types::Json},
    error::{AppError, AppResult},
    scheduler,
};

/// A schedule's exceptions, each with whether the rule gives a slot for it.
///
/// # Errors
/// `not_found`.
pub(super) async fn get(
    conn: &mut DbConn,
    organization: OrganizationId,
    id: ScheduleId,
) -> AppResult<ScheduleExceptionsDto> {
    let row = view::find(conn, organization, id).await?;
    let schedule = view::rule(&row)?;
    let calendars = check::calendars(conn, organization, &schedule).await?;
    // Of a rule that can no longer be planned nothing is known.
    let unmatched: Vec<Exception> = scheduler::plan(id, &schedule, &calendars)
        .map(|plan| plan.unmatched().cloned().collect())
        .unwrap_or_default();
    let shown = |exception: Exception| ScheduleExceptionDto {
        unmatched: unmatched.contains(&exception),
        exception,
    };
    Ok(ScheduleExceptionsDto {
        exceptions: schedule.exceptions.into_iter().map(shown).collect(),
        version: row.version,
    })
}

/// Replaces a schedule's exceptions.
///
/// # Errors
/// `not_found`, `version_conflict`, `validation`; `forbidden` of its kind.
pub(super) async fn update(
    app: &App,
    tx: &mut Tx,
    who: &Principal,
    id: ScheduleId,
    update: ScheduleExceptionsUpdate,
) -> AppResult<()> {
    let actor = &who.actor();
    let mut row = view::lock(tx, actor.organization_id, id).await?;
    if row.version != update.version {
        return Err(AppError::version_conflict());
    }
    check::allowed(app, who, row.kind)?;
    let old = view::rule(&row)?;
    let mut schedule = old.clone();
    schedule.exceptions = update.exceptions;
    let wanted = Wanted {
        kind: row.kind,
        parameters: &row.parameters.0,
        schedule: &schedule,
    };
    check::saving(app, tx, actor, id, wanted, Some(&old)).await?;
    row.schedule = Json(serde_json::to_value(&schedule).map_err(AppError::internal)?);
    rules::save(tx, &mut row).await?;
    audit::record(
        tx,
        actor,
        AuditAction::ScheduleExceptions,
        view::subject(&row),
        Some(&old.exceptions),
        Some(&schedule.exceptions),
    )
    .await
}
