//! Actions on many runs: counted first, then done by a job.

use esteira_shared::{
    dto::{
        executions::{ExecutionAction, ExecutionBulkCreate, ExecutionFilter, ExecutionTarget},
        processes::BulkDto,
    },
    ids::OrganizationId,
    instant::Instant,
    permission::Permission,
    status::ExecutionStatus,
};

use super::{
    list::{self, Selection},
    tasks::bulk::{BulkPayload, ExecutionsBulk},
};
use crate::{
    app::App,
    auth::Principal,
    bulk::Requester,
    db::DbConn,
    engine::{NewJob, enqueue},
    error::AppResult,
};

/// Those of a selection that the action is for.
pub(super) fn eligible(selection: Selection, action: ExecutionAction) -> Selection {
    match action {
        ExecutionAction::Cancel => selection.only(&[ExecutionStatus::Pendente, ExecutionStatus::Executando]),
        ExecutionAction::Rerun => selection.repeatable(),
    }
}

/// What the target is, up to an instant: what is made later was not seen by who asked.
pub(super) async fn selection(
    conn: &mut DbConn,
    organization: OrganizationId,
    target: &ExecutionTarget,
    requested_at: Instant,
) -> AppResult<Selection> {
    let (filter, ids) = match target {
        ExecutionTarget::Filter(filter) => (filter.clone(), None),
        ExecutionTarget::Ids(ids) => (ExecutionFilter::default(), Some(ids.clone())),
    };
    let mut selection = Selection::new(conn, organization, filter).await?;
    selection.ids = ids;
    selection.until = Some(requested_at);
    Ok(selection)
}

/// Counts, and queues the job unless it is a dry run or nothing is eligible.
///
/// # Errors
/// When the database refuses.
pub(super) async fn start(app: &App, principal: &Principal, create: ExecutionBulkCreate) -> AppResult<BulkDto> {
    if create.action == ExecutionAction::Rerun {
        // Among them may be sendings.
        principal.require(Permission::SendProcesses)?;
    }
    let requested_at = app.clock.now();
    let mut conn = app.db.read().await?;
    let matching = selection(&mut conn, principal.organization_id, &create.target, requested_at).await?;
    let ready = eligible(matching.clone(), create.action);
    let matching = list::count_all(&mut conn, &matching).await?;
    let eligible = list::count_all(&mut conn, &ready).await?;
    drop(conn);
    if create.dry_run || eligible == 0 {
        return Ok(BulkDto {
            matching,
            eligible,
            job_id: None,
        });
    }
    let payload = BulkPayload {
        action: create.action,
        target: create.target,
        requested_at,
        expected: eligible,
        requester: Requester::of(principal),
    };
    let mut tx = app.db.begin().await?;
    let job = NewJob::<ExecutionsBulk>::new(principal.organization_id, &principal.name, payload);
    let job_id = enqueue(&mut tx, job).await?;
    tx.commit().await?;
    Ok(BulkDto {
        matching,
        eligible,
        job_id: Some(job_id),
    })
}
