//! How an organisation's robots are reached.

use diesel::prelude::*;
use esteira_shared::{
    dto::executions::{RobotSettingsDto, RobotSettingsUpdate},
    error::{ErrorCode, FieldCode, FieldError},
    event::Topic,
    ids::OrganizationId,
    instant::Instant,
    reason::Reason,
    status::SatTransport,
};
use secrecy::SecretString;

use super::LANE;
use crate::{
    app::App,
    auth::{
        Actor,
        audit::{self, AuditAction, Subject},
    },
    config::StorageUrl,
    db::{DbConn, RunQueryDsl, Tx, schema::robot_settings},
    engine::{limit_of, set_limit},
    error::{AppError, AppResult},
    integrations::{
        outbound::{same_host, shown_address},
        rpa::RpaConnection,
    },
    mail,
    operators::Operator,
    with_conn,
};

/// Robots at once, in the organisation and for each operator, until somebody says otherwise.
pub(super) const AT_ONCE: i32 = 5;
const MAX_MINUTES: i32 = 120;

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = robot_settings, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
#[diesel(treat_none_as_default_value = false)]
pub struct RobotSettings {
    organization_id: OrganizationId,
    url: Option<String>,
    token_sealed: Option<String>,
    token_refused_at: Option<Instant>,
    /// The address that refused it; also absent when an older version wrote the refusal.
    token_refused_endpoint: Option<String>,
    pub(super) honours_keys: bool,
    pub(super) max_minutes: i32,
    pub sat_transport: SatTransport,
    updated_at: Instant,
    version: i32,
}

impl RobotSettings {
    /// As saved, or the defaults.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn of(conn: &mut DbConn, organization: OrganizationId) -> QueryResult<Self> {
        let found: Option<Self> = with_conn!(conn, |c| robot_settings::table
            .find(organization)
            .select(Self::as_select())
            .first(c)
            .await
            .optional())?;
        Ok(found.unwrap_or(Self {
            organization_id: organization,
            url: None,
            token_sealed: None,
            token_refused_at: None,
            token_refused_endpoint: None,
            honours_keys: true,
            max_minutes: MAX_MINUTES,
            sat_transport: SatTransport::Https,
            updated_at: chrono::DateTime::UNIX_EPOCH.into(),
            version: 0,
        }))
    }

    /// Where the robots of an operator are: at its own address, or at the organisation's.
    pub(super) fn endpoint<'a>(&'a self, operator: &'a Operator) -> Option<&'a str> {
        let own = operator.url_endpoint_rpa.as_deref();
        own.filter(|url| !url.is_empty()).or(self.url.as_deref())
    }

    /// Whether robots may be started at an address now.
    async fn is_configured(&self, conn: &mut DbConn, address: &str) -> QueryResult<bool> {
        let operators = Operator::all(conn, self.organization_id).await?;
        let own = operators
            .iter()
            .filter_map(|operator| operator.url_endpoint_rpa.as_deref());
        Ok(own.chain(self.url.as_deref()).any(|one| tidy(one) == tidy(address)))
    }

    /// When the token was refused, as long as the address that refused it is configured.
    async fn refused_at(&self, conn: &mut DbConn) -> QueryResult<Option<Instant>> {
        let (Some(at), Some(endpoint)) = (self.token_refused_at, self.token_refused_endpoint.as_deref()) else {
            return Ok(self.token_refused_at);
        };
        Ok(self.is_configured(conn, endpoint).await?.then_some(at))
    }

    /// A connection to one address of the API, perhaps an old one where a run began. The token is sent only to hosts
    /// that are configured now.
    ///
    /// # Errors
    /// When the kept token does not open.
    pub(super) fn connection(&self, app: &App, operator: Option<&Operator>, url: &str) -> AppResult<RpaConnection> {
        let own = operator.and_then(|operator| operator.url_endpoint_rpa.as_deref());
        let mut configured = [self.url.as_deref(), own].into_iter().flatten();
        let trusted = configured.any(|trusted| same_host(Some(trusted), Some(url)));
        let token: Option<SecretString> = self
            .token_sealed
            .as_deref()
            .filter(|_| trusted)
            .map(|sealed| app.keyring.open(&place(self.organization_id), sealed))
            .transpose()
            .map_err(AppError::internal)?;
        Ok(RpaConnection {
            url: url.to_owned(),
            token,
        })
    }

    /// The organisation's own connection, for trying it.
    pub(super) fn own_connection(&self, app: &App) -> AppResult<RpaConnection> {
        let url = self.url.as_deref().ok_or_else(not_configured)?;
        self.connection(app, None, url)
    }

    async fn save(&self, tx: &mut Tx) -> QueryResult<()> {
        let changes = (
            robot_settings::url.eq(&self.url),
            robot_settings::token_sealed.eq(&self.token_sealed),
            robot_settings::token_refused_at.eq(self.token_refused_at),
            robot_settings::token_refused_endpoint.eq(&self.token_refused_endpoint),
            robot_settings::honours_keys.eq(self.honours_keys),
            robot_settings::max_minutes.eq(self.max_minutes),
            robot_settings::sat_transport.eq(self.sat_transport),
            robot_settings::updated_at.eq(self.updated_at),
            robot_settings::version.eq(self.version),
        );
        with_conn!(tx.conn(), |c| diesel::insert_into(robot_settings::table)
            .values(self)
            .on_conflict(robot_settings::organization_id)
            .do_update()
            .set(changes)
            .execute(c)
            .await)?;
        Ok(())
    }
}

