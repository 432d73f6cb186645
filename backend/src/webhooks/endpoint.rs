//! The addresses.

mod rotation;

use diesel::prelude::*;
use esteira_shared::{
    dto::webhooks::{WebhookEndpointCreate, WebhookEndpointDto, WebhookEndpointUpdate, WebhookSecretDto},
    error::{FieldCode, FieldError},
    event::Topic,
    ids::{OrganizationId, WebhookEndpointId},
    instant::Instant,
    reason::Reason,
    status::DeliveryStatus,
    webhook::WebhookEvent,
};
use secrecy::{ExposeSecret as _, SecretString};
use uuid::Uuid;

pub(super) use self::rotation::{change_secret, forget_old_secrets};
use super::{emit::LANE, signature};
use crate::{
    app::App,
    auth::{
        Actor,
        audit::{self, AuditAction, NOTHING, Subject},
    },
    db::{
        DbConn, RunQueryDsl, Tx,
        schema::{webhook_deliveries, webhook_endpoints},
        sql_types::Json,
    },
    engine::set_default_limit,
    error::{AppError, AppResult, is_unique_violation},
    integrations::outbound::{OutboundError, shown_address},
    language, mail, with_conn,
};

/// Messages under way to all addresses of an organisation together, unless an administrator sets another limit: slow
/// receivers must not take every slot of the workers.
const AT_ONCE: i32 = 4;

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = webhook_endpoints, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
#[diesel(treat_none_as_default_value = false)]
pub(super) struct Endpoint {
    pub(super) id: WebhookEndpointId,
    pub(super) organization_id: OrganizationId,
    name: String,
    pub(super) url: String,
    events: Json,
    secret_sealed: String,
    pub(super) active: bool,
    off_reason: Option<Reason>,
    created_at: Instant,
    updated_at: Instant,
    version: i32,
    old_secret_sealed: Option<String>,
    old_secret_until: Option<Instant>,
}

impl Endpoint {
    pub(super) async fn find(
        conn: &mut DbConn,
        organization: OrganizationId,
        id: WebhookEndpointId,
    ) -> AppResult<Self> {
        let found: Option<Self> = with_conn!(conn, |c| webhook_endpoints::table
            .filter(
                webhook_endpoints::organization_id
                    .eq(organization)
                    .and(webhook_endpoints::id.eq(id))
            )
            .select(Self::as_select())
            .first(c)
            .await
            .optional())?;
        found.ok_or_else(|| AppError::not_found("webhook"))
    }

    async fn all(conn: &mut DbConn, organization: OrganizationId) -> QueryResult<Vec<Self>> {
        with_conn!(conn, |c| webhook_endpoints::table
            .filter(webhook_endpoints::organization_id.eq(organization))
            .order((webhook_endpoints::name, webhook_endpoints::id))
            .select(Self::as_select())
            .load(c)
            .await)
    }

    /// The active ones that asked for an event; an organisation has a handful.
    pub(super) async fn wanting(
        conn: &mut DbConn,
        organization: OrganizationId,
        event: WebhookEvent,
    ) -> AppResult<Vec<WebhookEndpointId>> {
        let mut wanting = Vec::new();
        for endpoint in Self::all(conn, organization).await? {
            if endpoint.active && endpoint.events()?.contains(&event) {
                wanting.push(endpoint.id);
            }
        }
        Ok(wanting)
    }

    fn events(&self) -> AppResult<Vec<WebhookEvent>> {
        serde_json::from_value(self.events.0.clone()).map_err(AppError::internal)
    }

    /// What messages are signed with: the secret, and for a day after its change the one before.
    pub(super) fn secrets(&self, app: &App) -> anyhow::Result<Vec<SecretString>> {
        let now = app.clock.now();
        let old = self.old_secret_sealed.as_ref();
        let old = old.filter(|_| self.old_secret_until.is_some_and(|until| now < until));
        let mut secrets = Vec::new();
        for sealed in std::iter::once(&self.secret_sealed).chain(old) {
            secrets.push(app.keyring.open(&place(self.id), sealed)?);
        }
        Ok(secrets)
    }

    fn into_dto(self, counts: &[Count]) -> AppResult<WebhookEndpointDto> {
        let of = |status: DeliveryStatus| {
            let same = |count: &&Count| (count.0, count.1) == (self.id, status);
            counts.iter().find(same).map_or(0, |count| count.2)
        };
        let (off_reason, off_reason_coded) = self.off_reason.as_ref().map(language::told).unzip();
        Ok(WebhookEndpointDto {
            id: self.id,
            pending: of(DeliveryStatus::Pending),
            failed: of(DeliveryStatus::Failed),
            events: self.events()?,
            name: self.name,
            url: self.url,
            active: self.active,
            off_reason,
            off_reason_coded,
            created_at: self.created_at,
            version: self.version,
        })
    }
}

