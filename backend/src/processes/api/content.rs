use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use esteira_shared::ids::DocumentId;

use crate::{
    app::SharedApp,
    auth::{Require, permission::ReadProcesses},
    error::{AppError, AppResult},
    http::extract::Path,
    processes::{document::Document, outgoing},
};

/// The bytes of a document
///
/// Always an attachment in a sandbox: nothing inside a stranger's file runs in our origin. They never change, so they may
/// be kept: what the store holds is compared with them before the answer begins. When it holds other bytes, the answer is
/// 409 `document_damaged`, and administrators are told.
#[utoipa::path(
    get, path = "/documents/{id}/content", tag = "processes", params(("id" = DocumentId, Path)),
    responses(
        (status = 200, content_type = "application/pdf", body = Vec<u8>),
        (status = 409, body = esteira_shared::error::ErrorBody),
    ),
)]
pub async fn get_document_content(
    auth: Require<ReadProcesses>,
    State(app): State<SharedApp>,
    Path(id): Path<DocumentId>,
    headers: HeaderMap,
) -> AppResult<Response> {
    let document = Document::find(&mut app.db.read().await?, auth.organization_id, id).await?;
    let etag = format!("\"{}\"", document.sha256);
    let kept = [
        (
            header::CACHE_CONTROL,
            HeaderValue::from_static("private, max-age=86400, immutable"),
        ),
        (header::ETAG, HeaderValue::from_str(&etag).map_err(AppError::internal)?),
        (header::VARY, HeaderValue::from_static("cookie, authorization")),
    ];
    if headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|known| known.as_bytes() == etag.as_bytes())
    {
        return Ok((StatusCode::NOT_MODIFIED, kept).into_response());
    }
    let outgoing = outgoing::open(&app, &document).await?;
    let safe = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/pdf")),
        (header::CONTENT_LENGTH, HeaderValue::from(outgoing.size_bytes)),
        (header::CONTENT_DISPOSITION, disposition(&document.filename)?),
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("default-src 'none'; sandbox"),
        ),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    Ok((kept, safe, Body::from_stream(outgoing.into_stream())).into_response())
}

/// RFC 6266: a plain name for old programs, and the full name encoded.
fn disposition(filename: &str) -> AppResult<HeaderValue> {
    let plain: String = filename
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ' ') {
                c
            } else {
                '_'
            }
        })
        .collect();
    let encoded = filename.bytes().fold(String::new(), |mut text, byte| {
        use std::fmt::Write as _;
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_') {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
        text
    });
    HeaderValue::from_str(&format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}"))
        .map_err(AppError::internal)
}
