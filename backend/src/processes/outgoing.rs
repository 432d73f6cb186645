//! Documents on their way out: copied from the store and compared with their row before anybody sees a byte of them.

use std::{io, time::Duration};

use aws_lc_rs::digest;
use bytes::Bytes;
use chrono::TimeDelta;
use diesel::prelude::*;
use esteira_shared::{
    error::ErrorCode, event::Topic, ids::DocumentId, instant::Instant, language::Language, reason::Reason,
};
use futures_util::{StreamExt as _, stream::BoxStream};
use serde_json::json;
use tokio::{
    fs::File,
    io::{AsyncSeekExt as _, AsyncWriteExt as _},
};
use tokio_util::io::ReaderStream;

use super::{
    document::Document,
    model::{Process, title},
};
use crate::{
    administration::organization::take_turns,
    app::App,
    db::{RunQueryDsl, schema::documents},
    engine::Failure,
    error::{AppError, AppResult},
    language::told,
    mail,
    secrets::hex,
    storage::StorageError,
    with_conn,
};

/// A store that is silent for this long in the middle of a document has gone.
const PATIENCE: Duration = Duration::from_secs(30);
/// When a whole store is wrong, administrators get one e-mail, not one for each document: what is found this soon after
/// another is noted only.
const TELL_AGAIN: TimeDelta = TimeDelta::hours(1);
const CHUNK_BYTES: usize = 64 * 1024;

/// A copy of a document on the local disk, with the size and the hash of its row. The file has no name, so it is gone with
/// its last handle, also when the program is killed.
pub struct Outgoing {
    file: File,
    pub size_bytes: u64,
}

impl Outgoing {
    #[must_use]
    pub fn into_stream(self) -> BoxStream<'static, io::Result<Bytes>> {
        ReaderStream::with_capacity(self.file, CHUNK_BYTES).boxed()
    }
}