/// Where the secret belongs, for [`crate::secrets::Keyring::seal`].
fn place(id: WebhookEndpointId) -> String {
    format!("webhook_endpoints.secret/{id}")
}

type Count = (WebhookEndpointId, DeliveryStatus, i64);

async fn counts(conn: &mut DbConn, ids: Vec<WebhookEndpointId>) -> QueryResult<Vec<Count>> {
    let open = [DeliveryStatus::Pending, DeliveryStatus::Failed];
    with_conn!(conn, |c| webhook_deliveries::table
        .filter(webhook_deliveries::endpoint_id.eq_any(ids))
        .filter(webhook_deliveries::status.eq_any(open))
        .group_by((webhook_deliveries::endpoint_id, webhook_deliveries::status))
        .select((
            webhook_deliveries::endpoint_id,
            webhook_deliveries::status,
            diesel::dsl::count_star()
        ))
        .load(c)
        .await)
}

/// All of an organisation, by name.
pub(super) async fn list(conn: &mut DbConn, organization: OrganizationId) -> AppResult<Vec<WebhookEndpointDto>> {
    let rows = Endpoint::all(conn, organization).await?;
    let counts = counts(conn, rows.iter().map(|row| row.id).collect()).await?;
    rows.into_iter().map(|row| row.into_dto(&counts)).collect()
}

/// # Errors
/// `not_found`.
pub(super) async fn get(
    conn: &mut DbConn,
    organization: OrganizationId,
    id: WebhookEndpointId,
) -> AppResult<WebhookEndpointDto> {
    let row = Endpoint::find(conn, organization, id).await?;
    let counts = counts(conn, vec![id]).await?;
    row.into_dto(&counts)
}

/// Adds an address; the answer alone holds its secret.
///
/// # Errors
/// `validation` when the name is taken, or the address is a private one and these are not allowed.
pub(super) async fn create(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    create: WebhookEndpointCreate,
) -> AppResult<WebhookSecretDto> {
    let now = tx.now();
    let id = WebhookEndpointId(Uuid::now_v7());
    let secret = signature::new_secret().map_err(AppError::internal)?;
    let row = Endpoint {
        id,
        organization_id: actor.organization_id,
        name: create.name.trim().to_owned(),
        url: checked(app, &create.url)?,
        events: words(&create.events)?,
        secret_sealed: sealed(app, id, &secret)?,
        active: true,
        off_reason: None,
        created_at: now,
        updated_at: now,
        version: 1,
        old_secret_sealed: None,
        old_secret_until: None,
    };
    with_conn!(tx.conn(), |c| diesel::insert_into(webhook_endpoints::table)
        .values(&row)
        .execute(c)
        .await)
    .map_err(taken)?;
    set_default_limit(tx, actor, LANE, AT_ONCE).await?;
    let endpoint = row.into_dto(&[])?;
    audit::record(
        tx,
        actor,
        AuditAction::WebhookCreate,
        subject(&endpoint),
        NOTHING,
        Some(&endpoint),
    )
    .await?;
    tx.changed(actor.organization_id, Topic::Webhooks, id.0);
    Ok(WebhookSecretDto {
        secret: secret.expose_secret().to_owned(),
        endpoint,
    })
}

/// Changes an address. Switching it on again forgets why it was off.
///
/// # Errors
/// `not_found`, `version_conflict`, and those of [`create`].
pub(super) async fn update(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    id: WebhookEndpointId,
    update: WebhookEndpointUpdate,
) -> AppResult<WebhookEndpointDto> {
    let before = Endpoint::find(tx.conn(), actor.organization_id, id).await?;
    let off_reason = before.off_reason.clone().filter(|_| !update.active);
    let now = tx.now();
    let row = webhook_endpoints::id
        .eq(id)
        .and(webhook_endpoints::version.eq(update.version));
    let changed = with_conn!(tx.conn(), |c| diesel::update(webhook_endpoints::table.filter(row))
        .set((
            webhook_endpoints::name.eq(update.name.trim()),
            webhook_endpoints::url.eq(checked(app, &update.url)?),
            webhook_endpoints::events.eq(words(&update.events)?),
            webhook_endpoints::active.eq(update.active),
            webhook_endpoints::off_reason.eq(off_reason),
            webhook_endpoints::updated_at.eq(now),
            webhook_endpoints::version.eq(webhook_endpoints::version + 1),
        ))
        .execute(c)
        .await)
    .map_err(taken)?;
    if changed == 0 {
        return Err(AppError::version_conflict());
    }
    told(tx, actor, AuditAction::WebhookUpdate, before).await
}

