//! What may be done with a schedule.

use diesel::{dsl::sql, prelude::*, sql_types::Bool};
use esteira_shared::{
    dto::schedules::{ScheduleCreate, ScheduleUpdate},
    error::{ErrorCode, FieldCode, FieldError},
    event::Topic,
    ids::ScheduleId,
    schedule::Schedule,
};
use serde_json::json;
use uuid::Uuid;

use super::{
    check::{self, Wanted},
    view,
};
use crate::{
    app::App,
    auth::{
        Actor, Principal,
        audit::{self, AuditAction, NOTHING},
    },
    db::{
        RunQueryDsl, Tx,
        schema::{schedule_runs, schedules},
        sql_types::Json,
    },
    error::{AppError, AppResult, is_unique_violation},
    fold::fold,
    scheduler::{self, ScheduleRow},
    with_conn,
};

/// Adds a schedule.
///
/// # Errors
/// `forbidden` of its kind; `validation`.
pub(super) async fn create(app: &App, tx: &mut Tx, who: &Principal, create: ScheduleCreate) -> AppResult<ScheduleId> {
    check::allowed(app, who, create.kind)?;
    let actor = &who.actor();
    let id = insert(app, tx, actor, create).await?;
    let row = view::find(tx.conn(), actor.organization_id, id).await?;
    audit::record(
        tx,
        actor,
        AuditAction::ScheduleCreate,
        view::subject(&row),
        NOTHING,
        Some(&view::kept(&row)?),
    )
    .await?;
    Ok(id)
}

