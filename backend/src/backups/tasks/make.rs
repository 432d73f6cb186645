//! A backup that a person asked for.

use std::time::Duration;

use esteira_shared::{event::Topic, status::BackupStatus, task::TaskName};
use serde::{Deserialize, Serialize};

use crate::{
    app::{App, JobContext},
    backups::{make, model::Backup, rules::Wanted},
    db::Tx,
    engine::{FinalFailure, Task, TaskResult, job::Job},
    error::AppResult,
};

pub struct MakeBackup;

#[derive(Debug, Serialize, Deserialize)]
pub struct MakePayload {
    pub documents: bool,
    pub encrypt: bool,
    pub made_by: String,
}

impl Task for MakeBackup {
    const NAME: &'static str = TaskName::MakeBackup.as_str();
    const MAX_ATTEMPTS: i32 = 3;
    /// With every document, over a slow line.
    const TIMEOUT: Duration = make::TIMEOUT;

    type App = App;
    type Payload = MakePayload;

    async fn run(job: &JobContext, payload: MakePayload) -> TaskResult {
        let wanted = Wanted {
            documents: payload.documents,
            encrypt: payload.encrypt,
            made_by: payload.made_by,
            schedule: None,
        };
        let made = make::make(job, &wanted).await?;
        Ok(make::result(&made))
    }

    /// Also when it never began.
    async fn on_failed(tx: &mut Tx, job: &Job, failure: &FinalFailure) -> AppResult<()> {
        let row = Backup::of_job(tx.conn(), job.organization_id, job.id).await?;
        if let Some(row) = row.filter(|row| row.status == BackupStatus::Making) {
            row.end(tx, Some(&failure.cause)).await?;
            tx.changed(row.organization_id, Topic::Backups, row.id.0);
        }
        Ok(())
    }
}
