//! Messages that were delivered, or given up, long ago.

use diesel::{
    dsl::sql,
    prelude::*,
    sql_types::{BigInt, Bool},
};
use esteira_shared::{event::Topic, ids::WebhookDeliveryId, instant::Instant, status::DeliveryStatus};
use uuid::Uuid;

use crate::{
    db::{
        DbConn, RunQueryDsl, Tx,
        aged::{Age, Aged, BATCH, Old, Place, beginning},
        schema::webhook_deliveries,
        sql_types::{SqlInstant, SqlUuid},
    },
    with_conn,
};

pub struct OldMessages;

const BYTES: &str = "CAST(octet_length(webhook_deliveries.body) \
    + coalesce(octet_length(webhook_deliveries.last_error), 0) \
    + coalesce(octet_length(webhook_deliveries.last_answer), 0) AS bigint)";

impl Aged for OldMessages {
    type Id = WebhookDeliveryId;

    async fn old(
        conn: &mut DbConn,
        age: Age,
        after: Option<Place<WebhookDeliveryId>>,
    ) -> QueryResult<Vec<Old<WebhookDeliveryId>>> {
        let (at, id) = after.unwrap_or((beginning(), WebhookDeliveryId(Uuid::nil())));
        let beyond = sql::<Bool>("(webhook_deliveries.created_at, webhook_deliveries.id) > (")
            .bind::<SqlInstant, _>(at)
            .sql(", ")
            .bind::<SqlUuid, _>(id)
            .sql(")");
        let found: Vec<(WebhookDeliveryId, Instant, i64)> = with_conn!(conn, |c| webhook_deliveries::table
            .filter(webhook_deliveries::organization_id.eq(age.organization))
            .filter(webhook_deliveries::created_at.lt(age.before))
            .filter(webhook_deliveries::status.ne(DeliveryStatus::Pending))
            .filter(beyond)
            .order((webhook_deliveries::created_at, webhook_deliveries::id))
            .limit(BATCH)
            .select((
                webhook_deliveries::id,
                webhook_deliveries::created_at,
                sql::<BigInt>(BYTES)
            ))
            .load(c)
            .await)?;
        let old = |(id, at, bytes): (WebhookDeliveryId, Instant, i64)| Old {
            at,
            id,
            count: 1,
            rows: 1,
            bytes,
        };
        Ok(found.into_iter().map(old).collect())
    }

    async fn remove(tx: &mut Tx, age: Age, ids: Vec<WebhookDeliveryId>) -> QueryResult<Vec<WebhookDeliveryId>> {
        // Asked again: somebody may be sending one once more.
        let still = webhook_deliveries::table
            .filter(
                webhook_deliveries::organization_id
                    .eq(age.organization)
                    .and(webhook_deliveries::id.eq_any(ids)),
            )
            .filter(webhook_deliveries::created_at.lt(age.before))
            .filter(webhook_deliveries::status.ne(DeliveryStatus::Pending));
        let gone: Vec<WebhookDeliveryId> = with_conn!(tx.conn(), |c| diesel::delete(still)
            .returning(webhook_deliveries::id)
            .load(c)
            .await)?;
        tx.changed(age.organization, Topic::Webhooks, None);
        Ok(gone)
    }
}
