use axum::{
    Extension,
    body::Body,
    extract::State,
    http::{HeaderMap, StatusCode, header},
};
use esteira_shared::{
    dto::processes::{DocumentUpload, ProcessDetailDto},
    ids::ProcessId,
    transition::Move,
};

use crate::{
    administration::organization::Organization,
    app::SharedApp,
    auth::{Require, permission::UploadDocuments},
    error::{AppError, AppResult},
    http::extract::{Json, Path, Query},
    processes::{
        ProcessPage,
        model::Process,
        moves,
        upload::{Incoming, Origin, receive},
    },
};

/// Upload the invoice's PDF
///
/// The body is the file. It is judged by its content; the name is only shown. The same bytes kept elsewhere answer 409
/// `duplicate_document`, which says where, unless `accept_duplicate` is set.
#[utoipa::path(
    post, path = "/processes/{id}/documents", tag = "processes", params(("id" = ProcessId, Path), DocumentUpload),
    request_body(content = Vec<u8>, content_type = "application/pdf"),
    responses((status = 201, body = ProcessDetailDto), (status = 409, body = esteira_shared::error::ErrorBody), (status = 413, body = esteira_shared::error::ErrorBody), (status = 422, body = esteira_shared::error::ErrorBody), (status = 503, body = esteira_shared::error::ErrorBody)),
)]
pub async fn upload_document(
    auth: Require<UploadDocuments>,
    State(app): State<SharedApp>,
    Extension(page): Extension<ProcessPage>,
    Path(id): Path<ProcessId>,
    Query(upload): Query<DocumentUpload>,
    headers: HeaderMap,
    body: Body,
) -> AppResult<(StatusCode, Json<ProcessDetailDto>)> {
    let mut conn = app.db.read().await?;
    let limit = Organization::find(&mut conn, auth.organization_id)
        .await?
        .max_document_bytes;
    // What cannot be taken is refused before it is sent.
    let process = Process::find(&mut conn, auth.organization_id, id).await?;
    moves::destination(process.status, Move::Receive)?;
    drop(conn);
    let announced = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<i64>().ok());
    if announced.is_some_and(|length| length > limit) {
        return Err(AppError::too_large(limit));
    }
    let incoming = Incoming::receive(&app, auth.organization_id, body, limit).await?;
    receive(
        &app,
        &auth.actor(),
        id,
        &upload.filename,
        Origin::Person {
            accept_duplicate: upload.accept_duplicate,
        },
        incoming,
    )
    .await?;
    let detail = page.of(&app, auth.organization_id, id).await?;
    Ok((StatusCode::CREATED, Json(detail)))
}
