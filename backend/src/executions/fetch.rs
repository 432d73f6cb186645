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
    config::StorageUrl,
    db::{RunQueryDsl, schema::documents},
    engine::Failure,
    error::AppError,
    object::ObjectAddress,
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
    let Some(address) = ObjectAddress::parse(location) else {
        return trouble(
            Reason::S3AddressUnclear {
                location: location.to_owned(),
            },
            Reason::AskWhereInvoicesAreWritten {},
        );
    };
    if is_ours(app, &address).await? {
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
    let object = match files.get(&address).await {
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

/// A robot may name any address. Documents that are kept here belong to some organisation, so nothing in their bucket is
/// taken, except below the folder that the settings give to robots. The bucket goes by its name alone, because one store
/// may be reached by two addresses. A key of a document is refused in any bucket: its folder may be served under another
/// name.
async fn is_ours(app: &App, address: &ObjectAddress) -> Result<bool, Failure> {
    let in_bucket = match &app.config.storage {
        StorageUrl::S3(documents) => documents.bucket.eq_ignore_ascii_case(address.bucket()),
        StorageUrl::Local(_) => false,
    };
    let folder = app.config.robots.folder.as_ref();
    if in_bucket && !folder.is_some_and(|folder| address.key().is_below(folder)) {
        return Ok(true);
    }
    let mut conn = app.db.read().await?;
    let found: Option<DocumentId> = with_conn!(&mut conn, |c| documents::table
        .filter(documents::storage_key.eq(address.key().as_str()))
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
