use axum::{extract::State, http::StatusCode};
use diesel::prelude::*;
use esteira_shared::{
    dto::administration::{EmailDto, EmailTestDto},
    reason::Reason,
};

use crate::{
    app::SharedApp,
    auth::{Require, permission::ManageOrganization},
    db::{RunQueryDsl, schema::users},
    error::AppResult,
    http::extract::Json,
    mail, with_conn,
};

/// Whether this server sends e-mails, and as whom
#[utoipa::path(
    get, path = "/email", tag = "administration", responses((status = 200, body = EmailDto)),
)]
pub async fn get_email(_: Require<ManageOrganization>, State(app): State<SharedApp>) -> Json<EmailDto> {
    Json(EmailDto {
        from: app.mailer.as_ref().map(|mailer| mailer.from()),
        reply_to: app.mailer.as_ref().and_then(|mailer| mailer.reply_to()),
    })
}

/// Send a test e-mail to oneself
///
/// The message tells whether the mail server took it, and with which words.
#[utoipa::path(
    post, path = "/email/test", tag = "administration", responses((status = 202, body = EmailTestDto)),
)]
pub async fn test_email(
    auth: Require<ManageOrganization>,
    State(app): State<SharedApp>,
) -> AppResult<(StatusCode, Json<EmailTestDto>)> {
    mail::expect_configured(&app)?;
    let mut tx = app.db.begin().await?;
    let to: String = with_conn!(tx.conn(), |c| users::table
        .find(auth.user_id)
        .select(users::email)
        .first(c)
        .await)?;
    let (subject, text) = (Reason::TestMailSubject {}, Reason::TestMail {});
    let queued = mail::send(&mut tx, auth.organization_id, to, &subject, &text).await?;
    tx.commit().await?;
    let answer = EmailTestDto {
        job_id: queued.job_id,
        email_id: queued.email_id,
        to: queued.to,
    };
    Ok((StatusCode::ACCEPTED, Json(answer)))
}
