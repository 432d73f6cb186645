//! The organisation: the tenant, and its settings.

use diesel::prelude::*;
use esteira_shared::{
    dto::administration::{OrganizationDto, OrganizationUpdate},
    error::{FieldCode, FieldError},
    event::Topic,
    ids::OrganizationId,
    instant::Instant,
    permission::Permission,
};
use secrecy::SecretString;
use uuid::Uuid;

use crate::{
    app::App,
    auth::{
        Actor,
        audit::{self, AuditAction, NOTHING, Subject},
    },
    db::{DbConn, RunQueryDsl, Tx, schema::organizations},
    error::{AppError, AppResult},
    integrations::{outbound::same_host, sat::SatConnection},
    locked, with_conn,
};

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = organizations, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
#[diesel(treat_none_as_default_value = false)]
pub struct Organization {
    pub id: OrganizationId,
    pub name: String,
    pub timezone: String,
    pub late_after_days: i32,
    pub max_document_bytes: i64,
    pub sat_url: Option<String>,
    pub sat_token_sealed: Option<String>,
    pub created_at: Instant,
    pub updated_at: Instant,
    pub version: i32,
}

const DEFAULT_TIMEZONE: &str = "America/Sao_Paulo";
const DEFAULT_LATE_AFTER_DAYS: i32 = 3;
const DEFAULT_MAX_DOCUMENT_BYTES: i64 = 25 * 1024 * 1024;

impl Organization {
    pub async fn find(conn: &mut DbConn, id: OrganizationId) -> QueryResult<Self> {
        with_conn!(conn, |c| organizations::table
            .find(id)
            .select(Self::as_select())
            .first(c)
            .await)
    }

    /// True while nobody can sign in because there is no organisation.
    pub async fn none_exists(conn: &mut DbConn) -> QueryResult<bool> {
        let any: Option<OrganizationId> = with_conn!(conn, |c| organizations::table
            .select(organizations::id)
            .first(c)
            .await
            .optional())?;
        Ok(any.is_none())
    }

    /// True while the whole installation is one organisation's.
    pub async fn is_only_one(conn: &mut DbConn) -> QueryResult<bool> {
        let some: Vec<OrganizationId> = with_conn!(conn, |c| organizations::table
            .select(organizations::id)
            .limit(2)
            .load(c)
            .await)?;
        Ok(some.len() == 1)
    }

    /// True for the one that the installation began with, to which belongs what concerns all of it.
    pub async fn is_first(conn: &mut DbConn, id: OrganizationId) -> QueryResult<bool> {
        Ok(Self::first(conn).await? == Some(id))
    }

    /// The one that the installation began with.
    pub async fn first(conn: &mut DbConn) -> QueryResult<Option<OrganizationId>> {
        with_conn!(conn, |c| organizations::table
            .order((organizations::created_at, organizations::id))
            .select(organizations::id)
            .first(c)
            .await
            .optional())
    }

    pub async fn create(tx: &mut Tx, name: &str) -> QueryResult<Self> {
        let now = tx.now();
        let row = Self {
            id: OrganizationId(Uuid::now_v7()),
            name: name.trim().to_owned(),
            timezone: DEFAULT_TIMEZONE.to_owned(),
            late_after_days: DEFAULT_LATE_AFTER_DAYS,
            max_document_bytes: DEFAULT_MAX_DOCUMENT_BYTES,
            sat_url: None,
            sat_token_sealed: None,
            created_at: now,
            updated_at: now,
            version: 1,
        };
        with_conn!(tx.conn(), |c| diesel::insert_into(organizations::table)
            .values(&row)
            .execute(c)
            .await)?;
        Ok(row)
    }

    /// The zone of its days and hours. Checked when it was saved; a name this program no longer knows gives UTC.
    #[must_use]
    pub fn zone(&self) -> chrono_tz::Tz {
        self.timezone.parse().unwrap_or(chrono_tz::UTC)
    }

    /// A process that entered its status before this instant, and is not done, is late.
    #[must_use]
    pub fn late_before(&self, now: Instant) -> Instant {
        now - chrono::TimeDelta::days(i64::from(self.late_after_days))
    }

    /// Where and as whom to reach SAT.
    ///
    /// # Errors
    /// `sat_not_configured`; an internal error when the kept token does not open.
    pub fn sat(&self, app: &App) -> AppResult<SatConnection> {
        let missing = || {
            AppError::new(
                esteira_shared::error::ErrorCode::SatNotConfigured,
                "set SAT's address in the settings first",
            )
        };
        let url = self.sat_url.clone().ok_or_else(missing)?;
        let token = self
            .sat_token_sealed
            .as_deref()
            .map(|sealed| app.keyring.open(&token_place(self.id), sealed));
        let token: Option<SecretString> = token.transpose().map_err(AppError::internal)?;
        Ok(SatConnection { url, token })
    }

    /// As everybody sees it: SAT's address is for those who may set it.
    #[must_use]
    pub fn into_dto_for(self, permissions: &[Permission]) -> OrganizationDto {
        let whole = permissions.contains(&Permission::ManageOrganization);
        let dto = self.into_dto();
        OrganizationDto {
            sat_url: dto.sat_url.filter(|_| whole),
            ..dto
        }
    }

