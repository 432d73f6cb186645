//! Taking in a PDF. It is streamed to disk while its size is watched, judged by content and stored. Only then its row
//! is written.

use std::time::Duration;

use aws_lc_rs::digest;
use axum::body::Body;
use bytes::Bytes;
use diesel::prelude::*;
use esteira_shared::{
    error::ErrorCode,
    ids::{DocumentId, JobId, OrganizationId, ProcessId},
    reason::Reason,
    status::ProcessStatus,
    transition::Move,
};
use futures_util::StreamExt as _;
use tempfile::NamedTempFile;
use tokio::io::AsyncWriteExt as _;
use uuid::Uuid;

use super::{
    document::{self, Document},
    model::{Names, Process, ProcessChanges},
    moves,
    storage_key::{shown_filename, storage_key},
};
use crate::{
    app::App,
    auth::Actor,
    db::{
        RunQueryDsl, Tx,
        schema::{documents, storage_intents},
    },
    engine::job_is_held,
    error::{AppError, AppResult, is_unique_violation},
    http::middleware::pace::broken_off,
    pdf::PdfFacts,
    secrets::hex,
    with_conn,
};

mod inspection;

/// A sender that is silent for this long has gone.
const PATIENCE: Duration = Duration::from_secs(30);
/// No upload takes this long.
const LEFTOVER: Duration = Duration::from_secs(24 * 3_600);
/// Tries to find a second in which the key is free.
const KEY_TRIES: i64 = 60;

/// A received file on the local disk, not yet part of anything.
pub struct Incoming {
    file: NamedTempFile,
    size_bytes: i64,
    sha256: String,
    facts: PdfFacts,
}

impl Incoming {
    /// Reads a body to a temporary file, never holding more than a chunk of it, and judges it.
    ///
    /// # Errors
    /// `too_large` as soon as the limit is passed; `empty_file`, `not_pdf`, `encrypted_pdf`, `pdf_without_pages`,
    /// `damaged_pdf` by content; `malformed_request` when the sender breaks off; `busy` when too many files of the
    /// organisation, or of too many organisations, wait to be judged.
    pub async fn receive(app: &App, organization: OrganizationId, body: Body, limit_bytes: i64) -> AppResult<Self> {
        let folder = app.config.data_dir.join("incoming");
        tokio::fs::create_dir_all(&folder)
            .await
            .map_err(AppError::storage_unavailable)?;
        let file = NamedTempFile::new_in(&folder).map_err(AppError::storage_unavailable)?;
        let handle = file.reopen().map_err(AppError::storage_unavailable)?;
        let mut writer = tokio::io::BufWriter::new(tokio::fs::File::from_std(handle));
        let mut hash = digest::Context::new(&digest::SHA256);
        let mut size_bytes = 0_i64;
        let mut chunks = body.into_data_stream();
        while let Some(chunk) = next(&mut chunks).await? {
            size_bytes += i64::try_from(chunk.len()).unwrap_or(i64::MAX);
            if size_bytes > limit_bytes {
                return Err(AppError::too_large(limit_bytes));
            }
            hash.update(&chunk);
            writer.write_all(&chunk).await.map_err(AppError::storage_unavailable)?;
        }
        writer.flush().await.map_err(AppError::storage_unavailable)?;
        let facts = inspection::inspect(app, organization, file.path()).await?;
        Ok(Self {
            file,
            size_bytes,
            sha256: hex(hash.finish().as_ref()),
            facts,
        })
    }
}

/// Removes temporary files that an earlier, killed process left; younger ones may belong to another replica.
pub fn clear_incoming(app: &App) {
    let Ok(entries) = std::fs::read_dir(app.config.data_dir.join("incoming")) else {
        return;
    };
    for entry in entries.flatten() {
        let age = entry
            .metadata()
            .and_then(|metadata| metadata.modified())
            .map(|at| at.elapsed().unwrap_or_default());
        if age.is_ok_and(|age| age > LEFTOVER)
            && let Err(error) = std::fs::remove_file(entry.path())
        {
            tracing::warn!(error = %error, "cannot remove an unfinished upload");
        }
    }
}

async fn next(chunks: &mut axum::body::BodyDataStream) -> AppResult<Option<Bytes>> {
    let gone = || AppError::new(ErrorCode::MalformedRequest, "the upload broke off; send it again");
    match tokio::time::timeout(PATIENCE, chunks.next()).await {
        Ok(chunk) => chunk.transpose().map_err(broken_off),
        Err(_) => Err(gone()),
    }
}

