//! The rows, one for each backup.

use diesel::prelude::*;
use esteira_shared::{
    dto::backups::{BackupDetailDto, BackupDto, BackupQuery, BackupTableDto},
    ids::{BackupId, JobId, OrganizationId, ScheduleId},
    instant::Instant,
    page::Page,
    reason::Reason,
    status::BackupStatus,
};

use crate::{
    archive::{Made, Manifest},
    db::{DbConn, RunQueryDsl, Tx, paging, schema::backups, sql_types::Json},
    error::{AppError, AppResult},
    language::told,
    with_conn,
};

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = backups, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
#[diesel(treat_none_as_default_value = false)]
pub(super) struct Backup {
    pub(super) id: BackupId,
    pub(super) organization_id: OrganizationId,
    pub(super) name: String,
    pub(super) storage_key: String,
    pub(super) status: BackupStatus,
    pub(super) size_bytes: Option<i64>,
    pub(super) sha256: Option<String>,
    pub(super) encrypted: bool,
    pub(super) with_documents: bool,
    pub(super) documents: i64,
    pub(super) documents_bytes: i64,
    pub(super) documents_missing: i64,
    pub(super) row_count: i64,
    pub(super) database_kind: String,
    pub(super) version: String,
    pub(super) manifest: Option<Json>,
    pub(super) proof_ms: Option<i64>,
    pub(super) failure: Option<Reason>,
    pub(super) made_by: String,
    pub(super) schedule_id: Option<ScheduleId>,
    pub(super) job_id: Option<JobId>,
    pub(super) created_at: Instant,
    pub(super) ended_at: Option<Instant>,
    pub(super) deleted_at: Option<Instant>,
}

impl Backup {
    /// A backup that is still listed.
    ///
    /// # Errors
    /// `not_found`.
    pub(super) async fn find(conn: &mut DbConn, organization: OrganizationId, id: BackupId) -> AppResult<Self> {
        let found: Option<Self> = with_conn!(conn, |c| backups::table
            .filter(backups::organization_id.eq(organization).and(backups::id.eq(id)))
            .filter(backups::deleted_at.is_null())
            .select(Self::as_select())
            .first(c)
            .await
            .optional())?;
        found.ok_or_else(|| AppError::not_found("backup"))
    }

    /// The one that a job makes.
    pub(super) async fn of_job(
        conn: &mut DbConn,
        organization: OrganizationId,
        job: JobId,
    ) -> QueryResult<Option<Self>> {
        with_conn!(conn, |c| backups::table
            .filter(
                backups::organization_id
                    .eq(organization)
                    .and(backups::job_id.eq(Some(job)))
            )
            .filter(backups::deleted_at.is_null())
            .select(Self::as_select())
            .first(c)
            .await
            .optional())
    }

    /// Those that are being made, or whose job died. There are never many.
    pub(super) async fn unfinished(conn: &mut DbConn) -> QueryResult<Vec<Self>> {
        with_conn!(conn, |c| backups::table
            .filter(
                backups::status
                    .eq(BackupStatus::Making)
                    .and(backups::deleted_at.is_null())
            )
            .select(Self::as_select())
            .load(c)
            .await)
    }

    /// Those that are no longer listed and whose file may still be there.
    pub(super) async fn deleted(conn: &mut DbConn) -> QueryResult<Vec<Self>> {
        with_conn!(conn, |c| backups::table
            .filter(backups::deleted_at.is_not_null())
            .select(Self::as_select())
            .load(c)
            .await)
    }

    /// All with or all without documents that are over, newest first: some hundreds at most, since retention removes the
    /// others.
    pub(super) async fn ended(
        conn: &mut DbConn,
        organization: OrganizationId,
        with_documents: bool,
    ) -> QueryResult<Vec<(BackupId, Instant, BackupStatus)>> {
        with_conn!(conn, |c| backups::table
            .filter(
                backups::organization_id
                    .eq(organization)
                    .and(backups::deleted_at.is_null())
            )
            .filter(backups::status.ne(BackupStatus::Making))
            .filter(backups::with_documents.eq(with_documents))
            .order(backups::id.desc())
            .select((backups::id, backups::created_at, backups::status))
            .load(c)
            .await)
    }

    /// When the newest proven one was made.
    pub(super) async fn newest_proven(conn: &mut DbConn) -> QueryResult<Option<Instant>> {
        with_conn!(conn, |c| backups::table
            .filter(
                backups::status
                    .eq(BackupStatus::Proven)
                    .and(backups::deleted_at.is_null())
            )
            .order(backups::id.desc())
            .select(backups::created_at)
            .first(c)
            .await
            .optional())
    }

    pub(super) async fn insert(&self, tx: &mut Tx) -> QueryResult<()> {
        with_conn!(tx.conn(), |c| diesel::insert_into(backups::table)
            .values(self)
            .execute(c)
            .await)?;
        Ok(())
    }

    /// It is begun anew: what an earlier try left is forgotten.
    pub(super) async fn begin_again(&self, tx: &mut Tx) -> QueryResult<()> {
        with_conn!(tx.conn(), |c| diesel::update(backups::table.find(self.id))
            .set((
                backups::status.eq(BackupStatus::Making),
                backups::failure.eq(None::<Reason>),
                backups::ended_at.eq(None::<Instant>),
            ))
            .execute(c)
            .await)?;
        Ok(())
    }

