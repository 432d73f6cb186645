//! Sends one e-mail.

use std::time::Duration;

use esteira_shared::{reason::Reason, task::TaskName};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    app::{App, JobContext},
    engine::{Failure, Task, TaskResult},
    integrations::smtp::{Email, MailError},
};

pub struct SendEmail;

#[derive(Debug, Serialize, Deserialize)]
pub struct SendPayload {
    pub to: Vec<String>,
    pub subject: String,
    pub text: String,
}

impl Task for SendEmail {
    const NAME: &'static str = TaskName::SendEmail.as_str();
    /// With the engine's backoff: for about four hours.
    const MAX_ATTEMPTS: i32 = 24;
    const TIMEOUT: Duration = Duration::from_secs(120);

    type App = App;
    type Payload = SendPayload;

    async fn run(job: &JobContext, payload: SendPayload) -> TaskResult {
        let Some(mailer) = &job.app.mailer else {
            job.warn(Reason::MailNotConfigured {});
            return Ok(json!({ "sent": false }));
        };
        let email = Email {
            id: job.row().id.to_string(),
            to: payload.to,
            subject: payload.subject,
            text: payload.text,
        };
        job.log(Reason::MailTo {
            addresses: email.to.join(", "),
        });
        tokio::select! {
            sent = mailer.send(&email) => sent.map_err(failure)?,
            () = job.cancelled() => return Err(Failure::Cancelled),
        }
        Ok(json!({ "sent": true }))
    }
}

fn failure(error: MailError) -> Failure {
    match error {
        MailError::Refused(answer) => Failure::Business {
            cause: Reason::MailRefused { answer },
            step: None,
            action: Some(Reason::CheckMailSettings {}),
        },
        MailError::Technical(error) => Failure::Technical(error.context(Reason::MailServerSilent {})),
    }
}
