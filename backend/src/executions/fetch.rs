//! Getting the invoice that a robot left somewhere.

use axum::body::Body;
use diesel::prelude::*;
use esteira_shared::{
    error::ErrorCode,
    ids::{DocumentId, OrganizationId},
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

/// Reads and judges the PDF at an address that a robot reported. The inner error is final: the robot is to bring it again.
///
/// # Errors
/// `Technical` while the store does not answer.
pub(super) async fn fetch(
    app: &App,
    organization: OrganizationId,
    location: &str,
) -> Result<Result<Incoming, Trouble>, Failure> {
    let trouble = |cause: String, action: &str| {
        Ok(Err(Trouble {
            step: Some(STEP.to_owned()),
            action: Some(action.to_owned()),
            ..Trouble::new(cause)
        }))
    };
    if !location.starts_with("s3://") {
        return trouble(
            format!("O robô informou \"{location}\", que não é um endereço s3://."),
            "Conferir com quem mantém o robô onde ele grava a fatura.",
        );
    }
    if is_ours(app, location).await? {
        return trouble(
            format!("O robô informou {location}, que é um documento da própria Esteira."),
            "Conferir com quem mantém o robô onde ele grava a fatura.",
        );
    }
    let Some(files) = &app.robot_files else {
        return trouble(
            "Não há armazenamento S3 configurado onde buscar faturas de robôs.".to_owned(),
            "Pedir a quem administra o servidor que defina ESTEIRA_ROBOT_S3_ENDPOINT.",
        );
    };
    let object = match files.get(location).await {
        Ok(object) => object,
        Err(StorageError::NotFound) => {
            return trouble(
                format!("O robô terminou, mas não há nada em {location}."),
                "Executar o robô novamente; se repetir, conferir onde ele grava a fatura.",
            );
        }
        Err(StorageError::Unavailable(error)) => return Err(Failure::Technical(error)),
    };
    let limit = Organization::find(&mut app.db.read().await?, organization)
        .await?
        .max_document_bytes;
    if i64::try_from(object.size_bytes).unwrap_or(i64::MAX) > limit {
        return trouble(
            format!(
                "A fatura em {location} tem {} bytes; o limite é {limit}.",
                object.size_bytes
            ),
            "Aumentar o limite em Configurações e executar novamente.",
        );
    }
    match Incoming::receive(app, Body::from_stream(object.body), limit).await {
        Ok(incoming) => Ok(Ok(incoming)),
        Err(error) => refused(&error, location).map(Err).ok_or_else(|| {
            let said = match error.code() {
                ErrorCode::MalformedRequest => "O arquivo do robô não veio inteiro: a conexão com o S3 dos robôs caiu.",
                _ => "O arquivo do robô não pôde ser recebido por uma falha deste servidor.",
            };
            Failure::Technical(anyhow::Error::from(error).context(said))
        }),
    }
}

/// A robot may name any address: what is kept here belongs to some organisation, and reaches nobody else that way.
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

/// What is wrong with the file itself, in Portuguese; nothing when the trouble is ours.
fn refused(error: &AppError, location: &str) -> Option<Trouble> {
    let what = match error.code() {
        ErrorCode::NotPdf => "não é um PDF",
        ErrorCode::EmptyFile => "está vazio",
        ErrorCode::EncryptedPdf => "é um PDF protegido por senha",
        ErrorCode::PdfWithoutPages => "é um PDF sem páginas",
        ErrorCode::DamagedPdf => "é um PDF danificado",
        ErrorCode::TooLarge => "passa do tamanho permitido",
        _ => return None,
    };
    Some(Trouble {
        step: Some(STEP.to_owned()),
        action: Some("Executar o robô novamente, ou enviar a fatura à mão.".to_owned()),
        ..Trouble::new(format!("O arquivo que o robô deixou em {location} {what}."))
    })
}