    /// It is over; `failure` says why it does not count.
    pub(super) async fn end(&self, tx: &mut Tx, failure: Option<&Reason>) -> QueryResult<()> {
        let now = tx.now();
        let status = match failure {
            None => BackupStatus::Proven,
            Some(_) => BackupStatus::Failed,
        };
        with_conn!(tx.conn(), |c| diesel::update(backups::table.find(self.id))
            .set((
                backups::status.eq(status),
                backups::failure.eq(failure),
                backups::ended_at.eq(Some(now)),
            ))
            .execute(c)
            .await)?;
        Ok(())
    }

    /// What was made and where it is.
    pub(super) async fn describe(&self, tx: &mut Tx, made: &Made, storage_key: &str) -> AppResult<()> {
        let manifest = serde_json::to_value(&made.manifest).map_err(AppError::internal)?;
        let proof_ms = made.proof.as_ref().ok().map(|took| whole(took.as_millis()));
        with_conn!(tx.conn(), |c| diesel::update(backups::table.find(self.id))
            .set((
                backups::storage_key.eq(storage_key),
                backups::size_bytes.eq(Some(whole(made.size_bytes.into()))),
                backups::sha256.eq(Some(made.sha256.as_str())),
                backups::documents.eq(whole(made.documents.count.into())),
                backups::documents_bytes.eq(whole(made.documents.bytes.into())),
                backups::documents_missing.eq(whole(made.documents.missing.into())),
                backups::row_count.eq(whole(made.manifest.rows().into())),
                backups::version.eq(&made.manifest.version),
                backups::manifest.eq(Some(Json(manifest))),
                backups::proof_ms.eq(proof_ms),
            ))
            .execute(c)
            .await)?;
        Ok(())
    }

    pub(super) async fn mark_deleted(&self, tx: &mut Tx) -> QueryResult<()> {
        let now = tx.now();
        with_conn!(tx.conn(), |c| diesel::update(backups::table.find(self.id))
            .set(backups::deleted_at.eq(Some(now)))
            .execute(c)
            .await)?;
        Ok(())
    }

    pub(super) async fn forget(&self, tx: &mut Tx) -> QueryResult<()> {
        with_conn!(tx.conn(), |c| diesel::delete(backups::table.find(self.id))
            .execute(c)
            .await)?;
        Ok(())
    }

    pub(super) fn into_dto(self) -> BackupDto {
        let (failure, failure_coded) = self.failure.as_ref().map(told).unzip();
        BackupDto {
            id: self.id,
            name: self.name,
            status: self.status,
            size_bytes: self.size_bytes,
            sha256: self.sha256,
            encrypted: self.encrypted,
            with_documents: self.with_documents,
            documents: self.documents,
            documents_bytes: self.documents_bytes,
            documents_missing: self.documents_missing,
            rows: self.row_count,
            database: self.database_kind,
            version: self.version,
            proof_ms: self.proof_ms,
            failure,
            failure_coded,
            made_by: self.made_by,
            schedule_id: self.schedule_id,
            job_id: self.job_id,
            created_at: self.created_at,
            ended_at: self.ended_at,
        }
    }

    pub(super) fn into_detail(self) -> BackupDetailDto {
        let kept = self.manifest.as_ref().map(|manifest| manifest.0.clone());
        // A newer program may have written more than this one reads.
        let manifest: Option<Manifest> = kept.and_then(|manifest| serde_json::from_value(manifest).ok());
        let tables = manifest.iter().flat_map(|manifest| &manifest.tables);
        BackupDetailDto {
            migration: manifest
                .as_ref()
                .and_then(|manifest| manifest.migration().map(str::to_owned)),
            tables: tables
                .map(|table| BackupTableDto {
                    name: table.name.clone(),
                    rows: whole(table.rows.into()),
                    sha256: table.sha256.clone(),
                })
                .collect(),
            backup: self.into_dto(),
        }
    }
}

/// As the databases keep numbers.
fn whole(number: u128) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Newest first.
pub(super) async fn list(
    conn: &mut DbConn,
    organization: OrganizationId,
    query: &BackupQuery,
) -> AppResult<Page<BackupDto>> {
    let limit = paging::limit(query.limit)?;
    let before: Option<BackupId> = paging::cursor(query.cursor.as_deref())?;
    let rows: Vec<Backup> = with_conn!(conn, |c| {
        let mut found = backups::table
            .filter(
                backups::organization_id
                    .eq(organization)
                    .and(backups::deleted_at.is_null()),
            )
            .order(backups::id.desc())
            .limit(limit + 1)
            .select(Backup::as_select())
            .into_boxed();
        if let Some(id) = before {
            found = found.filter(backups::id.lt(id));
        }
        if let Some(status) = query.status {
            found = found.filter(backups::status.eq(status));
        }
        found.load(c).await
    })?;
    Ok(paging::cut(rows, limit, |row| row.id).map(Backup::into_dto))
}
