use axum::{
    extract::State,
    http::header,
    response::{IntoResponse as _, Response},
};
use esteira_shared::{
    dto::emails::{SentEmailDetailDto, SentEmailDto, SentEmailQuery},
    ids::EmailId,
    page::Page,
};

use crate::{
    app::SharedApp,
    auth::{Require, permission::ManageOrganization},
    error::{AppError, AppResult},
    http::{
        extract::{Json, Path, Query},
        framed::framed,
    },
    mail::{
        model::{self, Content, Email},
        rules,
    },
};

/// E-mails that were written, newest first
#[utoipa::path(
    get, path = "/emails", tag = "emails", params(SentEmailQuery),
    responses((status = 200, body = Page<SentEmailDto>)),
)]
pub async fn list_sent_emails(
    auth: Require<ManageOrganization>,
    State(app): State<SharedApp>,
    Query(query): Query<SentEmailQuery>,
) -> AppResult<Json<Page<SentEmailDto>>> {
    model::list(&mut app.db.read().await?, auth.organization_id, &query)
        .await
        .map(Json)
}

/// One e-mail, with what was written and answered
///
/// In place of the reader's own link to unsubscribe stands `…`.
#[utoipa::path(
    get, path = "/emails/{id}", tag = "emails", params(("id" = EmailId, Path)),
    responses((status = 200, body = SentEmailDetailDto)),
)]
pub async fn get_sent_email(
    auth: Require<ManageOrganization>,
    State(app): State<SharedApp>,
    Path(id): Path<EmailId>,
) -> AppResult<Json<SentEmailDetailDto>> {
    model::detail(&app, auth.organization_id, id).await.map(Json)
}

/// The HTML form of an e-mail, as a page for a frame
#[utoipa::path(
    get, path = "/emails/{id}/html", tag = "emails", params(("id" = EmailId, Path)),
    responses((status = 200, content_type = "text/html", body = String)),
)]
pub async fn get_sent_email_html(
    auth: Require<ManageOrganization>,
    State(app): State<SharedApp>,
    Path(id): Path<EmailId>,
) -> AppResult<Response> {
    let mut conn = app.db.read().await?;
    let email = Email::find(&mut conn, auth.organization_id, id).await?;
    let html = Content::of(&mut conn, &email).await?.html;
    let html = html.ok_or_else(|| AppError::not_found("HTML form"))?;
    Ok(framed(model::shown(html)))
}

/// The table that went along with an e-mail
#[utoipa::path(
    get, path = "/emails/{id}/attachment", tag = "emails", params(("id" = EmailId, Path)),
    responses((status = 200, content_type = "text/csv", body = String)),
)]
pub async fn download_sent_email_attachment(
    auth: Require<ManageOrganization>,
    State(app): State<SharedApp>,
    Path(id): Path<EmailId>,
) -> AppResult<Response> {
    let mut conn = app.db.read().await?;
    let email = Email::find(&mut conn, auth.organization_id, id).await?;
    let csv = Content::of(&mut conn, &email).await?.attachment;
    let csv = csv.ok_or_else(|| AppError::not_found("attachment"))?;
    // Its own name is for the reader's disk; this one cannot be anything but a name.
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"esteira-{id}.csv\""),
        ),
    ];
    Ok((headers, csv).into_response())
}

/// Send an e-mail again, under the same `Message-ID`
#[utoipa::path(
    post, path = "/emails/{id}/resend", tag = "emails", params(("id" = EmailId, Path)),
    responses((status = 200, body = SentEmailDetailDto), (status = 409, body = esteira_shared::error::ErrorBody)),
)]
pub async fn resend_sent_email(
    auth: Require<ManageOrganization>,
    State(app): State<SharedApp>,
    Path(id): Path<EmailId>,
) -> AppResult<Json<SentEmailDetailDto>> {
    let mut tx = app.db.begin().await?;
    rules::resend(&mut tx, &auth.actor(), id).await?;
    tx.commit().await?;
    model::detail(&app, auth.organization_id, id).await.map(Json)
}
