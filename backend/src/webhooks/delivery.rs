//! The messages: where each stands, and how its last try went.

use chrono::TimeDelta;
use diesel::prelude::*;
use esteira_shared::{
    dto::webhooks::{WebhookDeliveryDetailDto, WebhookDeliveryDto, WebhookDeliveryQuery},
    error::ErrorCode,
    event::Topic,
    ids::{JobId, OrganizationId, WebhookDeliveryId, WebhookEndpointId},
    instant::Instant,
    page::Page,
    reason::Reason,
    status::DeliveryStatus,
    webhook::WebhookEvent,
};

use super::{emit, endpoint::Endpoint};
use crate::{
    app::App,
    auth::{
        Actor,
        audit::{self, AuditAction, NOTHING, Subject},
    },
    db::{DbConn, RunQueryDsl, Tx, paging, schema::webhook_deliveries},
    engine::enqueue,
    error::{AppError, AppResult},
    language::told,
    with_conn,
};

/// Kept for this long, delivered or not, by organisations that do not say it themselves.
const KEEP: TimeDelta = TimeDelta::days(30);

#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = webhook_deliveries, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
pub(super) struct Delivery {
    pub(super) id: WebhookDeliveryId,
    pub(super) endpoint_id: WebhookEndpointId,
    event: WebhookEvent,
    pub(super) body: String,
    pub(super) status: DeliveryStatus,
    tries: i32,
    last_status: Option<i32>,
    last_error: Option<Reason>,
    last_answer: Option<String>,
    last_ms: Option<i64>,
    job_id: JobId,
    created_at: Instant,
    tried_at: Option<Instant>,
}

/// How one try went.
#[derive(Debug, Default)]
pub(super) struct Try {
    /// HTTP status of the answer, when there was one.
    pub(super) status: Option<i32>,
    /// Absent when it was received.
    pub(super) error: Option<Reason>,
    pub(super) answer: Option<String>,
    pub(super) took_ms: i64,
}

impl Delivery {
    pub(super) async fn find(
        conn: &mut DbConn,
        organization: OrganizationId,
        id: WebhookDeliveryId,
    ) -> QueryResult<Option<Self>> {
        with_conn!(conn, |c| webhook_deliveries::table
            .filter(
                webhook_deliveries::organization_id
                    .eq(organization)
                    .and(webhook_deliveries::id.eq(id))
            )
            .select(Self::as_select())
            .first(c)
            .await
            .optional())
    }

    fn into_dto(self) -> WebhookDeliveryDto {
        let (last_error, last_error_coded) = self.last_error.as_ref().map(told).unzip();
        WebhookDeliveryDto {
            id: self.id,
            webhook_id: self.endpoint_id,
            event: self.event,
            status: self.status,
            tries: self.tries,
            last_status: self.last_status,
            last_error,
            last_error_coded,
            last_ms: self.last_ms,
            job_id: self.job_id,
            created_at: self.created_at,
            tried_at: self.tried_at,
        }
    }
}

/// The messages to one address, newest first.
pub(super) async fn list(
    conn: &mut DbConn,
    organization: OrganizationId,
    endpoint: WebhookEndpointId,
    query: &WebhookDeliveryQuery,
) -> AppResult<Page<WebhookDeliveryDto>> {
    Endpoint::find(conn, organization, endpoint).await?;
    let limit = paging::limit(query.limit)?;
    let before: Option<WebhookDeliveryId> = paging::cursor(query.cursor.as_deref())?;
    let rows: Vec<Delivery> = with_conn!(conn, |c| {
        let mut found = webhook_deliveries::table
            .filter(webhook_deliveries::endpoint_id.eq(endpoint))
            .order(webhook_deliveries::id.desc())
            .limit(limit + 1)
            .select(Delivery::as_select())
            .into_boxed();
        if let Some(id) = before {
            found = found.filter(webhook_deliveries::id.lt(id));
        }
        if let Some(status) = query.status {
            found = found.filter(webhook_deliveries::status.eq(status));
        }
        if let Some(event) = query.event {
            found = found.filter(webhook_deliveries::event.eq(event));
        }
        found.load(c).await
    })?;
    Ok(paging::cut(rows, limit, |row| row.id).map(Delivery::into_dto))
}