/// Who brought a document, and what they say about the process.
pub enum Origin {
    /// A person. They can be asked about bytes that are kept already.
    Person { accept_duplicate: bool },
    /// A robot, with what its result says about the invoice. Only for a process that waits for it, so that a robot's
    /// invoice neither comes twice nor replaces a person's.
    Robot {
        told: Box<ProcessChanges>,
        /// The claim of the job that follows the robot. A stale claim writes nothing.
        claim: Option<(JobId, i64)>,
    },
}

impl Origin {
    fn refuses_duplicates(&self) -> bool {
        matches!(
            self,
            Self::Person {
                accept_duplicate: false
            }
        )
    }

    /// # Errors
    /// `illegal_transition` when the process does not wait for this any longer.
    fn check(&self, status: ProcessStatus) -> AppResult<()> {
        moves::destination(status, Move::Receive)?;
        match self {
            Self::Robot { .. } if status != ProcessStatus::DownloadConcluido => Err(AppError::new(
                ErrorCode::IllegalTransition,
                format!("a robot's invoice is not awaited in {status}"),
            )),
            _ => Ok(()),
        }
    }
}

/// Makes a received file the current document of a process.
///
/// The key is noted before the object is stored. The note is removed in the transaction that writes the row. So neither
/// a failure nor a crash leaves an unknown object, or a row without its object.
///
/// # Errors
/// `illegal_transition`, `duplicate_document`, `storage_unavailable`.
pub async fn receive(
    app: &App,
    actor: &Actor,
    id: ProcessId,
    filename: &str,
    origin: Origin,
    incoming: Incoming,
) -> AppResult<()> {
    let mut conn = app.db.read().await?;
    let process = Process::find(&mut conn, actor.organization_id, id).await?;
    origin.check(process.status)?;
    if origin.refuses_duplicates() {
        refuse_duplicate(&mut conn, actor.organization_id, &incoming.sha256).await?;
    }
    let names = Names::of(&mut conn, &process).await?;
    drop(conn);
    let key = reserve_key(app, &names, &process, filename).await?;
    // What is left of it is for the sweep: to ask such a store again would keep the sender waiting once more.
    app.storage
        .put_file(&key, incoming.file.path(), "application/pdf")
        .await
        .map_err(AppError::storage_unavailable)?;
    let made = record(app, actor, id, &key, filename, origin, &incoming).await;
    if made.is_err() {
        // The sweep does it should this fail too.
        if let Err(error) = give_up(app, &key).await {
            tracing::warn!(key, error = %error, "an unfinished upload is left to the sweep");
        }
    }
    made
}

async fn refuse_duplicate(conn: &mut crate::db::DbConn, organization: OrganizationId, sha256: &str) -> AppResult<()> {
    let places = document::places(conn, organization, sha256).await?;
    if places.is_empty() {
        return Ok(());
    }
    let details = serde_json::to_value(places).map_err(AppError::internal)?;
    Err(AppError::new(
        ErrorCode::DuplicateDocument,
        "the same bytes are kept already; send again with accept_duplicate=true to keep them here too",
    )
    .with_details(details))
}

/// Notes a key that nobody uses. Two uploads in one second get different seconds in their keys.
async fn reserve_key(app: &App, names: &Names, process: &Process, filename: &str) -> AppResult<String> {
    for later in 0..KEY_TRIES {
        let mut tx = app.db.begin().await?;
        let now = tx.now();
        let at = now + chrono::TimeDelta::seconds(later);
        let operator = &names.operator;
        let key = storage_key(operator, &names.client, process.mes_ano, at, &shown_filename(filename));
        let row = (
            storage_intents::storage_key.eq(&key),
            storage_intents::created_at.eq(now),
            storage_intents::abandoned.eq(false),
            storage_intents::organization_id.eq(Some(process.organization_id)),
        );
        match with_conn!(tx.conn(), |c| diesel::insert_into(storage_intents::table)
            .values(row)
            .execute(c)
            .await)
        {
            Ok(_) => {}
            Err(error) if is_unique_violation(&error) => continue,
            Err(error) => return Err(error.into()),
        }
        // Asked after the note is written: an upload that crossed its note out meanwhile has its row in place by now.
        let used: Option<DocumentId> = with_conn!(tx.conn(), |c| documents::table
            .filter(documents::storage_key.eq(&key))
            .select(documents::id)
            .first(c)
            .await
            .optional())?;
        if used.is_none() {
            tx.commit().await?;
            return Ok(key);
        }
    }
    Err(AppError::rate_limited(1))
}

