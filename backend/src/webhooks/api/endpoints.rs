use axum::{extract::State, http::StatusCode};
use esteira_shared::{
    dto::webhooks::{
        WebhookDeliveryDetailDto, WebhookEndpointCreate, WebhookEndpointDto, WebhookEndpointUpdate, WebhookSecretDto,
    },
    ids::WebhookEndpointId,
};

use crate::{
    app::SharedApp,
    auth::{Require, permission::ManageWebhooks},
    error::AppResult,
    http::extract::{Json, Path, Valid},
    webhooks::{delivery, emit, endpoint},
};

/// Webhooks by name
#[utoipa::path(
    get, path = "/webhooks", tag = "webhooks", responses((status = 200, body = Vec<WebhookEndpointDto>)),
)]
pub async fn list_webhooks(
    auth: Require<ManageWebhooks>,
    State(app): State<SharedApp>,
) -> AppResult<Json<Vec<WebhookEndpointDto>>> {
    endpoint::list(&mut app.db.read().await?, auth.organization_id)
        .await
        .map(Json)
}

/// Add a webhook
///
/// The answer holds the secret that signs its messages; it is shown never again. Messages are signed as Standard Webhooks
/// describes: headers `webhook-id`, `webhook-timestamp`, `webhook-signature`.
#[utoipa::path(
    post, path = "/webhooks", tag = "webhooks", request_body = WebhookEndpointCreate,
    responses((status = 201, body = WebhookSecretDto)),
)]
pub async fn create_webhook(
    auth: Require<ManageWebhooks>,
    State(app): State<SharedApp>,
    Valid(create): Valid<WebhookEndpointCreate>,
) -> AppResult<(StatusCode, Json<WebhookSecretDto>)> {
    let mut tx = app.db.begin().await?;
    let created = endpoint::create(&app, &mut tx, &auth.actor(), create).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(created)))
}

/// One webhook
#[utoipa::path(
    get, path = "/webhooks/{id}", tag = "webhooks", params(("id" = WebhookEndpointId, Path)),
    responses((status = 200, body = WebhookEndpointDto)),
)]
pub async fn get_webhook(
    auth: Require<ManageWebhooks>,
    State(app): State<SharedApp>,
    Path(id): Path<WebhookEndpointId>,
) -> AppResult<Json<WebhookEndpointDto>> {
    endpoint::get(&mut app.db.read().await?, auth.organization_id, id)
        .await
        .map(Json)
}

/// Change a webhook, or switch it on or off
#[utoipa::path(
    put, path = "/webhooks/{id}", tag = "webhooks", params(("id" = WebhookEndpointId, Path)),
    request_body = WebhookEndpointUpdate, responses((status = 200, body = WebhookEndpointDto)),
)]
pub async fn update_webhook(
    auth: Require<ManageWebhooks>,
    State(app): State<SharedApp>,
    Path(id): Path<WebhookEndpointId>,
    Valid(update): Valid<WebhookEndpointUpdate>,
) -> AppResult<Json<WebhookEndpointDto>> {
    let mut tx = app.db.begin().await?;
    let endpoint = endpoint::update(&app, &mut tx, &auth.actor(), id, update).await?;
    tx.commit().await?;
    Ok(Json(endpoint))
}

/// Remove a webhook with its messages
#[utoipa::path(
    delete, path = "/webhooks/{id}", tag = "webhooks", params(("id" = WebhookEndpointId, Path)),
    responses((status = 204)),
)]
pub async fn delete_webhook(
    auth: Require<ManageWebhooks>,
    State(app): State<SharedApp>,
    Path(id): Path<WebhookEndpointId>,
) -> AppResult<StatusCode> {
    let mut tx = app.db.begin().await?;
    endpoint::delete(&mut tx, &auth.actor(), id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Give a webhook a new secret
///
/// The answer holds it; it is shown never again. Messages are signed with it from the next try on, and for a day with
/// the one before too.
#[utoipa::path(
    post, path = "/webhooks/{id}/secret", tag = "webhooks", params(("id" = WebhookEndpointId, Path)),
    responses((status = 200, body = WebhookSecretDto)),
)]
pub async fn change_webhook_secret(
    auth: Require<ManageWebhooks>,
    State(app): State<SharedApp>,
    Path(id): Path<WebhookEndpointId>,
) -> AppResult<Json<WebhookSecretDto>> {
    let mut tx = app.db.begin().await?;
    let changed = endpoint::change_secret(&app, &mut tx, &auth.actor(), id).await?;
    tx.commit().await?;
    Ok(Json(changed))
}

/// Send a test message
///
/// It is delivered like any other; its status tells how.
#[utoipa::path(
    post, path = "/webhooks/{id}/test", tag = "webhooks", params(("id" = WebhookEndpointId, Path)),
    responses((status = 201, body = WebhookDeliveryDetailDto)),
)]
pub async fn test_webhook(
    auth: Require<ManageWebhooks>,
    State(app): State<SharedApp>,
    Path(id): Path<WebhookEndpointId>,
) -> AppResult<(StatusCode, Json<WebhookDeliveryDetailDto>)> {
    let mut tx = app.db.begin().await?;
    let message = emit::test(&mut tx, &auth.actor(), id).await?;
    tx.commit().await?;
    let message = delivery::get(&mut app.db.read().await?, auth.organization_id, message).await?;
    Ok((StatusCode::CREATED, Json(message)))
}