    #[must_use]
    pub fn into_dto(self) -> OrganizationDto {
        OrganizationDto {
            id: self.id,
            name: self.name,
            timezone: self.timezone,
            late_after_days: self.late_after_days,
            max_document_bytes: self.max_document_bytes,
            sat_url: self.sat_url,
            sat_token_set: self.sat_token_sealed.is_some(),
            version: self.version,
        }
    }
}

fn token_place(id: OrganizationId) -> String {
    format!("organizations.sat_token/{id}")
}

/// Changes the settings.
///
/// # Errors
/// `validation` for an unknown zone; `version_conflict`.
pub async fn update(app: &App, tx: &mut Tx, actor: &Actor, update: OrganizationUpdate) -> AppResult<OrganizationDto> {
    if update.timezone.parse::<chrono_tz::Tz>().is_err() {
        let error = FieldError::new(
            "timezone",
            FieldCode::Unknown,
            "must be an IANA name such as America/Sao_Paulo",
        );
        return Err(AppError::validation(vec![error]));
    }
    let before = Organization::find(tx.conn(), actor.organization_id).await?;
    let sat_url = update
        .sat_url
        .map(|url| url.trim().trim_end_matches('/').to_owned())
        .filter(|url| !url.is_empty());
    let token = match update.sat_token.as_deref() {
        // A token is for one host; another one must not get it.
        None if same_host(before.sat_url.as_deref(), sat_url.as_deref()) => before.sat_token_sealed.clone(),
        None => None,
        Some("") => None,
        Some(token) => Some(
            app.keyring
                .seal(&token_place(before.id), token)
                .map_err(AppError::internal)?,
        ),
    };
    let now = tx.now();
    let changed = with_conn!(tx.conn(), |c| diesel::update(
        organizations::table.filter(
            organizations::id
                .eq(before.id)
                .and(organizations::version.eq(update.version))
        )
    )
    .set((
        organizations::name.eq(update.name.trim()),
        organizations::timezone.eq(&update.timezone),
        organizations::late_after_days.eq(update.late_after_days),
        organizations::max_document_bytes.eq(update.max_document_bytes),
        organizations::sat_url.eq(sat_url),
        organizations::sat_token_sealed.eq(token),
        organizations::updated_at.eq(now),
        organizations::version.eq(organizations::version + 1),
    ))
    .execute(c)
    .await)?;
    if changed == 0 {
        return Err(AppError::version_conflict());
    }
    let after = Organization::find(tx.conn(), actor.organization_id).await?.into_dto();
    let before = before.into_dto();
    let subject = Subject::new("organization", after.id.0, &after.name);
    audit::record(
        tx,
        actor,
        AuditAction::OrganizationUpdate,
        subject,
        Some(&before),
        Some(&after),
    )
    .await?;
    tx.changed(after.id, Topic::Organization, after.id.0);
    Ok(after)
}

/// The organisation of this name, made when there is none; without a name the only one there is.
///
/// # Errors
/// When there are several and none is named.
pub async fn named(tx: &mut Tx, name: Option<&str>) -> anyhow::Result<Organization> {
    let all: Vec<Organization> = with_conn!(tx.conn(), |c| organizations::table
        .select(Organization::as_select())
        .order(organizations::id)
        .load(c)
        .await)?;
    match (name, all.as_slice()) {
        (Some(name), all) => match all.iter().find(|organization| organization.name == name) {
            Some(found) => Ok(found.clone()),
            None => {
                let made = Organization::create(tx, name).await?;
                let subject = Subject::new("organization", made.id.0, &made.name);
                audit::record(
                    tx,
                    &Actor::system(made.id),
                    AuditAction::OrganizationCreate,
                    subject,
                    NOTHING,
                    Some(&made.clone().into_dto()),
                )
                .await?;
                Ok(made)
            }
        },
        (None, [only]) => Ok(only.clone()),
        (None, []) => anyhow::bail!("there is no organisation yet: name one with --organization"),
        (None, _) => anyhow::bail!("there are several organisations: name one with --organization"),
    }
}

/// Makes simultaneous first runs take turns; on SQLite the one writer does.
///
/// # Errors
/// When the database refuses.
pub async fn lock_first_run(tx: &mut Tx) -> QueryResult<()> {
    match tx.conn() {
        DbConn::Sqlite(_) => Ok(()),
        DbConn::Postgres(c) => diesel::sql_query("LOCK TABLE organizations IN EXCLUSIVE MODE")
            .execute(&mut **c)
            .await
            .map(|_| ()),
    }
}

/// Holds the organisation until the transaction ends, for rules that must not run twice at once. References to it from
/// other rows are not kept waiting.
///
/// # Errors
/// When the database refuses.
pub async fn take_turns(tx: &mut Tx, id: OrganizationId) -> QueryResult<()> {
    let _: OrganizationId = locked!(
        tx,
        for_no_key_update,
        organizations::table.find(id).select(organizations::id),
        |found, c| found.first(c).await
    )?;
    Ok(())
}