pub(super) fn not_configured() -> AppError {
    AppError::new(
        ErrorCode::RpaNotConfigured,
        "set the address of the robots' API under Connections first, or the operator's own",
    )
}

fn place(organization: OrganizationId) -> String {
    format!("robot_settings.token/{organization}")
}

/// The settings with the limits that belong to them.
pub(super) async fn get(conn: &mut DbConn, organization: OrganizationId) -> QueryResult<RobotSettingsDto> {
    let row = RobotSettings::of(conn, organization).await?;
    let token_refused_at = row.refused_at(conn).await?;
    let max_running = limit_of(conn, organization, LANE, AT_ONCE).await?;
    let max_per_operator = limit_of(conn, organization, &each(), AT_ONCE).await?;
    Ok(RobotSettingsDto {
        url: row.url,
        token_set: row.token_sealed.is_some(),
        token_refused_at,
        token_refused_endpoint: token_refused_at.and(row.token_refused_endpoint),
        honours_keys: row.honours_keys,
        max_minutes: row.max_minutes,
        max_running,
        // Always bounded: a limit for each path takes no rate.
        max_per_operator: max_per_operator.unwrap_or(AT_ONCE),
        sat_transport: row.sat_transport,
        version: row.version,
    })
}

/// The lane of every operator's robots.
pub(super) fn each() -> String {
    format!("{LANE}/*")
}

/// Changes the settings.
///
/// # Errors
/// `validation` when robots cannot read the documents of this installation; `version_conflict`.
pub(super) async fn update(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    update: RobotSettingsUpdate,
) -> AppResult<RobotSettingsDto> {
    if update.sat_transport == SatTransport::Robot && !matches!(app.config.storage, StorageUrl::S3(_)) {
        let message =
            "a robot reads invoices from S3, and documents here are kept in a folder: set ESTEIRA_STORAGE_URL";
        let error = FieldError::new("sat_transport", FieldCode::Invalid, message);
        return Err(AppError::validation(vec![error]));
    }
    let organization = actor.organization_id;
    crate::administration::organization::take_turns(tx, organization).await?;
    let before = get(tx.conn(), organization).await?;
    if before.version != update.version {
        return Err(AppError::version_conflict());
    }
    let row = RobotSettings::of(tx.conn(), organization).await?;
    let url = update
        .url
        .map(|url| url.trim().trim_end_matches('/').to_owned())
        .filter(|url| !url.is_empty());
    let same_token = update.token.is_none() && same_host(row.url.as_deref(), url.as_deref());
    let token_sealed = match update.token.as_deref() {
        None if same_token => row.token_sealed.clone(),
        // A token is for one host; another one must not get it.
        None | Some("") => None,
        Some(token) => Some(
            app.keyring
                .seal(&place(organization), token.trim())
                .map_err(AppError::internal)?,
        ),
    };
    // What is known of the refusal still holds: the token is the same, and so is the address that refused it.
    let same_refusal = same_token && (url == row.url || row.token_refused_endpoint != row.url);
    let after = RobotSettings {
        url,
        token_sealed,
        token_refused_at: row.token_refused_at.filter(|_| same_refusal),
        token_refused_endpoint: row.token_refused_endpoint.clone().filter(|_| same_refusal),
        honours_keys: update.honours_keys,
        max_minutes: update.max_minutes,
        sat_transport: update.sat_transport,
        updated_at: tx.now(),
        version: row.version + 1,
        ..row
    };
    after.save(tx).await?;
    if let Some(max_running) = update.max_running {
        set_limit(tx, actor, LANE, max_running).await?;
    }
    set_limit(tx, actor, &each(), update.max_per_operator).await?;
    let after = get(tx.conn(), organization).await?;
    let subject = Subject::new("robot_settings", organization.0, "Conexões");
    audit::record(
        tx,
        actor,
        AuditAction::RobotSettingsUpdate,
        subject,
        Some(&before),
        Some(&after),
    )
    .await?;
    tx.changed(organization, Topic::Organization, organization.0);
    Ok(after)
}

