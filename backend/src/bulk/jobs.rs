//! Cancelling many jobs, and running many once more.

use esteira_shared::{
    dto::bulk::{BulkFailure, JobBulkAction, JobTarget},
    ids::JobId,
};
use serde::{Deserialize, Serialize};

use super::{
    kind::{BulkKind, Count, Scope},
    tally::settle,
};
use crate::{
    app::{App, JobContext},
    auth::{Actor, audit::AuditAction},
    db::{DbConn, Tx},
    engine::{Failure, job::Job},
    error::{AppError, AppResult},
    jobs::{
        list::{self, Selection},
        rules,
    },
};

#[derive(Debug, Serialize, Deserialize)]
pub struct BulkJobs {
    pub(super) action: JobBulkAction,
    pub(super) target: JobTarget,
}

const PAGE: i64 = 100;

impl BulkJobs {
    /// What the target is, up to an instant.
    fn matching(&self, scope: Scope) -> Selection {
        let (filter, ids) = self.target.split();
        Selection {
            ids,
            until: Some(scope.until),
            except: scope.job,
            ..Selection::new(scope.organization, filter)
        }
    }

    /// Those of them that the action is for.
    fn ready(&self, scope: Scope) -> Selection {
        Selection {
            statuses: Some(self.action.takes()),
            ..self.matching(scope)
        }
    }

    async fn act(&self, app: &App, tx: &mut Tx, actor: &Actor, id: JobId) -> AppResult<()> {
        let job = Job::lock(tx, actor.organization_id, id).await?;
        if !job.is_some_and(|job| self.action.takes().contains(&job.status)) {
            return Err(AppError::version_conflict());
        }
        match self.action {
            JobBulkAction::Cancel => rules::cancel(app, tx, actor, id).await.map(drop),
            JobBulkAction::Retry => rules::retry(app, tx, actor, id).await.map(drop),
        }
    }
}

impl BulkKind for BulkJobs {
    const TASK: &'static str = "jobs_bulk";
    const PRIORITY: i32 = 0;

    type Item = JobId;

    async fn count(&self, _app: &App, conn: &mut DbConn, scope: Scope) -> AppResult<Count> {
        Ok(Count {
            matching: list::count(conn, &self.matching(scope), None).await?,
            eligible: list::count(conn, &self.ready(scope), None).await?,
            doubtful: None,
        })
    }

    async fn next(&self, conn: &mut DbConn, scope: Scope, after: Option<&JobId>) -> AppResult<Vec<JobId>> {
        Ok(list::ids(conn, &self.ready(scope), after.copied(), PAGE).await?)
    }

    async fn apply(&self, job: &JobContext, actor: &Actor, id: &JobId) -> Result<AppResult<()>, Failure> {
        // Not under its own claim: a worker must not hold two jobs at once.
        let mut tx = job.app.db.begin().await?;
        let done = self.act(&job.app, &mut tx, actor, *id).await;
        settle(tx, done).await
    }

    fn failure(id: &JobId, error: &AppError) -> BulkFailure {
        BulkFailure {
            process_id: None,
            client_name: None,
            id: Some(*id),
            code: error.code(),
            message: error.message().to_owned(),
        }
    }

    fn audited(&self) -> Option<AuditAction> {
        Some(match self.action {
            JobBulkAction::Cancel => AuditAction::JobBulkCancel,
            JobBulkAction::Retry => AuditAction::JobBulkRetry,
        })
    }
}
