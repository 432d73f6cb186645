//! Bulk actions: counted first, then done by a job, one process at a time.

use esteira_shared::{
    dto::processes::{BulkAction, BulkCreate, BulkDto, BulkTarget, ProcessFilter},
    error::{FieldCode, FieldError},
    ids::OrganizationId,
    instant::Instant,
    status::{ExecutionType, ProcessStatus},
};

use super::{
    list::{self, Selection},
    tasks::{BulkMove, BulkPayload},
};
use crate::{
    administration::organization::Organization,
    app::App,
    auth::Principal,
    bulk::Requester,
    db::DbConn,
    engine::{NewJob, enqueue},
    error::{AppError, AppResult},
    executions, sending,
};

/// Statuses from which the action is legal; agreed with the transition table by a test.
fn eligible(action: BulkAction) -> &'static [ProcessStatus] {
    match action {
        BulkAction::Approve | BulkAction::Reject => &[ProcessStatus::AguardandoAprovacao],
        BulkAction::Send => &[ProcessStatus::AguardandoEnvioSat, ProcessStatus::ErroEnvioSat],
        BulkAction::Download => &[
            ProcessStatus::AguardandoDownload,
            ProcessStatus::ErroDownload,
            ProcessStatus::Rejeitado,
        ],
    }
}

/// Those of a selection that the action is for.
///
/// # Errors
/// `rpa_not_configured` when robots are wanted, and there is no address to start any.
pub(super) async fn ready(conn: &mut DbConn, selection: Selection, action: BulkAction) -> AppResult<Selection> {
    let organization = selection.organization;
    let legal = selection.only(eligible(action));
    Ok(match action {
        BulkAction::Approve | BulkAction::Reject => legal,
        BulkAction::Send => legal.certain(ExecutionType::UploadSat),
        BulkAction::Download => {
            let operators = executions::operators_with_robots(conn, organization).await?;
            legal.certain(ExecutionType::DownloadFatura).idle(operators)
        }
    })
}

/// What the target is, up to an instant: what arrives later was not seen by who asked.
pub(super) async fn selection(
    conn: &mut DbConn,
    organization: OrganizationId,
    target: &BulkTarget,
    requested_at: Instant,
) -> AppResult<Selection> {
    let late_before = Organization::find(conn, organization).await?.late_before(requested_at);
    let (filter, ids) = match target {
        BulkTarget::Filter(filter) => (filter.clone(), None),
        BulkTarget::Ids(ids) => (ProcessFilter::default(), Some(ids.clone())),
    };
    let mut selection = Selection::new(conn, organization, filter, late_before).await?;
    selection.ids = ids;
    selection.settled_before = Some(requested_at);
    Ok(selection)
}

/// Counts, and queues the job unless it is a dry run or nothing is eligible.
///
/// # Errors
/// `validation` when a rejection has no reason; `sat_not_configured`; `rpa_not_configured`.
pub(super) async fn start(
    app: &App,
    principal: &Principal,
    action: BulkAction,
    create: BulkCreate,
) -> AppResult<BulkDto> {
    let reason = create
        .reason
        .as_deref()
        .map(str::trim)
        .filter(|reason| !reason.is_empty())
        .map(str::to_owned);
    if action == BulkAction::Reject && reason.is_none() && !create.dry_run {
        return Err(AppError::validation(vec![FieldError::new(
            "reason",
            FieldCode::Required,
            "say why",
        )]));
    }
    let requested_at = app.clock.now();
    let mut conn = app.db.read().await?;
    if action == BulkAction::Send {
        sending::rules::ready(app, &mut conn, principal.organization_id).await?;
    }
    let matching = selection(&mut conn, principal.organization_id, &create.target, requested_at)
        .await?
        .complete()?;
    let ready = ready(&mut conn, matching.clone(), action).await?;
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
    let mut tx = app.db.begin().await?;
    let payload = BulkPayload {
        action,
        target: create.target,
        reason,
        requested_at,
        expected: eligible,
        requester: Requester::of(principal),
    };
    let job = NewJob::<BulkMove>::new(principal.organization_id, &principal.name, payload);
    let job_id = enqueue(&mut tx, job).await?;
    tx.commit().await?;
    Ok(BulkDto {
        matching,
        eligible,
        job_id: Some(job_id),
    })
}

#[cfg(test)]
mod tests {
    use esteira_shared::transition::{Move, next};

    use super::*;

    #[test]
    fn agrees_with_the_transition_table() {
        for action in BulkAction::ALL {
            let moves: &[Move] = match action {
                BulkAction::Approve => &[Move::Approve],
                BulkAction::Reject => &[Move::Reject],
                BulkAction::Send => &[Move::StartSend, Move::RetrySend],
                BulkAction::Download => &[Move::StartDownload],
            };
            for status in ProcessStatus::ALL {
                let legal = moves.iter().any(|by| next(*status, *by).is_some());
                assert_eq!(eligible(*action).contains(status), legal, "{action} from {status}");
            }
        }
    }
}
