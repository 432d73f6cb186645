use axum::extract::State;
use esteira_shared::{
    dto::webhooks::{WebhookDeliveryDetailDto, WebhookDeliveryDto, WebhookDeliveryQuery},
    ids::{WebhookDeliveryId, WebhookEndpointId},
    page::Page,
};

use crate::{
    app::SharedApp,
    auth::{Require, permission::ManageWebhooks},
    error::AppResult,
    http::extract::{Json, Path, Query},
    webhooks::delivery,
};

/// Messages to one webhook, newest first
///
/// Kept for 30 days.
#[utoipa::path(
    get, path = "/webhooks/{id}/deliveries", tag = "webhooks", params(("id" = WebhookEndpointId, Path), WebhookDeliveryQuery),
    responses((status = 200, body = Page<WebhookDeliveryDto>)),
)]
pub async fn list_webhook_deliveries(
    auth: Require<ManageWebhooks>,
    State(app): State<SharedApp>,
    Path(id): Path<WebhookEndpointId>,
    Query(query): Query<WebhookDeliveryQuery>,
) -> AppResult<Json<Page<WebhookDeliveryDto>>> {
    delivery::list(&mut app.db.read().await?, auth.organization_id, id, &query)
        .await
        .map(Json)
}

/// One message, with what was sent and answered
#[utoipa::path(
    get, path = "/webhook-deliveries/{id}", tag = "webhooks", params(("id" = WebhookDeliveryId, Path)),
    responses((status = 200, body = WebhookDeliveryDetailDto)),
)]
pub async fn get_webhook_delivery(
    auth: Require<ManageWebhooks>,
    State(app): State<SharedApp>,
    Path(id): Path<WebhookDeliveryId>,
) -> AppResult<Json<WebhookDeliveryDetailDto>> {
    delivery::get(&mut app.db.read().await?, auth.organization_id, id)
        .await
        .map(Json)
}

/// Send a message again, under the same id
#[utoipa::path(
    post, path = "/webhook-deliveries/{id}/resend", tag = "webhooks", params(("id" = WebhookDeliveryId, Path)),
    responses((status = 200, body = WebhookDeliveryDetailDto), (status = 409, body = esteira_shared::error::ErrorBody)),
)]
pub async fn resend_webhook_delivery(
    auth: Require<ManageWebhooks>,
    State(app): State<SharedApp>,
    Path(id): Path<WebhookDeliveryId>,
) -> AppResult<Json<WebhookDeliveryDetailDto>> {
    let mut tx = app.db.begin().await?;
    let message = delivery::resend(&mut tx, &auth.actor(), id).await?;
    tx.commit().await?;
    Ok(Json(message))
}
