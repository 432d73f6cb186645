//! Approving, rejecting, sending and downloading many processes.

use esteira_shared::{
    dto::{
        bulk::{BulkAction, BulkCreate, BulkFailure, BulkTarget},
        processes::{ProcessApprove, ProcessReject, ProcessSend, ProcessSort},
    },
    error::{FieldCode, FieldError},
    status::{ExecutionType, ProcessStatus},
};
use serde::{Deserialize, Serialize};
use serde_json::Map;

use super::{
    kind::{BulkKind, Count, Scope},
    tally::settle,
};
use crate::{
    administration::organization::Organization,
    app::{App, JobContext},
    auth::Actor,
    db::{DbConn, Tx},
    engine::Failure,
    error::{AppError, AppResult},
    executions,
    processes::{
        list::{self, ProcessCursor, Selection},
        model::{NamedProcess, Process},
        rules,
    },
    sending,
};

#[derive(Debug, Serialize, Deserialize)]
pub struct BulkProcesses {
    action: BulkAction,
    target: BulkTarget,
    reason: Option<String>,
    /// Absent in jobs that an older version queued.
    #[serde(default)]
    despite_doubt: bool,
}

/// A process, and its client's name.
pub struct Item {
    process: Process,
    client_name: String,
}

const PAGE: i64 = 50;

impl BulkProcesses {
    /// # Errors
    /// `validation` when a rejection has no reason.
    pub(super) fn new(action: BulkAction, create: BulkCreate) -> AppResult<Self> {
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
        Ok(Self {
            action,
            target: create.target,
            reason,
            despite_doubt: create.despite_doubt,
        })
    }

    /// What the target is, up to an instant.
    async fn matching(&self, conn: &mut DbConn, scope: Scope) -> AppResult<Selection> {
        let late_before = Organization::find(conn, scope.organization)
            .await?
            .late_before(scope.until);
        let (filter, ids) = self.target.split();
        let mut selection = Selection::new(conn, scope.organization, filter, late_before).await?;
        selection.ids = ids;
        selection.settled_before = Some(scope.until);
        Ok(selection)
    }

    /// Those of a selection that the action is for.
    ///
    /// # Errors
    /// `rpa_not_configured` when robots are wanted and there is no address of their API.
    async fn ready(&self, conn: &mut DbConn, selection: Selection) -> AppResult<Selection> {
        let organization = selection.organization;
        let legal = selection.only(eligible_from(self.action));
        Ok(match self.action {
            BulkAction::Approve | BulkAction::Reject => legal,
            BulkAction::Send if self.despite_doubt => legal,
            BulkAction::Send => legal.certain(ExecutionType::UploadSat),
            BulkAction::Download => {
                let operators = executions::operators_with_robots(conn, organization).await?;
                legal.certain(ExecutionType::DownloadFatura).idle(operators)
            }
        })
    }

    /// By the rules for one process. When it was approved, rejected or replaced meanwhile, its version refuses it: it
    /// is no longer what the person saw.
    async fn act(&self, app: &App, tx: &mut Tx, actor: &Actor, seen: &Process) -> AppResult<()> {
        let version = seen.version;
        match self.action {
            BulkAction::Approve => {
                let sha256 = seen.fatura_sha256.clone().unwrap_or_default();
                let document = ProcessApprove { version, sha256 };
                rules::approve(tx, actor, seen.id, &document).await.map(drop)
            }
            BulkAction::Reject => {
                let reason = self.reason.clone().unwrap_or_default();
                let document = ProcessReject { version, reason };
                rules::reject(tx, actor, seen.id, &document).await.map(drop)
            }
            BulkAction::Send => {
                let document = ProcessSend {
                    version,
                    despite_doubt: self.despite_doubt,
                };
                sending::rules::send(app, tx, actor, seen.id, &document).await
            }
            BulkAction::Download => {
                let process = Process::lock(tx, actor.organization_id, seen.id).await?;
                process.expect_version(version)?;
                let started = executions::start_download(tx, actor, &process, Map::new()).await;
                started.map(drop)
            }
        }
    }
}

impl BulkKind for BulkProcesses {
    const TASK: &'static str = "bulk_move";

    type Item = Item;

    /// # Errors
    /// `sat_not_configured`; `rpa_not_configured`; `validation` of words that match too many clients.
    async fn count(&self, app: &App, conn: &mut DbConn, scope: Scope) -> AppResult<Count> {
        if self.action == BulkAction::Send {
            sending::rules::ready(app, conn, scope.organization).await?;
        }
        let matching = self.matching(conn, scope).await?.complete()?;
        let ready = self.ready(conn, matching.clone()).await?;
        let eligible = list::count_all(conn, &ready).await?;
        let doubtful = if self.action == BulkAction::Send {
            let legal = matching.clone().only(eligible_from(self.action));
            let certain = legal.clone().certain(ExecutionType::UploadSat);
            Some(list::count_all(conn, &legal).await? - list::count_all(conn, &certain).await?)
        } else {
            None
        };
        Ok(Count {
            matching: list::count_all(conn, &matching).await?,
            eligible,
            doubtful,
        })
    }

    async fn next(&self, conn: &mut DbConn, scope: Scope, after: Option<&Item>) -> AppResult<Vec<Item>> {
        let matching = self.matching(conn, scope).await?;
        let ready = self.ready(conn, matching).await?;
        let place = after.map(|item| ProcessCursor::of(ProcessSort::Oldest, &item.process));
        let rows = list::read(conn, &ready, ProcessSort::Oldest, place, PAGE).await?;
        let item = |row: NamedProcess| Item {
            client_name: row.names.client,
            process: row.process,
        };
        Ok(rows.into_iter().map(item).collect())
    }

    async fn apply(&self, job: &JobContext, actor: &Actor, item: &Item) -> Result<AppResult<()>, Failure> {
        let mut tx = job.begin().await?;
        let moved = self.act(&job.app, &mut tx, actor, &item.process).await;
        settle(tx, moved).await
    }

    fn failure(item: &Item, error: &AppError) -> BulkFailure {
        BulkFailure {
            process_id: Some(item.process.id),
            client_name: Some(item.client_name.clone()),
            id: None,
            code: error.code(),
            message: error.message().to_owned(),
        }
    }
}

/// Statuses from which the action is legal; agreed with the transition table by a test.
fn eligible_from(action: BulkAction) -> &'static [ProcessStatus] {
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
                assert_eq!(eligible_from(*action).contains(status), legal, "{action} from {status}");
            }
        }
    }
}
