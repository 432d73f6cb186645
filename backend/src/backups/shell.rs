//! What the commands write down. They run beside a server or without one, so there is no job and no `App`.

use diesel::prelude::*;
use esteira_shared::{
    event::Topic,
    ids::{BackupId, OrganizationId},
    instant::Instant,
    status::BackupStatus,
};

use super::model::Backup;
use crate::{
    administration::organization::Organization,
    archive::Made,
    auth::{
        Actor,
        audit::{self, AuditAction, NOTHING, Subject},
    },
    db::{
        Database, RunQueryDsl,
        schema::{organizations, queue_pauses},
    },
    engine::QUEUES,
    error::AppResult,
    language, with_conn,
};

/// Who made it, as the list shows.
const MADE_BY: &str = "esteira backup";

/// A backup that is at the target already.
pub struct Listed<'a> {
    pub id: BackupId,
    pub name: &'a str,
    pub created_at: Instant,
    pub database_kind: &'a str,
    pub encrypted: bool,
    pub made: &'a Made,
}

/// Puts a backup on the list; not when nobody has set up the installation yet.
///
/// # Errors
/// When the database refuses.
pub async fn list(db: &Database, listed: Listed<'_>) -> AppResult<()> {
    let mut tx = db.begin().await?;
    let Some(organization) = Organization::first(tx.conn()).await? else {
        return Ok(());
    };
    let actor = Actor::system(organization);
    let row = Backup {
        id: listed.id,
        organization_id: organization,
        name: listed.name.to_owned(),
        storage_key: listed.name.to_owned(),
        status: BackupStatus::Making,
        size_bytes: None,
        sha256: None,
        encrypted: listed.encrypted,
        with_documents: listed.made.manifest.with_documents,
        documents: 0,
        documents_bytes: 0,
        documents_missing: 0,
        row_count: 0,
        database_kind: listed.database_kind.to_owned(),
        version: listed.made.manifest.version.clone(),
        manifest: None,
        proof_ms: None,
        failure: None,
        made_by: MADE_BY.to_owned(),
        schedule_id: None,
        job_id: None,
        created_at: listed.created_at,
        ended_at: None,
        deleted_at: None,
    };
    row.insert(&mut tx).await?;
    row.describe(&mut tx, listed.made, listed.name).await?;
    row.end(&mut tx, None).await?;
    let after = language::kept(|| row.clone().into_dto());
    let subject = Subject::new("backup", row.id.0, listed.name);
    audit::record(&mut tx, &actor, AuditAction::BackupMake, subject, NOTHING, Some(&after)).await?;
    tx.changed(organization, Topic::Backups, row.id.0);
    tx.commit().await?;
    Ok(())
}

/// Writes into a database that was just restored what it was restored from. With `paused` no queue of it starts anything
/// until somebody lets it: a copy beside the original must not send what the original sends.
///
/// # Errors
/// When the database refuses.
pub async fn restored(db: &Database, name: &str, paused: bool) -> AppResult<()> {
    let mut tx = db.begin().await?;
    let all: Vec<OrganizationId> = with_conn!(tx.conn(), |c| organizations::table
        .order((organizations::created_at, organizations::id))
        .select(organizations::id)
        .load(c)
        .await)?;
    for organization in &all {
        let actor = Actor::system(*organization);
        let subject = Subject::new("backup", None, name);
        audit::record(&mut tx, &actor, AuditAction::BackupRestore, subject, NOTHING, NOTHING).await?;
        for queue in QUEUES.iter().filter(|_| paused) {
            let row = (
                queue_pauses::organization_id.eq(*organization),
                queue_pauses::queue.eq(*queue),
                queue_pauses::paused_at.eq(tx.now()),
                queue_pauses::paused_by.eq(&actor.name),
            );
            with_conn!(tx.conn(), |c| diesel::insert_into(queue_pauses::table)
                .values(row)
                .on_conflict_do_nothing()
                .execute(c)
                .await)?;
        }
    }
    tx.commit().await?;
    Ok(())
}