/// One message with what was sent and answered.
pub(super) async fn get(
    conn: &mut DbConn,
    organization: OrganizationId,
    id: WebhookDeliveryId,
) -> AppResult<WebhookDeliveryDetailDto> {
    let row = Delivery::find(conn, organization, id)
        .await?
        .ok_or_else(|| AppError::not_found("message"))?;
    Ok(WebhookDeliveryDetailDto {
        body: row.body.clone(),
        last_answer: row.last_answer.clone(),
        delivery: row.into_dto(),
    })
}

/// Sends a message once more, received or not, under the same id.
///
/// # Errors
/// `not_found`; `delivery_pending` while it is still being delivered.
pub(super) async fn resend(tx: &mut Tx, actor: &Actor, id: WebhookDeliveryId) -> AppResult<WebhookDeliveryDetailDto> {
    let organization = actor.organization_id;
    let before = get(tx.conn(), organization, id).await?;
    if before.delivery.status == DeliveryStatus::Pending {
        return Err(AppError::new(
            ErrorCode::DeliveryPending,
            "it is still being delivered; cancel or retry its job instead",
        ));
    }
    let webhook = before.delivery.webhook_id;
    let job_id = enqueue(tx, emit::job(organization, webhook, id)).await?;
    with_conn!(tx.conn(), |c| diesel::update(webhook_deliveries::table.find(id))
        .set((
            webhook_deliveries::status.eq(DeliveryStatus::Pending),
            webhook_deliveries::job_id.eq(job_id),
        ))
        .execute(c)
        .await)?;
    let subject = Subject::new("webhook_delivery", id.0, before.delivery.event.as_str());
    audit::record(
        tx,
        actor,
        AuditAction::WebhookResend,
        subject,
        Some(&before.delivery),
        NOTHING,
    )
    .await?;
    tx.changed(organization, Topic::Webhooks, webhook.0);
    get(tx.conn(), organization, id).await
}

/// Notes a try. The caller holds the message's job.
pub(super) async fn tried(tx: &mut Tx, organization: OrganizationId, row: &Delivery, outcome: &Try) -> QueryResult<()> {
    let now = tx.now();
    let status = match outcome.error {
        None => DeliveryStatus::Delivered,
        Some(_) => DeliveryStatus::Pending,
    };
    with_conn!(tx.conn(), |c| diesel::update(webhook_deliveries::table.find(row.id))
        .set((
            webhook_deliveries::status.eq(status),
            webhook_deliveries::tries.eq(webhook_deliveries::tries + 1),
            webhook_deliveries::last_status.eq(outcome.status),
            webhook_deliveries::last_error.eq(outcome.error.as_ref()),
            webhook_deliveries::last_answer.eq(outcome.answer.as_deref()),
            webhook_deliveries::last_ms.eq(Some(outcome.took_ms)),
            webhook_deliveries::tried_at.eq(Some(now)),
        ))
        .execute(c)
        .await)?;
    tx.changed(organization, Topic::Webhooks, row.endpoint_id.0);
    Ok(())
}

/// Its job is over without success, for a reason, or is to run again.
pub(super) async fn set_status(
    tx: &mut Tx,
    organization: OrganizationId,
    id: WebhookDeliveryId,
    status: DeliveryStatus,
    reason: Option<&Reason>,
) -> QueryResult<()> {
    let Some(row) = Delivery::find(tx.conn(), organization, id).await? else {
        return Ok(());
    };
    with_conn!(tx.conn(), |c| diesel::update(webhook_deliveries::table.find(id))
        .set((
            webhook_deliveries::status.eq(status),
            webhook_deliveries::last_error.eq(reason.cloned().or(row.last_error)),
        ))
        .execute(c)
        .await)?;
    tx.changed(organization, Topic::Webhooks, row.endpoint_id.0);
    Ok(())
}

/// Removes messages that were kept long enough, and secrets that are not used any more. Messages of some organisations are
/// left to them.
///
/// # Errors
/// When the database does not answer.
pub async fn sweep(app: &App, left: Vec<OrganizationId>) -> AppResult<usize> {
    let mut tx = app.db.begin_long().await?;
    super::endpoint::forget_old_secrets(&mut tx).await?;
    let old = webhook_deliveries::table
        .filter(webhook_deliveries::created_at.lt(tx.now() - KEEP))
        .filter(webhook_deliveries::organization_id.ne_all(left));
    let removed = with_conn!(tx.conn(), |c| diesel::delete(old).execute(c).await)?;
    tx.commit().await?;
    Ok(removed)
}
