//! What is tidied up: rows of backups whose program died, and files of backups that are off the list.

use esteira_shared::{event::Topic, ids::JobId, reason::Reason, status::JobStatus};

use super::{model::Backup, target::Place};
use crate::{app::App, db::Tx, engine::job::Job, error::AppResult};

/// Ends what nobody makes any more, but not what `own` makes.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn settle(tx: &mut Tx, own: Option<JobId>) -> AppResult<usize> {
    let mut settled = 0;
    for row in Backup::unfinished(tx.conn()).await? {
        let job = match row.job_id {
            id if id.is_some() && id == own => continue,
            Some(id) => Job::find(tx.conn(), row.organization_id, id).await?,
            None => None,
        };
        let at_work = job.is_some_and(|job| matches!(job.status, JobStatus::Queued | JobStatus::Running));
        if at_work {
            continue;
        }
        row.end(tx, Some(&Reason::BackupInterrupted {})).await?;
        tx.changed(row.organization_id, Topic::Backups, row.id.0);
        settled += 1;
    }
    Ok(settled)
}

/// Does both, and says for the metrics how old the newest proven backup is.
///
/// # Errors
/// When the database or the target does not answer.
pub async fn sweep(app: &App) -> anyhow::Result<usize> {
    let mut tx = app.db.begin().await?;
    let settled = settle(&mut tx, None).await?;
    let newest = Backup::newest_proven(tx.conn()).await?;
    tx.commit().await?;
    if let Some(newest) = newest {
        let at = u32::try_from(newest.timestamp()).unwrap_or(u32::MAX);
        metrics::gauge!("esteira_backup_newest_proven_timestamp_seconds").set(f64::from(at));
    }
    Ok(settled + remove_files(app).await?)
}

/// Takes away the files of backups that are off the list, then their rows. A file that cannot go stays for the next time,
/// and keeps no other from going.
///
/// # Errors
/// When the database or the target does not answer.
pub(super) async fn remove_files(app: &App) -> anyhow::Result<usize> {
    let rows = Backup::deleted(&mut app.db.read().await?).await?;
    if rows.is_empty() {
        return Ok(0);
    }
    let place = Place::open(&app.config.backups).await?;
    let (mut removed, mut refused) = (0, None);
    for row in rows {
        if let Err(error) = place.delete(&row.storage_key).await {
            refused = Some(error);
            continue;
        }
        let mut tx = app.db.begin().await?;
        row.forget(&mut tx).await?;
        tx.commit().await?;
        removed += 1;
    }
    match refused {
        Some(error) => Err(error.into()),
        None => Ok(removed),
    }
}
