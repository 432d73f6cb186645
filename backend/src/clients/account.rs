//! Accounts: a client's contract with one operator, and the sign-in to its portal.

use diesel::prelude::*;
use esteira_shared::{
    dto::clients::{AccountCreate, AccountDto, AccountUpdate},
    error::{ErrorCode, FieldCode, FieldError},
    event::Topic,
    ids::{AccountId, ClientId, OperatorId, OrganizationId},
    instant::Instant,
};
use secrecy::SecretString;
use uuid::Uuid;

use super::Client;
use crate::{
    app::App,
    auth::{
        Actor,
        audit::{self, AuditAction, NOTHING, Subject},
    },
    db::{
        DbConn, RunQueryDsl, Tx,
        schema::{accounts, operators, processes},
    },
    error::{AppError, AppResult, is_unique_violation},
    operators::Operator,
    with_conn,
};

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = accounts, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
#[diesel(treat_none_as_default_value = false)]
pub struct Account {
    pub id: AccountId,
    pub organization_id: OrganizationId,
    pub client_id: ClientId,
    pub operator_id: OperatorId,
    pub account_number: String,
    pub portal_login: Option<String>,
    pub portal_password_sealed: Option<String>,
    pub active: bool,
    pub created_at: Instant,
    pub updated_at: Instant,
    pub version: i32,
}

impl Account {
    /// A client's accounts, by operator.
    pub async fn of_client(
        conn: &mut DbConn,
        organization: OrganizationId,
        client: ClientId,
    ) -> QueryResult<Vec<AccountDto>> {
        let rows: Vec<(Self, String)> = with_conn!(conn, |c| accounts::table
            .inner_join(operators::table)
            .filter(
                accounts::organization_id
                    .eq(organization)
                    .and(accounts::client_id.eq(client))
            )
            .order(operators::sort_name)
            .select((Self::as_select(), operators::name))
            .load(c)
            .await)?;
        Ok(rows
            .into_iter()
            .map(|(account, operator)| account.into_dto(operator))
            .collect())
    }

    async fn find(conn: &mut DbConn, organization: OrganizationId, id: AccountId) -> AppResult<(Self, String)> {
        let found: Option<(Self, String)> = with_conn!(conn, |c| accounts::table
            .inner_join(operators::table)
            .filter(accounts::organization_id.eq(organization).and(accounts::id.eq(id)))
            .select((Self::as_select(), operators::name))
            .first(c)
            .await
            .optional())?;
        found.ok_or_else(|| AppError::not_found("account"))
    }

    /// The password of the operator's portal, for the robot that signs in there.
    ///
    /// # Errors
    /// When the kept one does not open.
    pub fn portal_password(&self, app: &App) -> AppResult<Option<SecretString>> {
        let sealed = self.portal_password_sealed.as_deref();
        let opened = sealed.map(|sealed| app.keyring.open(&password_place(self.id), sealed));
        opened.transpose().map_err(AppError::internal)
    }

    fn into_dto(self, operator_name: String) -> AccountDto {
        AccountDto {
            id: self.id,
            client_id: self.client_id,
            operator_id: self.operator_id,
            operator_name,
            account_number: self.account_number,
            portal_login: self.portal_login,
            portal_password_set: self.portal_password_sealed.is_some(),
            active: self.active,
            version: self.version,
        }
    }
}

/// Seals a portal password for its row; an empty one means none.
pub(in crate::clients) fn seal_password(app: &App, id: AccountId, password: Option<&str>) -> AppResult<Option<String>> {
    match password.filter(|password| !password.is_empty()) {
        Some(password) => app
            .keyring
            .seal(&password_place(id), password)
            .map(Some)
            .map_err(AppError::internal),
        None => Ok(None),
    }
}

fn password_place(id: AccountId) -> String {
    format!("accounts.portal_password/{id}")
}

