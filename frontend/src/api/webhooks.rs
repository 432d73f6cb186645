//! Webhooks and the messages to them.

use esteira_shared::{
    dto::webhooks::{
        WebhookDeliveryDetailDto, WebhookDeliveryDto, WebhookDeliveryQuery, WebhookEndpointCreate, WebhookEndpointDto,
        WebhookEndpointUpdate, WebhookSecretDto,
    },
    ids::{WebhookDeliveryId, WebhookEndpointId},
    page::Page,
};

use super::{ApiResult, client};

/// All of them, by name.
pub async fn list_webhooks() -> ApiResult<Vec<WebhookEndpointDto>> {
    client::get("/webhooks").await
}

pub async fn get_webhook(id: WebhookEndpointId) -> ApiResult<WebhookEndpointDto> {
    client::get(&format!("/webhooks/{id}")).await
}

/// The answer holds the secret, which is never told again.
pub async fn create_webhook(create: &WebhookEndpointCreate) -> ApiResult<WebhookSecretDto> {
    client::post("/webhooks", create).await
}

pub async fn update_webhook(id: WebhookEndpointId, update: &WebhookEndpointUpdate) -> ApiResult<WebhookEndpointDto> {
    client::put(&format!("/webhooks/{id}"), update).await
}

/// Its messages go with it.
pub async fn delete_webhook(id: WebhookEndpointId) -> ApiResult<()> {
    client::delete(&format!("/webhooks/{id}")).await
}

/// The answer holds the new secret, which is never told again.
pub async fn change_webhook_secret(id: WebhookEndpointId) -> ApiResult<WebhookSecretDto> {
    client::post(&format!("/webhooks/{id}/secret"), &()).await
}

/// Delivered like any other message.
pub async fn test_webhook(id: WebhookEndpointId) -> ApiResult<WebhookDeliveryDetailDto> {
    client::post(&format!("/webhooks/{id}/test"), &()).await
}

/// Newest first.
pub async fn list_deliveries(
    webhook: WebhookEndpointId,
    query: &WebhookDeliveryQuery,
) -> ApiResult<Page<WebhookDeliveryDto>> {
    client::get(&format!(
        "/webhooks/{webhook}/deliveries{}",
        client::query_string(query)
    ))
    .await
}

/// The message with what was sent and answered.
pub async fn get_delivery(id: WebhookDeliveryId) -> ApiResult<WebhookDeliveryDetailDto> {
    client::get(&format!("/webhook-deliveries/{id}")).await
}

/// Under the same id; refused with `delivery_pending` while it is under way.
pub async fn resend_delivery(id: WebhookDeliveryId) -> ApiResult<WebhookDeliveryDetailDto> {
    client::post(&format!("/webhook-deliveries/{id}/resend"), &()).await
}
