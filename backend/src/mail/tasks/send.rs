//! Sends one e-mail.

use std::time::Duration;

use esteira_shared::task::TaskName;
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
            job.warn("o envio de e-mails não está configurado neste servidor; nada foi enviado");
            return Ok(json!({ "sent": false }));
        };
        let email = Email {
            id: job.row().id.to_string(),
            to: payload.to,
            subject: payload.subject,
            text: payload.text,
        };
        job.log(format!("para {}", email.to.join(", ")));
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
            cause: format!("o servidor de e-mail recusou a mensagem: {answer}"),
            step: None,
            action: Some("Conferir os endereços e as configurações ESTEIRA_SMTP_URL e ESTEIRA_SMTP_FROM.".to_owned()),
        },
        MailError::Technical(error) => Failure::Technical(error.context("o servidor de e-mail não atendeu")),
    }
}