fn cleaned(text: Option<&str>) -> Option<String> {
    text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// Adds an account.
///
/// # Errors
/// `not_found` for the client; `validation` for an unknown operator, or one the client has an account with.
pub async fn create(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    client: ClientId,
    create: AccountCreate,
) -> AppResult<AccountDto> {
    let organization = actor.organization_id;
    let client = Client::find(tx.conn(), organization, client)
        .await?
        .ok_or_else(|| AppError::not_found("client"))?;
    let operator = Operator::find(tx.conn(), organization, create.operator_id)
        .await?
        .ok_or_else(|| {
            AppError::validation(vec![FieldError::new(
                "operator_id",
                FieldCode::Unknown,
                "there is no such operator",
            )])
        })?;
    let now = tx.now();
    let id = AccountId(Uuid::now_v7());
    let row = Account {
        id,
        organization_id: organization,
        client_id: client.id,
        operator_id: operator.id,
        account_number: create.account_number.trim().to_owned(),
        portal_login: cleaned(create.portal_login.as_deref()),
        portal_password_sealed: seal_password(app, id, create.portal_password.as_deref())?,
        active: true,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    with_conn!(tx.conn(), |c| diesel::insert_into(accounts::table)
        .values(&row)
        .execute(c)
        .await)
    .map_err(|error| {
        if is_unique_violation(&error) {
            let message = "the client has an account with this operator already";
            AppError::validation(vec![FieldError::new("operator_id", FieldCode::Taken, message)])
        } else {
            error.into()
        }
    })?;
    let dto = row.into_dto(operator.name);
    audit::record(
        tx,
        actor,
        AuditAction::AccountCreate,
        subject(&client, &dto),
        NOTHING,
        Some(&dto),
    )
    .await?;
    tx.changed(organization, Topic::Clients, client.id.0);
    Ok(dto)
}

/// Changes an account.
///
/// # Errors
/// `not_found`, `version_conflict`.
pub async fn update(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    id: AccountId,
    update: AccountUpdate,
) -> AppResult<AccountDto> {
    let organization = actor.organization_id;
    let (before, operator) = Account::find(tx.conn(), organization, id).await?;
    let sealed = match update.portal_password.as_deref() {
        None => before.portal_password_sealed.clone(),
        password => seal_password(app, id, password)?,
    };
    let now = tx.now();
    let changed = with_conn!(tx.conn(), |c| diesel::update(
        accounts::table.filter(accounts::id.eq(id).and(accounts::version.eq(update.version)))
    )
    .set((
        accounts::account_number.eq(update.account_number.trim()),
        accounts::portal_login.eq(cleaned(update.portal_login.as_deref())),
        accounts::portal_password_sealed.eq(sealed),
        accounts::active.eq(update.active),
        accounts::updated_at.eq(now),
        accounts::version.eq(accounts::version + 1),
    ))
    .execute(c)
    .await)?;
    if changed == 0 {
        return Err(AppError::version_conflict());
    }
    let client = Client::find(tx.conn(), organization, before.client_id)
        .await?
        .ok_or_else(|| AppError::not_found("client"))?;
    let after = Account::find(tx.conn(), organization, id)
        .await?
        .0
        .into_dto(operator.clone());
    let before = before.into_dto(operator);
    let action = if update.portal_password.is_some() {
        AuditAction::AccountUpdatePassword
    } else {
        AuditAction::AccountUpdate
    };
    audit::record(tx, actor, action, subject(&client, &after), Some(&before), Some(&after)).await?;
    tx.changed(organization, Topic::Clients, client.id.0);
    Ok(after)
}

/// Removes an account that never had a process.
///
/// # Errors
/// `not_found`; `in_use` when there are processes: deactivate it instead.
pub async fn delete(tx: &mut Tx, actor: &Actor, id: AccountId) -> AppResult<()> {
    let organization = actor.organization_id;
    let (before, operator) = Account::find(tx.conn(), organization, id).await?;
    let used: Option<OrganizationId> = with_conn!(tx.conn(), |c| processes::table
        .filter(
            processes::organization_id
                .eq(organization)
                .and(processes::account_id.eq(id))
        )
        .select(processes::organization_id)
        .first(c)
        .await
        .optional())?;
    if used.is_some() {
        return Err(AppError::new(
            ErrorCode::InUse,
            "this account has processes; deactivate it instead",
        ));
    }
    let client = Client::find(tx.conn(), organization, before.client_id)
        .await?
        .ok_or_else(|| AppError::not_found("client"))?;
    with_conn!(tx.conn(), |c| diesel::delete(
        accounts::table.filter(accounts::id.eq(id))
    )
    .execute(c)
    .await)?;
    let dto = before.into_dto(operator);
    audit::record(
        tx,
        actor,
        AuditAction::AccountDelete,
        subject(&client, &dto),
        Some(&dto),
        NOTHING,
    )
    .await?;
    tx.changed(organization, Topic::Clients, client.id.0);
    Ok(())
}

fn subject(client: &Client, account: &AccountDto) -> Subject {
    Subject::new(
        "account",
        account.id.0,
        format!("{} · {}", client.razao_social, account.operator_name),
    )
}
