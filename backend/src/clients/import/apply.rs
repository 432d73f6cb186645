//! What an import changes, and writing it.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;
use esteira_shared::{
    event::Topic,
    ids::{AccountId, ClientId, OrganizationId},
};
use uuid::Uuid;

use super::parse::Row;
use crate::{
    app::App,
    auth::Actor,
    clients::{
        Client,
        account::{Account, seal_password},
        rules, words,
    },
    db::{
        RunQueryDsl, Tx,
        schema::{accounts, clients},
    },
    error::{AppError, AppResult},
    fold::fold,
    with_conn,
};

/// Everything that will change.
#[derive(Default)]
pub(super) struct Plan {
    pub(super) new_clients: Vec<Client>,
    /// Client and its new name.
    pub(super) renamed: Vec<(ClientId, String)>,
    /// With the password still to be sealed.
    pub(super) new_accounts: Vec<(Account, Option<String>)>,
    pub(super) changed_accounts: Vec<(Account, Option<String>)>,
    pub(super) unchanged: i64,
}

/// Rows looked up or written with one statement.
const CHUNK: usize = 500;

/// Compares the rows with what is kept.
pub(super) async fn plan(tx: &mut Tx, organization: OrganizationId, rows: &[Row]) -> AppResult<Plan> {
    let kept_clients = kept_clients(tx, organization, rows).await?;
    let ids = kept_clients.values().map(|client| client.id).collect();
    let kept_accounts = kept_accounts(tx, organization, ids).await?;
    let mut plan = Plan::default();
    let mut made: HashMap<&str, ClientId> = HashMap::new();
    let mut named = HashSet::new();
    for row in rows {
        let cnpj = row.cnpj.as_str();
        let kept = kept_clients.get(cnpj);
        let client = match kept.map(|kept| kept.id).or_else(|| made.get(cnpj).copied()) {
            Some(id) => id,
            None => {
                let client = rules::new_row(tx, organization, &row.name, &row.cnpj);
                let id = client.id;
                made.insert(cnpj, id);
                plan.new_clients.push(client);
                id
            }
        };
        // Several rows are one client: the first row's name counts.
        if named.insert(client) && kept.is_some_and(|kept| kept.razao_social != row.name) {
            plan.renamed.push((client, row.name.clone()));
        }
        match kept_accounts.get(&(client, row.operator)) {
            Some(account) => plan_change(&mut plan, account, row),
            None => plan
                .new_accounts
                .push((new_account(tx, organization, client, row), row.password.clone())),
        }
    }
    Ok(plan)
}

fn new_account(tx: &Tx, organization_id: OrganizationId, client_id: ClientId, row: &Row) -> Account {
    let now = tx.now();
    Account {
        id: AccountId(Uuid::now_v7()),
        organization_id,
        client_id,
        operator_id: row.operator,
        account_number: row.account_number.clone(),
        portal_login: row.login.clone(),
        portal_password_sealed: None,
        active: row.active.unwrap_or(true),
        created_at: now,
        updated_at: now,
        version: 1,
    }
}

/// An empty cell says nothing: what is kept stays. A password in the file always counts as a change, since the kept one
/// is not opened to compare.
fn plan_change(plan: &mut Plan, kept: &Account, row: &Row) {
    let mut account = kept.clone();
    account.account_number.clone_from(&row.account_number);
    account.portal_login = row.login.clone().or(account.portal_login);
    account.active = row.active.unwrap_or(account.active);
    let same = account.account_number == kept.account_number
        && account.portal_login == kept.portal_login
        && account.active == kept.active
        && row.password.is_none();
    if same {
        plan.unchanged += 1;
    } else {
        plan.changed_accounts.push((account, row.password.clone()));
    }
}

async fn kept_clients(tx: &mut Tx, organization: OrganizationId, rows: &[Row]) -> QueryResult<HashMap<String, Client>> {
    let mut kept = HashMap::new();
    for chunk in rows.chunks(CHUNK) {
        let numbers: Vec<String> = chunk.iter().map(|row| row.cnpj.to_string()).collect();
        let found: Vec<Client> = with_conn!(tx.conn(), |c| clients::table
            .filter(
                clients::organization_id
                    .eq(organization)
                    .and(clients::cnpj.eq_any(numbers))
            )
            .select(Client::as_select())
            .load(c)
            .await)?;
        kept.extend(found.into_iter().map(|client| (client.cnpj.clone(), client)));
    }
    Ok(kept)
}

type AccountKey = (ClientId, esteira_shared::ids::OperatorId);

async fn kept_accounts(
    tx: &mut Tx,
    organization: OrganizationId,
    ids: Vec<ClientId>,
) -> QueryResult<HashMap<AccountKey, Account>> {
    let mut kept = HashMap::new();
    for chunk in ids.chunks(CHUNK) {
        let found: Vec<Account> = with_conn!(tx.conn(), |c| accounts::table
            .filter(
                accounts::organization_id
                    .eq(organization)
                    .and(accounts::client_id.eq_any(chunk.to_vec()))
            )
            .select(Account::as_select())
            .load(c)
            .await)?;
        kept.extend(
            found
                .into_iter()
                .map(|account| ((account.client_id, account.operator_id), account)),
        );
    }
    Ok(kept)
}

/// Writes a plan.
pub(super) async fn write(app: &App, tx: &mut Tx, actor: &Actor, plan: Plan) -> AppResult<()> {
    let now = tx.now();
    for chunk in plan.new_clients.chunks(CHUNK) {
        with_conn!(tx.conn(), |c| diesel::insert_into(clients::table)
            .values(chunk)
            .execute(c)
            .await)?;
    }
    let named = plan
        .new_clients
        .iter()
        .map(|client| (client.id, client.razao_social.as_str()))
        .collect();
    words::insert(tx, actor.organization_id, named).await?;
    for (id, name) in &plan.renamed {
        with_conn!(tx.conn(), |c| diesel::update(clients::table.filter(clients::id.eq(id)))
            .set((
                clients::razao_social.eq(name),
                clients::sort_name.eq(fold(name)),
                clients::updated_at.eq(now),
                clients::version.eq(clients::version + 1),
            ))
            .execute(c)
            .await)?;
        words::index(tx, actor.organization_id, *id, name).await?;
    }
    let mut new_accounts = Vec::with_capacity(plan.new_accounts.len());
    for (mut account, password) in plan.new_accounts {
        account.portal_password_sealed = seal_password(app, account.id, password.as_deref())?;
        new_accounts.push(account);
    }
    for chunk in new_accounts.chunks(CHUNK) {
        with_conn!(tx.conn(), |c| diesel::insert_into(accounts::table)
            .values(chunk)
            .execute(c)
            .await)?;
    }
    for (account, password) in plan.changed_accounts {
        let sealed = match password.as_deref() {
            None => account.portal_password_sealed.clone(),
            password => seal_password(app, account.id, password)?,
        };
        let seen = accounts::id.eq(account.id).and(accounts::version.eq(account.version));
        let changed = with_conn!(tx.conn(), |c| diesel::update(accounts::table.filter(seen))
            .set((
                accounts::account_number.eq(&account.account_number),
                accounts::portal_login.eq(account.portal_login.as_deref()),
                accounts::portal_password_sealed.eq(sealed),
                accounts::active.eq(account.active),
                accounts::updated_at.eq(now),
                accounts::version.eq(accounts::version + 1),
            ))
            .execute(c)
            .await)?;
        if changed == 0 {
            return Err(AppError::version_conflict());
        }
    }
    tx.changed(actor.organization_id, Topic::Clients, None);
    Ok(())
}
