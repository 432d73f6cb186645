//! `POST /documentos`.

use std::{sync::Arc, time::Duration};

use anyhow::Context as _;
use aws_lc_rs::digest::{Context as Digest, SHA256};
use axum::{
    Json,
    body::{Body, Bytes},
    extract::{
        Multipart, State,
        multipart::{Field, MultipartError},
    },
    http::{HeaderMap, StatusCode},
    response::{IntoResponse as _, Response},
};
use futures_util::stream;
use serde_json::{Value, json};
use tempfile::NamedTempFile;
use tokio::io::AsyncWriteExt as _;

use super::{
    Shared,
    options::SatOptions,
    refusal::Refusal,
    store::{Kept, KeptDocument, Store},
};
use crate::{
    clock::Clock as _,
    secrets::{hex, sha256_hex},
};

const KEY_MAX_BYTES: usize = 255;
const METADATA_MAX_BYTES: usize = 64 * 1024;
/// Readers accept a PDF whose header starts within this.
const HEAD_BYTES: usize = 1024;
const REQUIRED: [&str; 7] = ["operadora", "razao_social", "cnpj", "conta", "mes", "ano", "sha256"];

struct Received {
    metadata: Value,
    file: ReceivedFile,
}

struct ReceivedFile {
    name: String,
    file: NamedTempFile,
    size_bytes: u64,
    sha256: String,
    is_pdf: bool,
}

pub(super) async fn upload_document(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    multipart: Multipart,
) -> Result<Response, Refusal> {
    let received = read(multipart, &shared.store).await;
    shared.check_token(&headers)?;
    let received = received?;
    let key = headers
        .get("idempotency-key")
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    if key.is_empty() || key.len() > KEY_MAX_BYTES {
        return Err(Refusal::invalid("o cabeçalho Idempotency-Key falta ou é longo demais"));
    }

    let options = shared.options();
    let attempt = shared.store.attempt(&key).await.map_err(Refusal::broken)?;
    tokio::time::sleep(Duration::from_millis(options.wait_ms(&key, attempt))).await;
    if options.fails(&key, attempt) {
        return Err(Refusal::failure());
    }
    if shared.store.find(&key).await.map_err(Refusal::broken)?.is_none() {
        judge(&received, &options, &key)?;
    }

    let now = shared.clock.now();
    let digest = sha256_hex(key.as_bytes()).to_uppercase();
    let document = KeptDocument {
        protocolo: format!("SAT-{}-{}", now.format("%Y%m%d"), digest.get(..10).unwrap_or_default()),
        idempotency_key: key.clone(),
        sha256: received.file.sha256,
        filename: received.file.name,
        tamanho_bytes: received.file.size_bytes,
        recebido_em: now.into(),
        tentativas: attempt,
        metadados: received.metadata,
    };
    match shared
        .store
        .keep(document, received.file.file)
        .await
        .map_err(Refusal::broken)?
    {
        Kept::New(document) if options.loses_answer(&key, attempt) => {
            Ok(lost_answer(&document, options.cuts_off(&key, attempt)))
        }
        Kept::New(document) => Ok((StatusCode::CREATED, answer(&document)).into_response()),
        Kept::Before(document) => Ok(answer(&document).into_response()),
        Kept::OtherBytes => Err(Refusal::other_bytes()),
    }
}

fn answer(document: &KeptDocument) -> Json<Value> {
    Json(json!({ "protocolo": document.protocolo, "recebido_em": document.recebido_em }))
}

/// As a proxy that gave up, or as a line that broke within the answer.
fn lost_answer(document: &KeptDocument, cut_off: bool) -> Response {
    if !cut_off {
        return (StatusCode::BAD_GATEWAY, "<html><body>502 Bad Gateway</body></html>").into_response();
    }
    let whole = answer(document).0.to_string();
    let half = Bytes::from(whole.get(..whole.len() / 2).unwrap_or_default().to_owned());
    let body = Body::from_stream(stream::iter([Ok(half), Err(std::io::Error::other("cut off"))]));
    (StatusCode::CREATED, [("content-type", "application/json")], body).into_response()
}

fn judge(received: &Received, options: &SatOptions, key: &str) -> Result<(), Refusal> {
    let text = |name: &str| received.metadata.get(name).and_then(Value::as_str).unwrap_or_default();
    if text("sha256") != received.file.sha256 {
        return Err(Refusal::wrong_digest());
    }
    if !received.file.is_pdf {
        return Err(Refusal::not_pdf());
    }
    let number = |name: &str| received.metadata.get(name).and_then(Value::as_u64).unwrap_or_default();
    match options.refuses(key) {
        Some(chosen) => {
            let month = format!("{:02}/{}", number("mes"), number("ano"));
            Err(Refusal::of_business(chosen, text("cnpj"), text("conta"), &month))
        }
        None => Ok(()),
    }
}

async fn read(mut multipart: Multipart, store: &Store) -> Result<Received, Refusal> {
    let (mut metadata, mut file) = (None, None);
    while let Some(field) = multipart.next_field().await.map_err(|error| broken_body(&error))? {
        match field.name() {
            Some("metadados") => metadata = Some(read_metadata(field).await?),
            Some("arquivo") => file = Some(read_file(field, store).await?),
            _ => {}
        }
    }
    let metadata = metadata.ok_or_else(|| Refusal::invalid("falta a parte metadados"))?;
    let file = file.ok_or_else(|| Refusal::invalid("falta a parte arquivo"))?;
    Ok(Received { metadata, file })
}

async fn read_metadata(mut field: Field<'_>) -> Result<Value, Refusal> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(|error| broken_body(&error))? {
        if bytes.len() + chunk.len() > METADATA_MAX_BYTES {
            return Err(Refusal::too_large());
        }
        bytes.extend_from_slice(&chunk);
    }
    let metadata: Value = serde_json::from_slice(&bytes).map_err(|_| Refusal::invalid("metadados não é JSON"))?;
    match REQUIRED
        .iter()
        .find(|name| metadata.get(*name).is_none_or(Value::is_null))
    {
        Some(missing) => Err(Refusal::invalid(&format!("falta {missing} em metadados"))),
        None => Ok(metadata),
    }
}

async fn read_file(mut field: Field<'_>, store: &Store) -> Result<ReceivedFile, Refusal> {
    let name = field.file_name().unwrap_or_default().to_owned();
    let file = store.receive().await.map_err(Refusal::broken)?;
    let reopened = file
        .reopen()
        .context("cannot write a received document")
        .map_err(Refusal::broken)?;
    let mut writer = tokio::fs::File::from_std(reopened);
    let (mut digest, mut head, mut size_bytes) = (Digest::new(&SHA256), Vec::<u8>::new(), 0);
    while let Some(chunk) = field.chunk().await.map_err(|error| broken_body(&error))? {
        writer
            .write_all(&chunk)
            .await
            .map_err(|error| Refusal::broken(error.into()))?;
        digest.update(&chunk);
        size_bytes += chunk.len() as u64;
        head.extend(chunk.iter().take(HEAD_BYTES.saturating_sub(head.len())));
    }
    writer.flush().await.map_err(|error| Refusal::broken(error.into()))?;
    let sha256 = hex(digest.finish().as_ref());
    let is_pdf = head.windows(5).any(|window| window == b"%PDF-");
    Ok(ReceivedFile {
        name,
        file,
        size_bytes,
        sha256,
        is_pdf,
    })
}

fn broken_body(error: &MultipartError) -> Refusal {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        Refusal::too_large()
    } else {
        Refusal::invalid("o corpo não é multipart ou foi cortado")
    }
}
