//! Sending once more, and giving up.

use diesel::prelude::*;
use esteira_shared::{
    error::ErrorCode,
    ids::EmailId,
    reason::Reason,
    status::{EmailStatus, JobStatus},
};

use super::{
    deliver::{set_job, set_status},
    model::Email,
    outbox,
};
use crate::{
    app::App,
    auth::{
        Actor,
        audit::{self, AuditAction, NOTHING, Subject},
    },
    db::{
        RunQueryDsl, Tx,
        schema::{emails, jobs},
    },
    engine::enqueue,
    error::{AppError, AppResult},
    language, with_conn,
};

/// Messages looked at in one go.
const AT_ONCE: i64 = 200;

/// Sends a message once more, whatever became of it, under the same `Message-ID`.
///
/// # Errors
/// `not_found`; `delivery_pending` while it is still being sent.
pub(super) async fn resend(tx: &mut Tx, actor: &Actor, id: EmailId) -> AppResult<()> {
    let organization = actor.organization_id;
    let Some(email) = Email::lock(tx, organization, id).await? else {
        return Err(AppError::not_found("e-mail"));
    };
    if email.status == EmailStatus::Pending {
        return Err(AppError::new(
            ErrorCode::DeliveryPending,
            "it is still being sent; cancel or retry its job instead",
        ));
    }
    let job_id = enqueue(tx, outbox::job(organization, &actor.name, id)).await?;
    set_status(tx, &email, EmailStatus::Pending, None).await?;
    set_job(tx, &email, job_id).await?;
    let subject = Subject::new("email", id.0, &email.recipient);
    let before = language::kept(|| email.into_dto());
    audit::record(tx, actor, AuditAction::EmailResend, subject, Some(&before), NOTHING).await
}

/// Gives up messages that wait for a job which is over: a run of a schedule that was cancelled, or killed again and again.
/// They can be sent once more by hand.
///
/// # Errors
/// When the database does not answer.
pub async fn give_up(app: &App) -> AppResult<usize> {
    let mut tx = app.db.begin().await?;
    let at_work = jobs::table
        .filter(jobs::id.eq(emails::job_id))
        .filter(jobs::status.eq_any(vec![JobStatus::Queued, JobStatus::Running]));
    let left: Vec<Email> = with_conn!(tx.conn(), |c| emails::table
        .filter(emails::status.eq(EmailStatus::Pending))
        .filter(diesel::dsl::not(diesel::dsl::exists(at_work)))
        .order(emails::id)
        .limit(AT_ONCE)
        .select(Email::as_select())
        .load(c)
        .await)?;
    for email in &left {
        let reason = Reason::MailGivenUp {};
        set_status(
            &mut tx,
            email,
            EmailStatus::Failed,
            email.last_error.is_none().then_some(&reason),
        )
        .await?;
    }
    tx.commit().await?;
    Ok(left.len())
}
