//! Running a schedule by hand: now, or a slot of the past once more.

use esteira_shared::{
    error::{ErrorCode, FieldCode, FieldError},
    event::Topic,
    ids::{ScheduleId, ScheduleRunId},
    status::{RunOrigin, ScheduleKind},
};
use serde_json::json;

use super::view;
use crate::{
    app::App,
    auth::{
        Actor,
        audit::{self, AuditAction, NOTHING},
    },
    db::Tx,
    error::{AppError, AppResult},
    scheduler::{self, RunRow, Slot},
};

/// Runs a schedule once, now, besides its rule, also when it is paused.
///
/// # Errors
/// `not_found`.
pub(super) async fn now(tx: &mut Tx, actor: &Actor, id: ScheduleId) -> AppResult<ScheduleRunId> {
    let organization = actor.organization_id;
    let row = view::lock(tx, organization, id).await?;
    let slot = Slot::now(tx.database_now().await?);
    let run = scheduler::fire(tx, &row, slot, RunOrigin::Manual, actor.user_id).await?;
    audit::record(
        tx,
        actor,
        AuditAction::ScheduleRun,
        view::subject(&row),
        NOTHING,
        Some(&json!({ "nominal_at": run.nominal_at })),
    )
    .await?;
    tx.changed(organization, Topic::Schedules, id.0);
    Ok(run.id)
}

/// Runs a slot once more that ended, or did not run.
///
/// # Errors
/// `not_found`; `job_status` while it is unfinished; `validation` when messages to people are not confirmed.
pub(super) async fn again(app: &App, tx: &mut Tx, actor: &Actor, id: ScheduleRunId, confirmed: bool) -> AppResult<()> {
    let organization = actor.organization_id;
    let missing = || AppError::not_found("run");
    let run = RunRow::find(tx.conn(), organization, id).await?.ok_or_else(missing)?;
    let row = view::lock(tx, organization, run.schedule_id).await?;
    // Another request may have taken it while the schedule was waited for.
    let run = RunRow::find(tx.conn(), organization, id).await?.ok_or_else(missing)?;
    check_confirmed(app, row.kind, confirmed)?;
    if !run.may_run_again() {
        return Err(AppError::new(
            ErrorCode::JobStatus,
            "it is unfinished; wait for its end, or cancel its job",
        )
        .with_details(json!({ "status": run.status })));
    }
    scheduler::run_again(tx, &row, &run, RunOrigin::Manual, actor.user_id).await?;
    audit::record(
        tx,
        actor,
        AuditAction::ScheduleRun,
        view::subject(&row),
        Some(&json!({ "nominal_at": run.nominal_at, "status": run.status })),
        NOTHING,
    )
    .await?;
    tx.changed(organization, Topic::Schedules, row.id.0);
    Ok(())
}

/// Whoever is written to should not be surprised by the past.
///
/// # Errors
/// `validation` of a kind that writes to people, unless somebody confirmed it.
pub(super) fn check_confirmed(app: &App, kind: ScheduleKind, confirmed: bool) -> AppResult<()> {
    if confirmed || !to_people(app, kind) {
        return Ok(());
    }
    Err(AppError::validation(vec![FieldError::new(
        "confirm_messages",
        FieldCode::Required,
        "this writes to people about the past; send true when they shall get it",
    )]))
}

pub(super) fn to_people(app: &App, kind: ScheduleKind) -> bool {
    app.kinds.fact(kind).is_some_and(|fact| fact.to_people)
}
