//! Writing messages in the transaction of what they tell.

use diesel::prelude::*;
use esteira_shared::{
    ids::{OrganizationId, SubjectId, WebhookDeliveryId, WebhookEndpointId},
    status::DeliveryStatus,
    webhook::WebhookEvent,
};
use futures_util::future::BoxFuture;
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    endpoint::{self, Endpoint},
    tasks::deliver::{DeliverPayload, DeliverWebhook},
};
use crate::{
    auth::Actor,
    db::{RunQueryDsl, Tx, schema::webhook_deliveries},
    engine::{FinalFailure, NewJob, Task as _, enqueue, job::Job},
    error::{AppError, AppResult},
    language::{self, told},
    with_conn,
};

/// The address's own lane, so that a slow one holds up no other; the limit of [`LANE`] holds for all of them.
pub(super) const LANE: &str = "webhooks";

/// Tells every address of the organisation that asked for it. `data` is what happened, as the API itself would show it in
/// the default language, see [`language::kept`].
///
/// # Errors
/// When the database refuses.
pub async fn emit(
    tx: &mut Tx,
    organization: OrganizationId,
    event: WebhookEvent,
    data: &impl Serialize,
) -> AppResult<()> {
    let wanted = Endpoint::wanting(tx.conn(), organization, event).await?;
    if wanted.is_empty() {
        return Ok(());
    }
    let data = serde_json::to_value(data).map_err(AppError::internal)?;
    for endpoint in wanted {
        send(tx, organization, endpoint, event, &data).await?;
    }
    Ok(())
}

/// A message that only shows whether an address can be reached.
///
/// # Errors
/// `not_found`.
pub(super) async fn test(tx: &mut Tx, actor: &Actor, id: WebhookEndpointId) -> AppResult<WebhookDeliveryId> {
    let endpoint = endpoint::get(tx.conn(), actor.organization_id, id).await?;
    let data = json!({ "webhook": endpoint.name, "requested_by": actor.name });
    send(tx, actor.organization_id, id, WebhookEvent::Test, &data).await
}

/// One message to one address.
pub(super) async fn send(
    tx: &mut Tx,
    organization: OrganizationId,
    endpoint: WebhookEndpointId,
    event: WebhookEvent,
    data: &Value,
) -> AppResult<WebhookDeliveryId> {
    let id = WebhookDeliveryId(Uuid::now_v7());
    let now = tx.now();
    // `type`, `timestamp` and `data` are the names that Standard Webhooks recommends.
    let body = json!({ "type": event, "timestamp": now, "organization_id": organization, "data": data });
    let job_id = enqueue(tx, job(organization, endpoint, id)).await?;
    let row = (
        webhook_deliveries::id.eq(id),
        webhook_deliveries::organization_id.eq(organization),
        webhook_deliveries::endpoint_id.eq(endpoint),
        webhook_deliveries::event.eq(event),
        webhook_deliveries::body.eq(body.to_string()),
        webhook_deliveries::status.eq(DeliveryStatus::Pending),
        webhook_deliveries::tries.eq(0),
        webhook_deliveries::job_id.eq(job_id),
        webhook_deliveries::created_at.eq(now),
    );
    with_conn!(tx.conn(), |c| diesel::insert_into(webhook_deliveries::table)
        .values(row)
        .execute(c)
        .await)?;
    tx.changed(organization, esteira_shared::event::Topic::Webhooks, endpoint.0);
    Ok(id)
}

pub(super) fn job(
    organization: OrganizationId,
    endpoint: WebhookEndpointId,
    delivery: WebhookDeliveryId,
) -> NewJob<DeliverWebhook> {
    NewJob::new(organization, "webhooks", DeliverPayload { delivery_id: delivery })
        .about(SubjectId(delivery.0))
        .unique(format!("webhook/{delivery}"))
        .lane(format!("{LANE}/{endpoint}"))
}

/// Tells that a job is dead. Of a message that could not be delivered nothing is told: that could not be either.
pub fn job_died<'a>(tx: &'a mut Tx, job: &'a Job, failure: &'a FinalFailure) -> BoxFuture<'a, AppResult<()>> {
    Box::pin(async move {
        if job.task == DeliverWebhook::NAME {
            return Ok(());
        }
        let (cause, cause_coded) = language::kept(|| told(&failure.cause));
        let (action, action_coded) = language::kept(|| failure.action.as_ref().map(told).unzip());
        let data = json!({
            "job_id": job.id, "task": job.task, "subject_id": job.subject_id, "attempt": job.attempt,
            "cause": cause, "step": failure.step, "action": action, "kind": failure.kind,
            "cause_coded": cause_coded, "action_coded": action_coded,
            "requested_by": job.requested_by, "created_at": job.created_at,
        });
        emit(tx, job.organization_id, WebhookEvent::JobFailed, &data).await
    })
}
