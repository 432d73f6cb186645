//! Cancelling many runs of robots, and running many again.

use esteira_shared::{
    dto::{
        bulk::{BulkFailure, ExecutionAction, ExecutionTarget},
        executions::ExecutionSort,
    },
    status::ExecutionStatus,
};
use serde::{Deserialize, Serialize};

use super::{
    kind::{BulkKind, Count, Scope},
    tally::settle,
};
use crate::{
    app::{App, JobContext},
    auth::Actor,
    db::DbConn,
    engine::Failure,
    error::{AppError, AppResult},
    executions::{
        control,
        list::{self, Selection},
        model::Execution,
    },
    processes::model::Party,
};

#[derive(Debug, Serialize, Deserialize)]
pub struct BulkExecutions {
    pub(super) action: ExecutionAction,
    pub(super) target: ExecutionTarget,
}

/// A run, and the name of its client.
pub struct Item {
    execution: Execution,
    client_name: String,
}

const PAGE: i64 = 50;

impl BulkExecutions {
    /// What the target is, up to an instant.
    async fn matching(&self, conn: &mut DbConn, scope: Scope) -> AppResult<Selection> {
        let (filter, ids) = self.target.split();
        let mut selection = Selection::new(conn, scope.organization, filter).await?;
        selection.ids = ids;
        selection.until = Some(scope.until);
        Ok(selection)
    }

    /// Those of a selection that the action is for.
    fn ready(&self, selection: Selection) -> Selection {
        match self.action {
            ExecutionAction::Cancel => selection.only(&[ExecutionStatus::Pendente, ExecutionStatus::Executando]),
            ExecutionAction::Rerun => selection.repeatable(),
        }
    }
}

impl BulkKind for BulkExecutions {
    const TASK: &'static str = "executions_bulk";

    type Item = Item;

    async fn count(&self, _app: &App, conn: &mut DbConn, scope: Scope) -> AppResult<Count> {
        let matching = self.matching(conn, scope).await?;
        let ready = self.ready(matching.clone());
        Ok(Count {
            matching: list::count_all(conn, &matching).await?,
            eligible: list::count_all(conn, &ready).await?,
            doubtful: None,
        })
    }

    async fn next(&self, conn: &mut DbConn, scope: Scope, after: Option<&Item>) -> AppResult<Vec<Item>> {
        let ready = self.ready(self.matching(conn, scope).await?);
        let after = after.map(|item| item.execution.id);
        let rows = list::read(conn, &ready, ExecutionSort::Oldest, after, PAGE).await?;
        let parties = Party::of(conn, rows.iter().map(|row| row.client_id), []).await?;
        let item = |execution: Execution| Item {
            client_name: parties.client(execution.client_id).to_owned(),
            execution,
        };
        Ok(rows.into_iter().map(item).collect())
    }

    async fn apply(&self, job: &JobContext, actor: &Actor, item: &Item) -> Result<AppResult<()>, Failure> {
        // Not under its own claim: a worker must not hold two jobs at once.
        let mut tx = job.app.db.begin().await?;
        let id = item.execution.id;
        let done = match self.action {
            ExecutionAction::Cancel => control::cancel(&job.app, &mut tx, actor, id).await,
            ExecutionAction::Rerun => control::rerun(&mut tx, actor, id, None).await.map(drop),
        };
        settle(tx, done).await
    }

    fn failure(item: &Item, error: &AppError) -> BulkFailure {
        BulkFailure {
            process_id: Some(item.execution.process_id),
            client_name: Some(item.client_name.clone()),
            id: None,
            code: error.code(),
            message: error.message().to_owned(),
        }
    }
}
