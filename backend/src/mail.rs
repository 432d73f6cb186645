//! E-mails to people. They are written in the transaction of what they tell, so that none is lost and none tells what did
//! not become true. Each is to one address: what the mail server refuses for one stops no other.
//!
//! ```text
//! pending ─┬─▶ sent      the mail server has taken it
//!          ├─▶ refused   it does not take it for this address
//!          └─▶ failed    given up: its settings, or no answer for hours
//! ```
//!
//! A message is sent by a job of its own ([`SendEmail`]), or within the run of a schedule that wrote it ([`run`]). A try is
//! noted before it begins. When its end is not known, the message may have arrived: it is `uncertain`, and the next try
//! has the same `Message-ID`.

mod api;
mod deliver;
mod model;
mod old;
mod outbox;
mod rules;
pub mod run;
mod tasks;

pub use self::{
    old::OldEmails,
    outbox::{Draft, Queued, Recipient, UNSUBSCRIBE, queue},
    rules::give_up,
    tasks::send::SendEmail,
};
pub use crate::integrations::smtp::Attachment;

use diesel::prelude::*;
use esteira_shared::{error::ErrorCode, ids::OrganizationId, language::Language, permission::Role, reason::Reason};
use utoipa_axum::router::OpenApiRouter;

use crate::{
    app::{App, SharedApp},
    db::{RunQueryDsl, Tx, schema::users},
    error::{AppError, AppResult},
    routes, with_conn,
};

/// Of messages that nobody asked for.
const PROGRAM: &str = "e-mail";

pub fn routes() -> OpenApiRouter<SharedApp> {
    OpenApiRouter::new()
        .routes(routes!(api::email::get_email))
        .routes(routes!(api::email::test_email))
        .routes(routes!(api::sent::list_sent_emails))
        .routes(routes!(api::sent::get_sent_email))
        .routes(routes!(api::sent::get_sent_email_html))
        .routes(routes!(api::sent::download_sent_email_attachment))
        .routes(routes!(api::sent::resend_sent_email))
}

/// # Errors
/// `email_not_configured`.
pub fn expect_configured(app: &App) -> AppResult<()> {
    match app.mailer {
        Some(_) => Ok(()),
        None => Err(AppError::new(
            ErrorCode::EmailNotConfigured,
            "set ESTEIRA_SMTP_URL and ESTEIRA_SMTP_FROM first",
        )),
    }
}

/// Queues one e-mail to one address, in the language of e-mails.
///
/// # Errors
/// When the database refuses.
pub async fn send(
    tx: &mut Tx,
    organization: OrganizationId,
    to: String,
    subject: &Reason,
    text: &Reason,
) -> AppResult<Queued> {
    let draft = Draft {
        subject: subject.text(Language::default()),
        text: text.text(Language::default()),
        ..Draft::default()
    };
    let queued = queue(tx, organization, PROGRAM, draft, vec![Recipient::plain(to)]).await?;
    queued
        .into_iter()
        .next()
        .ok_or_else(|| AppError::internal(anyhow::anyhow!("no message was queued")))
}

/// Tells every active administrator, each in a message of their own.
///
/// # Errors
/// When the database refuses.
pub async fn tell_admins(tx: &mut Tx, organization: OrganizationId, subject: &Reason, text: &Reason) -> AppResult<()> {
    let to: Vec<String> = with_conn!(tx.conn(), |c| users::table
        .filter(users::organization_id.eq(organization))
        .filter(users::role.eq(Role::Admin).and(users::active.eq(true)))
        .order(users::email)
        .select(users::email)
        .load(c)
        .await)?;
    for address in to {
        send(tx, organization, address, subject, text).await?;
    }
    Ok(())
}