/// The same without its line in the audit trail, for who writes one about many.
pub(super) async fn insert(app: &App, tx: &mut Tx, actor: &Actor, create: ScheduleCreate) -> AppResult<ScheduleId> {
    let id = ScheduleId(Uuid::now_v7());
    let wanted = Wanted {
        kind: create.kind,
        parameters: &create.parameters,
        schedule: &create.schedule,
    };
    let parameters = check::saving(app, tx, actor, id, wanted, None).await?;
    let catch_up = create
        .catch_up
        .or(app.kinds.fact(create.kind).map(|fact| fact.catch_up));
    let (now, settled_at) = (tx.now(), tx.database_now().await?);
    let mut row = ScheduleRow {
        id,
        organization_id: actor.organization_id,
        name: name(&create.name),
        sort_name: fold(&create.name),
        kind: create.kind,
        parameters: Json(parameters),
        schedule: json_of(&create.schedule)?,
        catch_up: catch_up.ok_or_else(|| AppError::not_found("kind"))?,
        catch_up_hours: create.catch_up_hours,
        overlap: create.overlap,
        pause_after_failures: create.pause_after_failures,
        failures_in_row: 0,
        active: create.active,
        paused_at: None,
        paused_by: None,
        pause_note: None,
        pause_cause: None,
        next_nominal_at: None,
        next_at: None,
        settled_at,
        created_by: actor.user_id,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    with_conn!(tx.conn(), |c| diesel::insert_into(schedules::table)
        .values(&row)
        .execute(c)
        .await)
    .map_err(taken)?;
    scheduler::replan(tx, &mut row).await?;
    tx.changed(actor.organization_id, Topic::Schedules, id.0);
    Ok(id)
}

/// Changes a schedule. Slots that are over stay what they were under the old rule.
///
/// # Errors
/// `not_found`, `version_conflict`, `validation`; `forbidden` of its kind.
pub(super) async fn update(
    app: &App,
    tx: &mut Tx,
    who: &Principal,
    id: ScheduleId,
    update: ScheduleUpdate,
) -> AppResult<()> {
    let actor = &who.actor();
    let mut row = view::lock(tx, actor.organization_id, id).await?;
    if row.version != update.version {
        return Err(AppError::version_conflict());
    }
    check::allowed(app, who, row.kind)?;
    let before = view::kept(&row)?;
    change(app, tx, actor, &mut row, update).await?;
    audit::record(
        tx,
        actor,
        AuditAction::ScheduleUpdate,
        view::subject(&row),
        Some(&before),
        Some(&view::kept(&row)?),
    )
    .await
}

/// The same for a row that is held, without its line in the audit trail; its version is not compared.
pub(super) async fn change(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    row: &mut ScheduleRow,
    update: ScheduleUpdate,
) -> AppResult<()> {
    let wanted = Wanted {
        kind: row.kind,
        parameters: &update.parameters,
        schedule: &update.schedule,
    };
    let old = view::rule(row).ok();
    let parameters = check::saving(app, tx, actor, row.id, wanted, old.as_ref()).await?;
    row.name = name(&update.name);
    row.sort_name = fold(&update.name);
    row.parameters = Json(parameters);
    row.schedule = json_of(&update.schedule)?;
    row.catch_up = update.catch_up;
    row.catch_up_hours = update.catch_up_hours;
    row.overlap = update.overlap;
    row.pause_after_failures = update.pause_after_failures;
    row.active = update.active;
    save(tx, row).await
}

/// Writes what was changed in a row that is held, under its next version, and plans it anew.
pub(super) async fn save(tx: &mut Tx, row: &mut ScheduleRow) -> AppResult<()> {
    row.updated_at = tx.now();
    row.version += 1;
    with_conn!(tx.conn(), |c| diesel::update(
        schedules::table.filter(
            schedules::organization_id
                .eq(row.organization_id)
                .and(schedules::id.eq(row.id))
        )
    )
    .set((
        schedules::name.eq(&row.name),
        schedules::sort_name.eq(&row.sort_name),
        schedules::parameters.eq(&row.parameters),
        schedules::schedule.eq(&row.schedule),
        schedules::catch_up.eq(row.catch_up),
        schedules::catch_up_hours.eq(row.catch_up_hours),
        schedules::overlap.eq(row.overlap),
        schedules::pause_after_failures.eq(row.pause_after_failures),
        schedules::active.eq(row.active),
        schedules::updated_at.eq(row.updated_at),
        schedules::version.eq(row.version),
    ))
    .execute(c)
    .await)
    .map_err(taken)?;
    scheduler::replan(tx, row).await?;
    tx.changed(row.organization_id, Topic::Schedules, row.id.0);
    Ok(())
}

/// Removes a schedule with its history.
///
/// # Errors
/// `not_found`; `in_use` while a run of it is unfinished: nothing is cancelled for it.
pub(super) async fn delete(tx: &mut Tx, actor: &Actor, id: ScheduleId) -> AppResult<()> {
    let organization = actor.organization_id;
    let row = view::lock(tx, organization, id).await?;
    let unfinished: i64 = with_conn!(tx.conn(), |c| schedule_runs::table
        .filter(schedule_runs::organization_id.eq(organization))
        .filter(schedule_runs::schedule_id.eq(id))
        // Written out, because the index is partial.
        .filter(sql::<Bool>("status IN ('waiting', 'running')"))
        .count()
        .get_result(c)
        .await)?;
    if unfinished > 0 {
        let message = "runs of this schedule are unfinished; wait for their end, or cancel their jobs";
        return Err(AppError::new(ErrorCode::InUse, message).with_details(json!({ "runs": unfinished })));
    }
    with_conn!(tx.conn(), |c| diesel::delete(
        schedules::table.filter(schedules::organization_id.eq(organization).and(schedules::id.eq(id)))
    )
    .execute(c)
    .await)?;
    audit::record(
        tx,
        actor,
        AuditAction::ScheduleDelete,
        view::subject(&row),
        view::kept(&row).ok().as_ref(),
        NOTHING,
    )
    .await?;
    tx.changed(organization, Topic::Schedules, id.0);
    Ok(())
}

/// A name as it is kept: without spaces too many.
fn name(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn json_of(schedule: &Schedule) -> AppResult<Json> {
    serde_json::to_value(schedule).map(Json).map_err(AppError::internal)
}

fn taken(error: diesel::result::Error) -> AppError {
    if is_unique_violation(&error) {
        AppError::validation(vec![FieldError::new(
            "name",
            FieldCode::Taken,
            "there is a schedule of this name already",
        )])
    } else {
        error.into()
    }
}
