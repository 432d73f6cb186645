//! Delivers one message.

use std::time::Duration;

use esteira_shared::{ids::WebhookDeliveryId, reason::Reason, status::DeliveryStatus, task::TaskName};
use reqwest::{Response, StatusCode, header::CONTENT_TYPE};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    app::{App, JobContext},
    auth::Actor,
    db::Tx,
    engine::{Failure, FinalFailure, Task, TaskResult, job::Job},
    error::AppResult,
    integrations::{
        outbound::{OutboundError, refused_address, shown_address},
        retry_after::retry_after,
    },
    webhooks::{
        delivery::{self, Delivery, Try},
        endpoint::{self, Endpoint},
        signature,
    },
};

pub struct DeliverWebhook;

#[derive(Debug, Serialize, Deserialize)]
pub struct DeliverPayload {
    pub delivery_id: WebhookDeliveryId,
}

/// Receivers answer first and work afterwards.
const PATIENCE: Duration = Duration::from_secs(15);
/// How much of an answer is kept.
const ANSWER_BYTES: usize = 1_024;

impl Task for DeliverWebhook {
    const NAME: &'static str = TaskName::DeliverWebhook.as_str();
    /// With the engine's backoff: for about twelve hours.
    const MAX_ATTEMPTS: i32 = 55;
    const TIMEOUT: Duration = Duration::from_secs(60);
    /// What people wait for goes first.
    const PRIORITY: i32 = 6;
    const KEEP: Duration = Duration::from_hours(30 * 24);

    type App = App;
    type Payload = DeliverPayload;

    async fn run(job: &JobContext, payload: DeliverPayload) -> TaskResult {
        let organization = job.organization_id();
        let mut conn = job.app.db.read().await?;
        let Some(message) = Delivery::find(&mut conn, organization, payload.delivery_id).await? else {
            return Err(business(Reason::MessageRemoved {}, None));
        };
        let endpoint = Endpoint::find(&mut conn, organization, message.endpoint_id).await?;
        drop(conn);
        if !endpoint.active {
            return Err(business(Reason::WebhookOff {}, Some(Reason::SwitchWebhookOn {})));
        }
        let began = std::time::Instant::now();
        let sent = tokio::select! {
            sent = send(&job.app, &endpoint, &message) => sent,
            () = job.cancelled() => return Err(Failure::Cancelled),
        };
        let (mut outcome, failure) = sent;
        outcome.took_ms = i64::try_from(began.elapsed().as_millis()).unwrap_or(i64::MAX);
        // Whoever reads jobs reads this.
        let url = shown_address(&endpoint.url);
        job.log(match (outcome.status, &outcome.error) {
            (Some(status), _) => Reason::ReceiverAnsweredIn {
                url,
                status,
                took_ms: outcome.took_ms,
            },
            (None, error) => Reason::ReceiverFailed {
                url,
                error: Box::new(error.clone().unwrap_or(Reason::NoAnswer {})),
            },
        });
        let mut tx = job.begin().await?;
        delivery::tried(&mut tx, organization, &message, &outcome).await?;
        if outcome.status == Some(i32::from(StatusCode::GONE.as_u16())) {
            let actor = Actor::system(organization);
            endpoint::switch_off(&mut tx, &actor, endpoint.id, Reason::ReceiverGone {}).await?;
        }
        if let Some(failure) = failure {
            tx.commit().await?;
            return Err(failure);
        }
        let result = json!({ "status": outcome.status });
        job.finish(tx, &result).await?;
        Ok(result)
    }

    async fn on_revived(tx: &mut Tx, job: &Job, _: &Actor) -> AppResult<()> {
        stands(tx, job, DeliveryStatus::Pending, None).await
    }

    async fn on_failed(tx: &mut Tx, job: &Job, failure: &FinalFailure) -> AppResult<()> {
        stands(tx, job, DeliveryStatus::Failed, Some(&failure.cause)).await
    }
}

async fn stands(tx: &mut Tx, job: &Job, status: DeliveryStatus, reason: Option<&Reason>) -> AppResult<()> {
    let Some(subject) = job.subject_id else { return Ok(()) };
    delivery::set_status(tx, job.organization_id, WebhookDeliveryId(subject.0), status, reason).await?;
    Ok(())
}

/// One try: how it went, and what the engine makes of it when it failed.
async fn send(app: &App, endpoint: &Endpoint, message: &Delivery) -> (Try, Option<Failure>) {
    match request(app, endpoint, message).await {
        Ok(answer) => {
            let status = answer.status();
            let wait = retry_after(status, answer.headers());
            let mut outcome = Try {
                status: Some(i32::from(status.as_u16())),
                answer: beginning(answer).await,
                ..Try::default()
            };
            if status.is_success() {
                return (outcome, None);
            }
            let error = Reason::ReceiverAnswered {
                status: status.to_string(),
            };
            outcome.error = Some(error.clone());
            let failure = match (status, wait) {
                (StatusCode::GONE, _) => business(error, Some(Reason::SwitchWebhookOnIfBack {})),
                (_, Some(after)) => Failure::Later {
                    cause: anyhow::Error::new(error),
                    after,
                },
                (_, None) => Failure::Technical(anyhow::Error::new(error)),
            };
            (outcome, Some(failure))
        }
        Err(failure) => {
            let outcome = Try {
                error: Some(failure.reason()),
                ..Try::default()
            };
            (outcome, Some(failure))
        }
    }
}

async fn request(app: &App, endpoint: &Endpoint, message: &Delivery) -> Result<Response, Failure> {
    let id = message.id.to_string();
    let timestamp = app.clock.now().timestamp();
    let signature = signature::sign_all(&endpoint.secrets(app)?, &id, timestamp, &message.body)?;
    let request = app
        .outbound
        .post(&endpoint.url)
        .map_err(refused)?
        .timeout(PATIENCE)
        .header(CONTENT_TYPE, "application/json")
        .header("webhook-id", id)
        .header("webhook-timestamp", timestamp)
        .header("webhook-signature", signature)
        .body(message.body.clone());
    request.send().await.map_err(|error| match refused_address(&error) {
        Some(OutboundError::PrivateAddress(host)) => refused(OutboundError::PrivateAddress(host.clone())),
        _ if error.is_timeout() => Failure::Technical(anyhow::Error::new(Reason::ReceiverSilent {
            seconds: PATIENCE.as_secs(),
        })),
        _ => Failure::Technical(anyhow::Error::new(error.without_url()).context(Reason::ReceiverUnreachable {})),
    })
}

fn refused(error: OutboundError) -> Failure {
    match error {
        OutboundError::BadUrl => business(Reason::WebhookUrlInvalid {}, Some(Reason::CorrectWebhookUrl {})),
        OutboundError::PrivateAddress(host) => business(
            Reason::WebhookUrlPrivate { host },
            Some(Reason::CorrectUrlOrAllowPrivate {}),
        ),
    }
}

fn business(cause: Reason, action: Option<Reason>) -> Failure {
    Failure::Business {
        cause,
        step: None,
        action,
    }
}

/// What the receiver says, as far as it helps to find a fault; nothing when it cannot be read.
async fn beginning(mut answer: Response) -> Option<String> {
    let mut bytes = Vec::new();
    while bytes.len() < ANSWER_BYTES {
        match answer.chunk().await {
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            Ok(None) | Err(_) => break,
        }
    }
    bytes.truncate(ANSWER_BYTES);
    // PostgreSQL keeps no NUL in a text.
    let text = String::from_utf8_lossy(&bytes).replace('\0', "\u{fffd}");
    (!text.trim().is_empty()).then_some(text)
}
