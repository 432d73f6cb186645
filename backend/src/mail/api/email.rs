use axum::{extract::State, http::StatusCode};
use diesel::prelude::*;
use esteira_shared::{
    dto::administration::{EmailDto, EmailTestDto},
    error::ErrorCode,
    reason::Reason,
};

use crate::{
    app::SharedApp,
    auth::{Require, permission::ManageOrganization},
    db::{RunQueryDsl, schema::users},
    error::{AppError, AppResult},
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
    })
}

/// Send a test e-mail to oneself
///
/// The job tells whether the server took it.
#[utoipa::path(
    post, path = "/email/test", tag = "administration", responses((status = 202, body = EmailTestDto)),
)]
pub async fn test_email(
    auth: Require<ManageOrganization>,
    State(app): State<SharedApp>,
) -> AppResult<(StatusCode, Json<EmailTestDto>)> {
    if app.mailer.is_none() {
        return Err(AppError::new(
            ErrorCode::EmailNotConfigured,
            "set ESTEIRA_SMTP_URL and ESTEIRA_SMTP_FROM first",
        ));
    }
    let mut tx = app.db.begin().await?;
    let to: String = with_conn!(tx.conn(), |c| users::table
        .find(auth.user_id)
        .select(users::email)
        .first(c)
        .await)?;
    let (subject, text) = (Reason::TestMailSubject {}, Reason::TestMail {});
    let job_id = mail::send(&mut tx, auth.organization_id, vec![to.clone()], &subject, &text).await?;
    tx.commit().await?;
    Ok((StatusCode::ACCEPTED, Json(EmailTestDto { job_id, to })))
}
