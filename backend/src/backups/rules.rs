//! What people may do with backups.

use std::path::PathBuf;

use diesel::prelude::*;
use esteira_shared::{
    dto::backups::{BackupCreate, BackupFactsDto},
    error::{ErrorCode, FieldCode, FieldError},
    event::Topic,
    ids::{BackupId, JobId, OrganizationId, ScheduleId, SubjectId},
    instant::Instant,
    status::{BackupStatus, ScheduleKind},
};
use uuid::Uuid;

use super::{
    file,
    model::Backup,
    tasks::make::{MakeBackup, MakePayload},
};
use crate::{
    administration::organization::Organization,
    app::App,
    auth::{
        Actor,
        audit::{self, AuditAction, NOTHING, Subject},
    },
    config::Config,
    db::{DatabaseUrl, DbConn, RunQueryDsl, Tx, schema::schedules},
    engine::{NewJob, enqueue},
    error::{AppError, AppResult},
    language, with_conn,
};

/// Backups load the disk and the target: one after the other.
const LANE: &str = "backups";

/// # Errors
/// `not_found` for every organisation but the first.
pub(super) async fn refuse_others(conn: &mut DbConn, organization: OrganizationId) -> AppResult<()> {
    if Organization::is_first(conn, organization).await? {
        return Ok(());
    }
    Err(AppError::new(
        ErrorCode::NotFound,
        "backups hold every organisation here; they belong to the first one, and to the shell (`esteira backup`)",
    ))
}

/// How this installation backs up.
pub(super) async fn facts(app: &App, conn: &mut DbConn, organization: OrganizationId) -> AppResult<BackupFactsDto> {
    refuse_others(conn, organization).await?;
    let scheduled: Option<ScheduleId> = with_conn!(conn, |c| schedules::table
        .filter(schedules::organization_id.eq(organization))
        .filter(schedules::kind.eq(ScheduleKind::BackUp))
        .filter(schedules::active.eq(true).and(schedules::paused_at.is_null()))
        .select(schedules::id)
        .first(c)
        .await
        .optional())?;
    Ok(BackupFactsDto {
        target: app.config.backups.to_string(),
        can_encrypt: !app.config.backups.recipients.is_empty(),
        database: database_kind(&app.config).to_owned(),
        newest_proven_at: Backup::newest_proven(conn).await?,
        scheduled: scheduled.is_some(),
        making: !Backup::unfinished(conn).await?.is_empty(),
    })
}

fn database_kind(config: &Config) -> &'static str {
    match config.database.url {
        DatabaseUrl::Sqlite(_) => "sqlite",
        DatabaseUrl::Postgres(_) => "postgres",
    }
}

/// Where unfinished backups are. Each has a folder of its own there.
#[must_use]
pub fn work_folder(config: &Config) -> PathBuf {
    config.data_dir.join("backup-work")
}

/// What a backup is to be, and who wants it.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    pub(super) documents: bool,
    pub(super) encrypt: bool,
    pub(super) made_by: String,
    pub(super) schedule: Option<ScheduleId>,
}

/// A row of a backup that is to be made.
pub(super) fn new_row(config: &Config, actor: &Actor, wanted: &Wanted, job: JobId, now: Instant) -> Backup {
    let id = BackupId(Uuid::now_v7());
    let name = file::name(id, now, wanted.encrypt);
    Backup {
        id,
        organization_id: actor.organization_id,
        storage_key: name.clone(),
        name,
        status: BackupStatus::Making,
        size_bytes: None,
        sha256: None,
        encrypted: wanted.encrypt,
        with_documents: wanted.documents,
        documents: 0,
        documents_bytes: 0,
        documents_missing: 0,
        row_count: 0,
        database_kind: database_kind(config).to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        manifest: None,
        proof_ms: None,
        failure: None,
        made_by: wanted.made_by.clone(),
        schedule_id: wanted.schedule,
        job_id: Some(job),
        created_at: now,
        ended_at: None,
        deleted_at: None,
    }
}

/// Adds the row, and the line of the audit trail.
pub(super) async fn begin(tx: &mut Tx, actor: &Actor, row: &Backup) -> AppResult<()> {
    row.insert(tx).await?;
    let after = language::kept(|| row.clone().into_dto());
    audit::record(tx, actor, AuditAction::BackupMake, subject(row), NOTHING, Some(&after)).await?;
    tx.changed(row.organization_id, Topic::Backups, row.id.0);
    Ok(())
}

/// Has a backup made.
///
/// # Errors
/// `not_found` for other organisations; `validation` when nobody could open it; `already_exists` while another is made.
pub(super) async fn order(app: &App, tx: &mut Tx, actor: &Actor, create: BackupCreate) -> AppResult<BackupId> {
    refuse_others(tx.conn(), actor.organization_id).await?;
    if create.encrypt && app.config.backups.recipients.is_empty() {
        return Err(AppError::validation(vec![FieldError::new(
            "encrypt",
            FieldCode::Invalid,
            "nobody could open it: ESTEIRA_BACKUP_RECIPIENT names no public key",
        )]));
    }
    let wanted = Wanted {
        documents: create.documents,
        encrypt: create.encrypt,
        made_by: actor.name.clone(),
        schedule: None,
    };
    let payload = MakePayload {
        documents: create.documents,
        encrypt: create.encrypt,
        made_by: actor.name.clone(),
    };
    let now = tx.now();
    // The job names the row, and the row its job: the row's id is made first.
    let mut row = new_row(&app.config, actor, &wanted, JobId(Uuid::nil()), now);
    let job = NewJob::<MakeBackup>::new(actor.organization_id, &actor.name, payload)
        .about(SubjectId(row.id.0))
        .unique("backup")
        .lane(LANE);
    row.job_id = Some(enqueue(tx, job).await?);
    begin(tx, actor, &row).await?;
    Ok(row.id)
}

/// Takes a backup off the list; its file goes after the commit, see [`super::sweep`].
///
/// # Errors
/// `not_found`; `in_use` while it is being made.
pub(super) async fn remove(tx: &mut Tx, actor: &Actor, id: BackupId) -> AppResult<()> {
    let row = Backup::find(tx.conn(), actor.organization_id, id).await?;
    if row.status == BackupStatus::Making {
        return Err(AppError::new(
            ErrorCode::InUse,
            "it is being made; cancel its job first",
        ));
    }
    row.mark_deleted(tx).await?;
    let (subject, before) = (subject(&row), language::kept(|| row.into_dto()));
    audit::record(tx, actor, AuditAction::BackupDelete, subject, Some(&before), NOTHING).await?;
    tx.changed(actor.organization_id, Topic::Backups, id.0);
    Ok(())
}

/// A backup that has a file.
///
/// # Errors
/// `not_found`.
pub(super) async fn with_file(conn: &mut DbConn, organization: OrganizationId, id: BackupId) -> AppResult<Backup> {
    refuse_others(conn, organization).await?;
    let row = Backup::find(conn, organization, id).await?;
    if row.sha256.is_none() {
        return Err(AppError::not_found("file of this backup"));
    }
    Ok(row)
}

/// Writes down that somebody takes a copy away, before they get it.
///
/// # Errors
/// When the database refuses.
pub(super) async fn handed_out(tx: &mut Tx, actor: &Actor, row: &Backup) -> AppResult<()> {
    audit::record(tx, actor, AuditAction::BackupDownload, subject(row), NOTHING, NOTHING).await
}

fn subject(row: &Backup) -> Subject {
    Subject::new("backup", row.id.0, &row.name)
}
