//! Giving an address another secret, without a moment in which its receiver knows none that holds.

use chrono::TimeDelta;
use diesel::prelude::*;
use esteira_shared::{dto::webhooks::WebhookSecretDto, ids::WebhookEndpointId, instant::Instant};
use secrecy::ExposeSecret as _;

use super::{Endpoint, sealed, told};
use crate::{
    app::App,
    auth::{Actor, audit::AuditAction},
    db::{RunQueryDsl, Tx, schema::webhook_endpoints},
    error::{AppError, AppResult},
    webhooks::signature,
    with_conn,
};

/// How long the secret before a change signs too.
const OLD_SECRET: TimeDelta = TimeDelta::days(1);

/// Gives an address a new secret. For a day messages are signed with the one before too, so that the receiver can be
/// told in peace. Changed once more, only the last two are used.
///
/// # Errors
/// `not_found`.
pub(in crate::webhooks) async fn change_secret(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    id: WebhookEndpointId,
) -> AppResult<WebhookSecretDto> {
    let before = Endpoint::find(tx.conn(), actor.organization_id, id).await?;
    let secret = signature::new_secret().map_err(AppError::internal)?;
    let sealed = sealed(app, id, &secret)?;
    let until = tx.now() + OLD_SECRET;
    with_conn!(tx.conn(), |c| diesel::update(webhook_endpoints::table.find(id))
        .set((
            webhook_endpoints::secret_sealed.eq(sealed),
            webhook_endpoints::old_secret_sealed.eq(Some(before.secret_sealed.as_str())),
            webhook_endpoints::old_secret_until.eq(Some(until)),
            webhook_endpoints::version.eq(webhook_endpoints::version + 1),
        ))
        .execute(c)
        .await)?;
    let endpoint = told(tx, actor, AuditAction::WebhookChangeSecret, before).await?;
    Ok(WebhookSecretDto {
        secret: secret.expose_secret().to_owned(),
        endpoint,
    })
}

/// Removes secrets that sign no more.
pub(in crate::webhooks) async fn forget_old_secrets(tx: &mut Tx) -> QueryResult<()> {
    let over = webhook_endpoints::old_secret_until.le(Some(tx.now()));
    with_conn!(tx.conn(), |c| diesel::update(webhook_endpoints::table.filter(over))
        .set((
            webhook_endpoints::old_secret_sealed.eq(None::<String>),
            webhook_endpoints::old_secret_until.eq(None::<Instant>),
        ))
        .execute(c)
        .await)?;
    Ok(())
}
