//! Sends one message.

use std::time::Duration;

use esteira_shared::{ids::EmailId, reason::Reason, status::EmailStatus, task::TaskName};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    app::{App, JobContext},
    auth::Actor,
    db::Tx,
    engine::{Failure, FinalFailure, Task, TaskResult, job::Job},
    error::AppResult,
    mail::{
        deliver::{Delivery, deliver, set_job, set_status},
        model::Email,
        outbox::{Draft, Recipient, queue},
    },
};

pub struct SendEmail;

#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum SendPayload {
    Kept {
        email_id: EmailId,
    },
    /// As versions without a list of e-mails queued it.
    Whole {
        to: Vec<String>,
        subject: String,
        text: String,
    },
}

impl Task for SendEmail {
    const NAME: &'static str = TaskName::SendEmail.as_str();
    /// With the engine's backoff: for about four hours.
    const MAX_ATTEMPTS: i32 = 24;
    /// Every step of the dialogue has its own patience; this is longer than all of them.
    const TIMEOUT: Duration = Duration::from_secs(240);

    type App = App;
    type Payload = SendPayload;

    async fn run(job: &JobContext, payload: SendPayload) -> TaskResult {
        let id = match payload {
            SendPayload::Kept { email_id } => email_id,
            SendPayload::Whole { to, subject, text } => return each_on_its_own(job, to, subject, text).await,
        };
        match deliver(job, id).await? {
            Delivery::Sent(answer) => {
                job.log(Reason::quoted(answer.clone()));
                Ok(json!({ "sent": true, "answer": answer }))
            }
            Delivery::Nothing => Ok(json!({ "sent": false })),
            // An installation without e-mail has not failed.
            Delivery::Failed(reason @ Reason::MailNotConfigured {}) => {
                job.warn(reason);
                Ok(json!({ "sent": false }))
            }
            Delivery::Failed(cause) => Err(business(cause)),
            Delivery::Refused(answer) => Err(business(Reason::MailRefused { answer })),
            Delivery::Later(reason) => Err(Failure::Technical(anyhow::Error::new(reason))),
            Delivery::Unreachable(error) => Err(Failure::Technical(error)),
        }
    }

    async fn on_revived(tx: &mut Tx, job: &Job, _: &Actor) -> AppResult<()> {
        let Some(email) = of(tx, job).await? else { return Ok(()) };
        // What was sent is not sent once more, and what another job has stays with that one.
        if matches!(email.status, EmailStatus::Refused | EmailStatus::Failed) {
            set_status(tx, &email, EmailStatus::Pending, None).await?;
            set_job(tx, &email, job.id).await?;
        }
        Ok(())
    }

    async fn on_failed(tx: &mut Tx, job: &Job, failure: &FinalFailure) -> AppResult<()> {
        // What was refused says so already, and what another job has by now may still be sent.
        if let Some(email) = of(tx, job).await?
            && email.status == EmailStatus::Pending
            && email.job_id == job.id
        {
            set_status(tx, &email, EmailStatus::Failed, Some(&failure.cause)).await?;
        }
        Ok(())
    }
}

async fn of(tx: &mut Tx, job: &Job) -> AppResult<Option<Email>> {
    let Some(subject) = job.subject_id else { return Ok(None) };
    Ok(Email::lock(tx, job.organization_id, EmailId(subject.0)).await?)
}

/// Writes a message to each, with a job of its own.
async fn each_on_its_own(job: &JobContext, to: Vec<String>, subject: String, text: String) -> TaskResult {
    let mut tx = job.begin().await?;
    let draft = Draft {
        subject,
        text,
        ..Draft::default()
    };
    let to: Vec<Recipient> = to.into_iter().map(Recipient::plain).collect();
    let queued = queue(&mut tx, job.organization_id(), &job.row().requested_by, draft, to).await?;
    let result = json!({ "queued": queued.len() });
    job.finish(tx, &result).await?;
    Ok(result)
}

fn business(cause: Reason) -> Failure {
    Failure::Business {
        cause,
        step: None,
        action: Some(Reason::CheckMailSettings {}),
    }
}
