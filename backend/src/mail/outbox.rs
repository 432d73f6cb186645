//! Writing messages in the transaction of what they tell.

use esteira_shared::{
    event::Topic,
    ids::{EmailContentId, EmailId, JobId, OrganizationId, ScheduleRunId, SubjectId},
    instant::Instant,
    status::EmailStatus,
};
use uuid::Uuid;

use super::{
    model::{Content, Email},
    tasks::send::{SendEmail, SendPayload},
};
use crate::{
    db::{
        RunQueryDsl, Tx,
        schema::{email_contents, emails},
    },
    engine::{NewJob, enqueue},
    error::AppResult,
    integrations::smtp::{Attachment, one_line},
    with_conn,
};

/// In a text: here stands the reader's own link, by which they get no more of these.
pub const UNSUBSCRIBE: &str = "{{unsubscribe}}";

/// The path of limits for all messages.
const LANE: &str = "email";
/// Signs of a subject; mail programs show fewer.
const SUBJECT: usize = 200;

/// What one or several people are written.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    /// Becomes one line.
    pub subject: String,
    /// For those who read no HTML; with the same facts.
    pub text: String,
    pub html: Option<String>,
    /// Of a few MiB at most: it is kept with the message.
    pub attachment: Option<Attachment>,
}

/// Whom it is to.
#[derive(Debug, Clone)]
pub struct Recipient {
    pub address: String,
    /// Their own link; it stands in the headers, and in the text in place of [`UNSUBSCRIBE`].
    pub unsubscribe_url: Option<String>,
}

impl Recipient {
    /// Somebody who cannot take themselves off: a notice, or what they asked for.
    #[must_use]
    pub fn plain(address: String) -> Self {
        Self {
            address,
            unsubscribe_url: None,
        }
    }
}

/// A message and the job that sends it.
#[derive(Debug, Clone)]
pub struct Queued {
    pub email_id: EmailId,
    pub job_id: JobId,
    pub to: String,
}

/// Queues a message to each, with a job of its own. `requested_by` is who wants it, as people read it.
///
/// # Errors
/// When the database refuses.
pub async fn queue(
    tx: &mut Tx,
    organization: OrganizationId,
    requested_by: &str,
    draft: Draft,
    to: Vec<Recipient>,
) -> AppResult<Vec<Queued>> {
    let (content_id, subject) = write_content(tx, organization, draft).await?;
    let mut queued = Vec::new();
    for recipient in to {
        let id = EmailId(Uuid::now_v7());
        let job_id = enqueue(tx, job(organization, requested_by, id)).await?;
        let row = row(tx.now(), organization, id, content_id, &subject, recipient, job_id);
        queued.push(Queued {
            email_id: id,
            job_id,
            to: row.recipient.clone(),
        });
        insert(tx, &row).await?;
    }
    Ok(queued)
}

/// Writes the messages of a schedule's run, which its own job sends.
pub(super) async fn write_for_run(
    tx: &mut Tx,
    organization: OrganizationId,
    run: ScheduleRunId,
    job_id: JobId,
    draft: Draft,
    to: Vec<Recipient>,
) -> AppResult<()> {
    let (content_id, subject) = write_content(tx, organization, draft).await?;
    for recipient in to {
        let id = EmailId(Uuid::now_v7());
        let row = Email {
            schedule_run_id: Some(run),
            ..row(tx.now(), organization, id, content_id, &subject, recipient, job_id)
        };
        insert(tx, &row).await?;
    }
    Ok(())
}

/// The job that sends a message.
pub(super) fn job(organization: OrganizationId, requested_by: &str, id: EmailId) -> NewJob<SendEmail> {
    NewJob::new(organization, requested_by, SendPayload::Kept { email_id: id })
        .about(SubjectId(id.0))
        .unique(format!("email/{id}"))
        .lane(LANE)
}

async fn write_content(tx: &mut Tx, organization: OrganizationId, draft: Draft) -> AppResult<(EmailContentId, String)> {
    let (attachment_name, attachment) = draft.attachment.map(|table| (table.filename, table.csv)).unzip();
    // PostgreSQL keeps no NUL in a text, and nobody reads one.
    let readable = |text: String| text.replace('\0', "\u{fffd}");
    let content = Content {
        id: EmailContentId(Uuid::now_v7()),
        organization_id: organization,
        text: readable(draft.text),
        html: draft.html.map(readable),
        attachment_name,
        attachment: attachment.map(readable),
        created_at: tx.now(),
    };
    with_conn!(tx.conn(), |c| diesel::insert_into(email_contents::table)
        .values(&content)
        .execute(c)
        .await)?;
    let subject = one_line(&draft.subject).chars().take(SUBJECT).collect();
    Ok((content.id, subject))
}

fn row(
    now: Instant,
    organization_id: OrganizationId,
    id: EmailId,
    content_id: EmailContentId,
    subject: &str,
    recipient: Recipient,
    job_id: JobId,
) -> Email {
    Email {
        id,
        organization_id,
        recipient: recipient.address,
        subject: subject.to_owned(),
        content_id,
        unsubscribe_url: recipient.unsubscribe_url,
        status: EmailStatus::Pending,
        tries: 0,
        trying_since: None,
        uncertain: false,
        last_error: None,
        last_answer: None,
        job_id,
        schedule_run_id: None,
        created_at: now,
        tried_at: None,
        sent_at: None,
    }
}

async fn insert(tx: &mut Tx, row: &Email) -> AppResult<()> {
    with_conn!(tx.conn(), |c| diesel::insert_into(emails::table)
        .values(row)
        .execute(c)
        .await)?;
    tx.changed(row.organization_id, Topic::Emails, row.id.0);
    Ok(())
}