async fn record(
    app: &App,
    actor: &Actor,
    id: ProcessId,
    key: &str,
    filename: &str,
    origin: Origin,
    incoming: &Incoming,
) -> AppResult<()> {
    let mut tx = app.db.begin().await?;
    if let Origin::Robot {
        claim: Some((job, fence)),
        ..
    } = &origin
        && !job_is_held(&mut tx, *job, *fence).await?
    {
        return Err(AppError::new(
            ErrorCode::IllegalTransition,
            "another worker has the run",
        ));
    }
    let process = Process::lock(&mut tx, actor.organization_id, id).await?;
    origin.check(process.status)?;
    if origin.refuses_duplicates() {
        refuse_duplicate(tx.conn(), actor.organization_id, &incoming.sha256).await?;
    }
    let last: Option<i32> = with_conn!(tx.conn(), |c| documents::table
        .filter(documents::process_id.eq(id))
        .select(diesel::dsl::max(documents::number))
        .first(c)
        .await)?;
    let now = tx.now();
    let row = Document {
        id: DocumentId(Uuid::now_v7()),
        organization_id: actor.organization_id,
        process_id: id,
        number: last.unwrap_or(0) + 1,
        filename: shown_filename(filename),
        storage_key: key.to_owned(),
        size_bytes: incoming.size_bytes,
        pages: i32::try_from(incoming.facts.pages).unwrap_or(i32::MAX),
        sha256: incoming.sha256.clone(),
        uploaded_by: actor.name.clone(),
        created_at: now,
        damaged_at: None,
    };
    with_conn!(tx.conn(), |c| diesel::insert_into(documents::table)
        .values(&row)
        .execute(c)
        .await)?;
    // Gone when the sweep took this upload for abandoned: then its object may be gone too.
    if cross_out(&mut tx, key).await? == 0 {
        return Err(AppError::storage_unavailable(anyhow::anyhow!(
            "the upload took too long and was swept"
        )));
    }
    let (told, uploaded_at) = match origin {
        Origin::Person { .. } => (ProcessChanges::default(), Some(now)),
        Origin::Robot { told, .. } => (*told, None),
    };
    let changes = ProcessChanges {
        fatura_s3_key: Some(Some(row.storage_key)),
        fatura_filename: Some(Some(row.filename.clone())),
        fatura_sha256: Some(Some(row.sha256)),
        data_upload_manual: Some(uploaded_at),
        approved_by: Some(None),
        approved_at: Some(None),
        approved_sha256: Some(None),
        rejection_reason: Some(None),
        error_cause: Some(None),
        error_step: Some(None),
        error_action: Some(None),
        ..told
    };
    let (number, filename) = (row.number, row.filename);
    let reason = Reason::DocumentReceived { number, filename };
    moves::advance(&mut tx, actor, &process, Move::Receive, Some(&reason), changes).await?;
    Ok(tx.commit().await?)
}

/// Removes the note of an upload in the transaction of its row, unless the upload was given up.
async fn cross_out(tx: &mut Tx, key: &str) -> QueryResult<usize> {
    let open = storage_intents::storage_key
        .eq(key)
        .and(storage_intents::abandoned.eq(false));
    with_conn!(tx.conn(), |c| diesel::delete(storage_intents::table.filter(open))
        .execute(c)
        .await)
}

/// Removes the object of a failed upload, then its note.
///
/// The note is marked first. This waits for a commit under way, and a later commit finds the mark. When there is no
/// note, the upload was committed, also if the answer of its commit was lost.
pub(super) async fn give_up(app: &App, key: &str) -> anyhow::Result<()> {
    let note = || storage_intents::table.filter(storage_intents::storage_key.eq(key));
    let mut tx = app.db.begin().await?;
    let marked = with_conn!(tx.conn(), |c| diesel::update(note())
        .set(storage_intents::abandoned.eq(true))
        .execute(c)
        .await)?;
    tx.commit().await?;
    if marked == 0 {
        return Ok(());
    }
    app.storage.delete(key).await?;
    let mut tx = app.db.begin().await?;
    with_conn!(tx.conn(), |c| diesel::delete(note()).execute(c).await)?;
    Ok(tx.commit().await?)
}