/// Switches an address off because its receiver said so.
pub(super) async fn switch_off(tx: &mut Tx, actor: &Actor, id: WebhookEndpointId, reason: Reason) -> AppResult<()> {
    let before = Endpoint::find(tx.conn(), actor.organization_id, id).await?;
    with_conn!(tx.conn(), |c| diesel::update(webhook_endpoints::table.find(id))
        .set((
            webhook_endpoints::active.eq(false),
            webhook_endpoints::off_reason.eq(Some(&reason)),
            webhook_endpoints::version.eq(webhook_endpoints::version + 1),
        ))
        .execute(c)
        .await)?;
    let after = told(tx, actor, AuditAction::WebhookSwitchOff, before).await?;
    let subject = Reason::WebhookOffSubject {
        name: after.name.clone(),
    };
    let text = Reason::WebhookOffMail {
        name: after.name,
        url: shown_address(&after.url),
        reason: Box::new(reason),
    };
    mail::tell_admins(tx, actor.organization_id, &subject, &text).await
}

/// Removes an address with the messages to it.
///
/// # Errors
/// `not_found`.
pub(super) async fn delete(tx: &mut Tx, actor: &Actor, id: WebhookEndpointId) -> AppResult<()> {
    let before = Endpoint::find(tx.conn(), actor.organization_id, id).await?;
    let counts = counts(tx.conn(), vec![id]).await?;
    let before = language::kept(|| before.into_dto(&counts))?;
    with_conn!(tx.conn(), |c| diesel::delete(webhook_endpoints::table.find(id))
        .execute(c)
        .await)?;
    audit::record(
        tx,
        actor,
        AuditAction::WebhookDelete,
        subject(&before),
        Some(&before),
        NOTHING,
    )
    .await?;
    tx.changed(actor.organization_id, Topic::Webhooks, id.0);
    Ok(())
}

/// Tells of a change of an address, and answers with it as it is now.
async fn told(tx: &mut Tx, actor: &Actor, action: AuditAction, before: Endpoint) -> AppResult<WebhookEndpointDto> {
    let after = Endpoint::find(tx.conn(), actor.organization_id, before.id).await?;
    let counts = counts(tx.conn(), vec![after.id]).await?;
    let old = language::kept(|| before.into_dto(&counts))?;
    let new = language::kept(|| after.clone().into_dto(&counts))?;
    audit::record(tx, actor, action, subject(&new), Some(&old), Some(&new)).await?;
    tx.changed(actor.organization_id, Topic::Webhooks, after.id.0);
    after.into_dto(&counts)
}

/// The address as it is kept. A name is judged again when it is connected to.
fn checked(app: &App, url: &str) -> AppResult<String> {
    let url = url.trim();
    let code = match app.outbound.post(url) {
        Ok(_) => return Ok(url.to_owned()),
        Err(OutboundError::BadUrl) => FieldCode::Invalid,
        Err(OutboundError::PrivateAddress(_)) => FieldCode::PrivateAddress,
    };
    Err(AppError::validation(vec![FieldError::new(
        "url",
        code,
        "must be a public http or https address; ESTEIRA_OUTBOUND_ALLOW_PRIVATE=true would allow private ones",
    )]))
}

fn words(events: &[WebhookEvent]) -> AppResult<Json> {
    let mut events = events.to_vec();
    events.sort_unstable();
    events.dedup();
    serde_json::to_value(events).map(Json).map_err(AppError::internal)
}

fn sealed(app: &App, id: WebhookEndpointId, secret: &SecretString) -> AppResult<String> {
    app.keyring
        .seal(&place(id), secret.expose_secret())
        .map_err(AppError::internal)
}

fn taken(error: diesel::result::Error) -> AppError {
    if is_unique_violation(&error) {
        AppError::validation(vec![FieldError::new(
            "name",
            FieldCode::Taken,
            "there is a webhook of this name already",
        )])
    } else {
        error.into()
    }
}

fn subject(endpoint: &WebhookEndpointDto) -> Subject {
    Subject::new("webhook", endpoint.id.0, &endpoint.name)
}