/// How an address is kept and compared.
fn tidy(address: &str) -> &str {
    address.trim_end_matches('/')
}

/// The API at an address refuses the token. Administrators are told once, even when it happens to many robots.
/// Addresses that are no longer configured are left out: they may have got no token.
///
/// # Errors
/// When the database refuses.
pub(super) async fn token_refused(tx: &mut Tx, organization: OrganizationId, endpoint: &str) -> AppResult<()> {
    crate::administration::organization::take_turns(tx, organization).await?;
    let row = RobotSettings::of(tx.conn(), organization).await?;
    if row.refused_at(tx.conn()).await?.is_some() || !row.is_configured(tx.conn(), endpoint).await? {
        return Ok(());
    }
    let now = tx.now();
    let row = RobotSettings {
        token_refused_at: Some(now),
        token_refused_endpoint: Some(tidy(endpoint).to_owned()),
        ..row
    };
    row.save(tx).await?;
    let text = Reason::RobotTokenRefusedMail {
        endpoint: shown_address(endpoint),
    };
    mail::tell_admins(tx, organization, &Reason::RobotTokenRefusedSubject {}, &text).await?;
    tx.changed(organization, Topic::Organization, organization.0);
    Ok(())
}

/// The API at an address accepted the token, so its refusal is over. So is the refusal of an address that is no longer
/// configured, because nobody will ask it again.
///
/// # Errors
/// When the database refuses.
pub(super) async fn token_accepted(app: &App, organization: OrganizationId, endpoint: &str) -> AppResult<()> {
    let mut conn = app.db.read().await?;
    let row = RobotSettings::of(&mut conn, organization).await?;
    if row.token_refused_at.is_none() {
        return Ok(());
    }
    let stands = row.refused_at(&mut conn).await?.is_some();
    drop(conn);
    let refused = row.token_refused_endpoint.as_deref();
    if stands && refused.is_some_and(|refused| tidy(refused) != tidy(endpoint)) {
        return Ok(());
    }
    let mut tx = app.db.begin().await?;
    with_conn!(tx.conn(), |c| diesel::update(robot_settings::table.find(organization))
        .set((
            robot_settings::token_refused_at.eq(None::<Instant>),
            robot_settings::token_refused_endpoint.eq(None::<String>),
        ))
        .execute(c)
        .await)?;
    tx.changed(organization, Topic::Organization, organization.0);
    Ok(tx.commit().await?)
}

/// Sets the address of the API and leaves everything else as it is.
///
/// # Errors
/// When the database refuses.
pub async fn point_at(app: &App, tx: &mut Tx, actor: &Actor, url: &str) -> AppResult<()> {
    let now = get(tx.conn(), actor.organization_id).await?;
    let changed = RobotSettingsUpdate {
        url: Some(url.to_owned()),
        token: None,
        honours_keys: now.honours_keys,
        max_minutes: now.max_minutes,
        max_running: now.max_running,
        max_per_operator: now.max_per_operator,
        sat_transport: now.sat_transport,
        version: now.version,
    };
    update(app, tx, actor, changed).await.map(drop)
}
