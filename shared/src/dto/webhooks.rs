//! Webhooks: other systems that are told what happens, and the messages to them.

use serde::{Deserialize, Serialize};

use crate::{
    error::{FieldCode, FieldError},
    ids::{JobId, WebhookDeliveryId, WebhookEndpointId},
    instant::Instant,
    reason::ReasonDto,
    status::DeliveryStatus,
    validate::{Fields, Validate},
    webhook::WebhookEvent,
};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WebhookEndpointDto {
    pub id: WebhookEndpointId,
    /// Unique in the organisation.
    pub name: String,
    pub url: String,
    pub events: Vec<WebhookEvent>,
    pub active: bool,
    /// Why the program itself switched it off; absent when a person did, or when it is on.
    pub off_reason: Option<String>,
    /// The same as code and arguments.
    pub off_reason_coded: Option<ReasonDto>,
    /// Messages that still try to get there.
    pub pending: i64,
    /// Messages that were given up and not sent again since.
    pub failed: i64,
    pub created_at: Instant,
    pub version: i32,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WebhookEndpointCreate {
    pub name: String,
    pub url: String,
    pub events: Vec<WebhookEvent>,
}

impl Validate for WebhookEndpointCreate {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        check(&self.name, &self.url, &self.events)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WebhookEndpointUpdate {
    pub name: String,
    pub url: String,
    pub events: Vec<WebhookEvent>,
    pub active: bool,
    pub version: i32,
}

impl Validate for WebhookEndpointUpdate {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        check(&self.name, &self.url, &self.events)
    }
}

fn check(name: &str, url: &str, events: &[WebhookEvent]) -> Result<(), Vec<FieldError>> {
    let mut fields = Fields::new();
    fields.text("name", name, 80);
    fields.text("url", url, 2_000);
    if !url.trim().is_empty() {
        fields.url("url", url.trim());
    }
    if events.is_empty() {
        fields.push("events", FieldCode::Required, "at least one event");
    } else if !events.iter().all(|event| event.can_be_subscribed()) {
        fields.push("events", FieldCode::Invalid, "webhook.test comes without asking");
    }
    fields.finish()
}

/// The only answer that ever holds the secret itself: when the address is made, and when its secret is changed.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WebhookSecretDto {
    /// `whsec_` and 32 bytes in base64, as Standard Webhooks writes it.
    pub secret: String,
    pub endpoint: WebhookEndpointDto,
}

/// One message to one address, and how its last try went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WebhookDeliveryDto {
    /// The `webhook-id` that the receiver sees; the same at each try.
    pub id: WebhookDeliveryId,
    pub webhook_id: WebhookEndpointId,
    pub event: WebhookEvent,
    pub status: DeliveryStatus,
    pub tries: i32,
    /// HTTP status of the last answer; absent when there was none.
    pub last_status: Option<i32>,
    /// Why the last try failed.
    pub last_error: Option<String>,
    /// The same as code and arguments.
    pub last_error_coded: Option<ReasonDto>,
    /// How long the last try took.
    pub last_ms: Option<i64>,
    /// The job that delivers it; its page shows every try.
    pub job_id: JobId,
    pub created_at: Instant,
    pub tried_at: Option<Instant>,
}

/// A message with what was sent and what was answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WebhookDeliveryDetailDto {
    pub delivery: WebhookDeliveryDto,
    /// The body, byte for byte.
    pub body: String,
    /// The beginning of the last answer: at most 1 KiB.
    pub last_answer: Option<String>,
}

/// Filters of the messages of one address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(deny_unknown_fields)]
pub struct WebhookDeliveryQuery {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<DeliveryStatus>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<WebhookEvent>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
}
