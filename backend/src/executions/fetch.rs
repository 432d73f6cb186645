//! Fetches the invoice that a robot left somewhere.

use axum::body::Body;
use diesel::prelude::*;
use esteira_shared::{
    error::ErrorCode,
    ids::{DocumentId, OrganizationId},
    reason::Reason,
};

use super::end::Trouble;
use crate::{
    administration::organization::Organization,
    app::App,
    db::{RunQueryDsl, schema::documents},
    engine::Failure,
    error::AppError,
    processes::Incoming,
    storage::StorageError,
    with_conn,
};

const STEP: &str = "COLETA_FATURA";

/// Reads and judges the PDF at an address that a robot reported. The inner error is final: a robot must bring it again.
///
/// # Errors
/// `Technical` while the store does not answer.
pub(super) async fn fetch(
    app: &App,
    organization: OrganizationId,
    location: &str,
) -> Result<Result<Incoming, Trouble>, Failure> {
    let trouble = |cause: Reason, action: Reason| {
        Ok(Err(Trouble {
            step: Some(STEP.to_owned()),
            action: Some(action),
            ..Trouble::new(cause)
        }))
    };
    if !location.starts_with("s3://") {
        return trouble(
            Reason::NotAnS3Address {
                location: location.to_owned(),
            },
            Reason::AskWhereInvoicesAreWritten {},
        );
    }
    if is_ours(app, location).await? {
        return trouble(
            Reason::ADocumentOfOurs {
                location: location.to_owned(),
            },
            Reason::AskWhereInvoicesAreWritten {},
        );
    }
    let Some(files) = &app.robot_files else {
        return trouble(Reason::NoRobotStore {}, Reason::SetRobotStore {});
    };
    let object = match files.get(location).await {
        Ok(object) => object,
        Err(StorageError::NotFound) => {
            return trouble(
                Reason::NothingThere {
                    location: location.to_owned(),
                },
                Reason::RunRobotAgainOrCheck {},
            );
        }
        Err(StorageError::Unavailable(error)) => return Err(Failure::Technical(error)),
    };
    let limit = Organization::find(&mut app.db.read().await?, organization)
        .await?
        .max_document_bytes;
    if i64::try_from(object.size_bytes).unwrap_or(i64::MAX) > limit {
        return trouble(
            Reason::InvoiceTooLarge {
                location: location.to_owned(),
                bytes: object.size_bytes,
                limit,
            },
            Reason::RaiseLimit {},
        );
    }
    match Incoming::receive(app, organization, Body::from_stream(object.body), limit).await {
        Ok(incoming) => Ok(Ok(incoming)),
        Err(error) => refused(&error, location).map(Err).ok_or_else(|| {
            let said = match error.code() {
                ErrorCode::MalformedRequest => Reason::FileBrokenOff {},
                _ => Reason::FileNotReceived {},
            };
            Failure::Technical(anyhow::Error::from(error).context(said))
        }),
    }
}

/// A robot may name any address. Documents that are kept here belong to some organisation, so they are refused.
async fn is_ours(app: &App, location: &str) -> Result<bool, Failure> {
    let Some(key) = location.strip_prefix("s3://").and_then(|rest| rest.split_once('/')) else {
        return Ok(false);
    };
    if app.storage.location(key.1).as_deref() != Some(location) {
        return Ok(false);
    }
    let mut conn = app.db.read().await?;
    let found: Option<DocumentId> = with_conn!(&mut conn, |c| documents::table
        .filter(documents::storage_key.eq(key.1))
        .select(documents::id)
        .first(c)
        .await
        .optional())?;
    Ok(found.is_some())
}

/// What is wrong with the file itself; nothing when the fault is ours.
fn refused(error: &AppError, location: &str) -> Option<Trouble> {
    let location = location.to_owned();
    let cause = match error.code() {
        ErrorCode::NotPdf => Reason::RobotFileNotPdf { location },
        ErrorCode::EmptyFile => Reason::RobotFileEmpty { location },
        ErrorCode::EncryptedPdf => Reason::RobotFileEncrypted { location },
        ErrorCode::PdfWithoutPages => Reason::RobotFileWithoutPages { location },
        ErrorCode::DamagedPdf => Reason::RobotFileDamaged { location },
        ErrorCode::TooLarge => Reason::RobotFileTooLarge { location },
        _ => return None,
    };
    Some(Trouble {
        step: Some(STEP.to_owned()),
        action: Some(Reason::RunRobotAgainOrUpload {}),
        ..Trouble::new(cause)
    })
}
