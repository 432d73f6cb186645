//! One try to send a message.

use diesel::prelude::*;
use esteira_shared::{
    event::Topic,
    ids::{EmailId, JobId},
    instant::Instant,
    reason::Reason,
    status::EmailStatus,
};

use super::model::{Content, Email};
use crate::{
    app::JobContext,
    db::{RunQueryDsl, Tx, schema::emails},
    engine::Failure,
    integrations::smtp::MailError,
    with_conn,
};

/// How a try ended. It is written in the message's row already.
#[derive(Debug)]
pub(super) enum Delivery {
    /// With what the mail server said.
    Sent(String),
    /// There was nothing to do: it was sent or given up before, another job has it, or it is gone.
    Nothing,
    /// The mail server does not take it for this address.
    Refused(String),
    /// Another try would end alike.
    Failed(Reason),
    /// Not now.
    Later(Reason),
    /// No mail server was reached, so that other messages would fare no better.
    Unreachable(anyhow::Error),
}

/// Tries once, and notes how it went.
///
/// # Errors
/// When the job is lost or cancelled, or the database does not answer.
pub(super) async fn deliver(job: &JobContext, id: EmailId) -> Result<Delivery, Failure> {
    let Some(email) = begin(job, id).await? else {
        return Ok(Delivery::Nothing);
    };
    let Some(mailer) = &job.app.mailer else {
        return end(job, email, Delivery::Failed(Reason::MailNotConfigured {}), false).await;
    };
    let content = Content::of(&mut job.app.db.read().await?, &email).await?;
    let letter = email.letter(content);
    let sent = tokio::select! {
        sent = mailer.send(&letter) => sent,
        () = job.cancelled() => return Err(Failure::Cancelled),
    };
    let unclear = matches!(sent, Err(MailError::Unclear(_)));
    let delivery = match sent {
        Ok(answer) => Delivery::Sent(answer),
        Err(MailError::Refused(answer)) => Delivery::Refused(answer),
        Err(MailError::Unwritable(error)) => Delivery::Failed(Reason::MailUnwritable { error }),
        Err(MailError::Settings(answer)) => Delivery::Failed(Reason::MailSettingsRefused { answer }),
        Err(MailError::Later(answer)) => Delivery::Later(Reason::MailLater { answer }),
        Err(MailError::Unclear(error)) => Delivery::Later(Reason::MailUnclear {
            error: format!("{error:#}"),
        }),
        Err(MailError::Unreachable(error)) => Delivery::Unreachable(error),
    };
    end(job, email, delivery, unclear).await
}

/// Notes that a try begins. Nothing when there is nothing to send.
async fn begin(job: &JobContext, id: EmailId) -> Result<Option<Email>, Failure> {
    let mut tx = job.begin().await?;
    let found = Email::lock(&mut tx, job.organization_id(), id).await?;
    // One job at a time has it: an older one may have been told to run once more.
    let ours = |email: &Email| email.status == EmailStatus::Pending && email.job_id == job.row().id;
    let Some(email) = found.filter(ours) else {
        tx.roll_back().await;
        return Ok(None);
    };
    let now = tx.now();
    // The end of an earlier try was never written: it may have gone well.
    let uncertain = email.uncertain || email.trying_since.is_some();
    with_conn!(tx.conn(), |c| diesel::update(emails::table.find(id))
        .set((
            emails::tries.eq(emails::tries + 1),
            emails::tried_at.eq(Some(now)),
            emails::trying_since.eq(Some(now)),
            emails::uncertain.eq(uncertain),
        ))
        .execute(c)
        .await)?;
    tx.changed(email.organization_id, Topic::Emails, id.0);
    tx.commit().await?;
    Ok(Some(Email { uncertain, ..email }))
}

async fn end(job: &JobContext, email: Email, delivery: Delivery, unclear: bool) -> Result<Delivery, Failure> {
    let mut tx = job.begin().await?;
    let (status, error, answer) = match &delivery {
        Delivery::Sent(answer) => (EmailStatus::Sent, None, Some(answer.clone())),
        Delivery::Refused(answer) => {
            let reason = Reason::MailRefused { answer: answer.clone() };
            (EmailStatus::Refused, Some(reason), Some(answer.clone()))
        }
        Delivery::Failed(reason) => (EmailStatus::Failed, Some(reason.clone()), answer_of(reason)),
        Delivery::Later(reason) => (EmailStatus::Pending, Some(reason.clone()), answer_of(reason)),
        Delivery::Unreachable(error) => {
            let reason = Reason::quoted(format!("{error:#}"));
            (EmailStatus::Pending, Some(reason), None)
        }
        Delivery::Nothing => return Ok(Delivery::Nothing),
    };
    let now = tx.now();
    let sent_at = (status == EmailStatus::Sent).then_some(now).or(email.sent_at);
    with_conn!(tx.conn(), |c| diesel::update(emails::table.find(email.id))
        .set((
            emails::status.eq(status),
            emails::trying_since.eq(None::<Instant>),
            emails::uncertain.eq(email.uncertain || unclear),
            emails::last_error.eq(error.as_ref()),
            emails::last_answer.eq(answer.as_deref()),
            emails::sent_at.eq(sent_at),
        ))
        .execute(c)
        .await)?;
    tx.changed(email.organization_id, Topic::Emails, email.id.0);
    tx.commit().await?;
    Ok(delivery)
}

/// What the mail server itself said.
fn answer_of(reason: &Reason) -> Option<String> {
    match reason {
        Reason::MailLater { answer } | Reason::MailSettingsRefused { answer } => Some(answer.clone()),
        _ => None,
    }
}

/// The job of a message that waits ended without sending it, or is to run again.
pub(super) async fn set_status(
    tx: &mut Tx,
    email: &Email,
    status: EmailStatus,
    reason: Option<&Reason>,
) -> QueryResult<()> {
    let uncertain = email.uncertain || email.trying_since.is_some();
    with_conn!(tx.conn(), |c| diesel::update(emails::table.find(email.id))
        .set((
            emails::status.eq(status),
            emails::trying_since.eq(None::<Instant>),
            emails::uncertain.eq(uncertain),
            emails::last_error.eq(reason.or(email.last_error.as_ref())),
        ))
        .execute(c)
        .await)?;
    tx.changed(email.organization_id, Topic::Emails, email.id.0);
    Ok(())
}

/// Which job sends it from now on.
pub(super) async fn set_job(tx: &mut Tx, email: &Email, job: JobId) -> QueryResult<()> {
    with_conn!(tx.conn(), |c| diesel::update(emails::table.find(email.id))
        .set(emails::job_id.eq(job))
        .execute(c)
        .await)?;
    Ok(())
}