/// Why a document does not leave.
#[derive(Debug, thiserror::Error)]
pub enum OutgoingError {
    /// The store does not hold what was received. A person must act; administrators were told.
    #[error("{cause}")]
    Damaged { cause: Reason, action: Reason },
    /// May go away by itself.
    #[error(transparent)]
    Failed(#[from] AppError),
}

/// Reads a document from the store, all of it, and compares it with its row. What is not the same is noted, and
/// administrators are told.
///
/// # Errors
/// [`OutgoingError::Damaged`] when it is gone, or has another size or hash; `storage_unavailable` when the store, or the
/// disk for the copy, does not answer; `database_unavailable` when a difference cannot be noted.
pub async fn open(app: &App, document: &Document) -> Result<Outgoing, OutgoingError> {
    let copied = copy(app, document).await;
    match &copied {
        Err(OutgoingError::Damaged { cause, .. }) => note(app, document, cause).await?,
        Ok(_) if document.damaged_at.is_some() => note_mended(app, document).await?,
        _ => {}
    }
    copied
}

async fn copy(app: &App, document: &Document) -> Result<Outgoing, OutgoingError> {
    let expected = u64::try_from(document.size_bytes).map_err(AppError::internal)?;
    let mut object = match app.storage.get(&document.storage_key).await {
        Ok(object) => object,
        Err(StorageError::NotFound) => {
            return Err(OutgoingError::Damaged {
                cause: Reason::DocumentLost {},
                action: Reason::UploadAgain {},
            });
        }
        Err(StorageError::Unavailable(error)) => return Err(AppError::storage_unavailable(error).into()),
    };
    if object.size_bytes != expected {
        return Err(resized(object.size_bytes, expected));
    }
    let file = tempfile::tempfile_in(&app.config.data_dir).map_err(AppError::storage_unavailable)?;
    let mut file = File::from_std(file);
    let mut hash = digest::Context::new(&digest::SHA256);
    let mut size_bytes = 0_u64;
    while let Some(chunk) = tokio::time::timeout(PATIENCE, object.body.next())
        .await
        .map_err(AppError::storage_unavailable)?
    {
        let chunk = chunk.map_err(AppError::storage_unavailable)?;
        size_bytes = size_bytes.saturating_add(u64::try_from(chunk.len()).unwrap_or(u64::MAX));
        if size_bytes > expected {
            break;
        }
        hash.update(&chunk);
        file.write_all(&chunk).await.map_err(AppError::storage_unavailable)?;
    }
    if size_bytes != expected {
        return Err(resized(size_bytes, expected));
    }
    let found = hex(hash.finish().as_ref());
    if found != document.sha256 {
        return Err(OutgoingError::Damaged {
            cause: Reason::StoredBytesDiffer {
                found,
                expected: document.sha256.clone(),
            },
            action: Reason::RestoreOrUploadAgain {},
        });
    }
    file.flush().await.map_err(AppError::storage_unavailable)?;
    file.rewind().await.map_err(AppError::storage_unavailable)?;
    Ok(Outgoing { file, size_bytes })
}

fn resized(found: u64, expected: u64) -> OutgoingError {
    OutgoingError::Damaged {
        cause: Reason::StoredSizeDiffers { found, expected },
        action: Reason::RestoreOrUploadAgain {},
    }
}

/// Notes that the store does not hold a document any more, and tells administrators, unless they know or were just told of
/// another one.
async fn note(app: &App, document: &Document, cause: &Reason) -> AppResult<()> {
    tracing::error!(
        document = %document.id, key = document.storage_key, cause = cause.text(Language::En),
        "the store does not hold what was received"
    );
    if document.damaged_at.is_some() {
        return Ok(());
    }
    let organization = document.organization_id;
    let mut tx = app.db.begin().await?;
    take_turns(&mut tx, organization).await?;
    let now = tx.now();
    let told_lately: Option<DocumentId> = with_conn!(tx.conn(), |c| documents::table
        .filter(documents::organization_id.eq(organization))
        .filter(documents::damaged_at.gt(Some(now - TELL_AGAIN)))
        .select(documents::id)
        .first(c)
        .await
        .optional())?;
    let noted = with_conn!(tx.conn(), |c| diesel::update(
        documents::table.filter(documents::id.eq(document.id).and(documents::damaged_at.is_null()))
    )
    .set(documents::damaged_at.eq(Some(now)))
    .execute(c)
    .await)?;
    if noted > 0 && told_lately.is_none() {
        let process = Process::find(tx.conn(), organization, document.process_id).await?;
        let title = title(tx.conn(), &process).await?;
        let text = Reason::DocumentDamagedMail {
            document: format!("{} · {title}", document.filename),
            key: document.storage_key.clone(),
            cause: Box::new(cause.clone()),
        };
        mail::tell_admins(&mut tx, organization, &Reason::DocumentDamagedSubject {}, &text).await?;
    }
    tx.changed(organization, Topic::Processes, document.process_id.0);
    Ok(tx.commit().await?)
}

/// The store holds the document again: somebody restored it.
async fn note_mended(app: &App, document: &Document) -> AppResult<()> {
    let mut tx = app.db.begin().await?;
    with_conn!(tx.conn(), |c| diesel::update(documents::table.find(document.id))
        .set(documents::damaged_at.eq(None::<Instant>))
        .execute(c)
        .await)?;
    tx.changed(document.organization_id, Topic::Processes, document.process_id.0);
    Ok(tx.commit().await?)
}

impl From<OutgoingError> for AppError {
    fn from(error: OutgoingError) -> Self {
        match error {
            OutgoingError::Damaged {
                cause: Reason::DocumentLost {},
                ..
            } => Self::new(ErrorCode::NotFound, "the document is missing from storage"),
            OutgoingError::Damaged { cause, action } => {
                let (cause, cause_coded) = told(&cause);
                let (action, action_coded) = told(&action);
                let message = "the store does not hold the bytes that were received, so none are given out";
                Self::new(ErrorCode::DocumentDamaged, message).with_details(json!({
                    "cause": cause, "cause_coded": cause_coded, "action": action, "action_coded": action_coded,
                }))
            }
            OutgoingError::Failed(error) => error,
        }
    }
}

impl From<OutgoingError> for Failure {
    fn from(error: OutgoingError) -> Self {
        match error {
            OutgoingError::Damaged { cause, action } => Self::Business {
                cause,
                step: Some("LEITURA".to_owned()),
                action: Some(action),
            },
            OutgoingError::Failed(error) => error.into(),
        }
    }
}
