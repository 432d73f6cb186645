//! Removing old backups as newer ones are proven.

use esteira_shared::{
    retention::{Made, Retention},
    status::BackupStatus,
};

use super::{model::Backup, rules, sweep::remove_files};
use crate::{administration::organization::Organization, app::JobContext, auth::Actor, engine::Failure};

/// Takes those off the list that the rule no longer keeps, whoever made them, and says how many. Their files follow.
///
/// The rule is for those that hold as much: a weekly one with the documents is no older copy of a nightly one without.
pub(super) async fn retain(job: &JobContext, retention: Retention, with_documents: bool) -> Result<usize, Failure> {
    let organization = job.organization_id();
    let mut tx = job.begin().await?;
    let zone = Organization::find(tx.conn(), organization).await?.zone();
    let all: Vec<_> = Backup::ended(tx.conn(), organization, with_documents)
        .await?
        .into_iter()
        .map(|(id, at, status)| Made {
            id,
            day: at.with_timezone(&zone).date_naive(),
            proven: status == BackupStatus::Proven,
        })
        .collect();
    let gone = retention.superfluous(&all);
    let actor = Actor::system(organization);
    for id in &gone {
        rules::remove(&mut tx, &actor, *id).await?;
    }
    tx.commit().await?;
    // The list is right already; what cannot be reached now is tried again every quarter of an hour.
    if let Err(error) = remove_files(&job.app).await {
        tracing::warn!(error = format!("{error:#}"), "cannot remove files of old backups");
    }
    Ok(gone.len())
}
