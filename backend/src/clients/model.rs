//! The client row and its queries.

use diesel::prelude::*;
use esteira_shared::{
    dto::clients::{ClientDto, ClientQuery},
    ids::{ClientId, OrganizationId},
    instant::Instant,
    page::{Page, TOTAL_CAP},
    validate::Cnpj,
};

use super::words::matching_clients;
use crate::{
    db::{
        DbConn, RunQueryDsl, paging,
        schema::{accounts, clients},
    },
    error::{AppError, AppResult},
    with_conn,
};

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = clients, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
#[diesel(treat_none_as_default_value = false)]
pub struct Client {
    pub id: ClientId,
    pub organization_id: OrganizationId,
    pub razao_social: String,
    pub sort_name: String,
    pub cnpj: String,
    pub active: bool,
    pub created_at: Instant,
    pub updated_at: Instant,
    pub version: i32,
}

/// Clients that a search may match before it must be narrowed.
const MATCHES: i64 = 5_000;

impl Client {
    pub async fn find(conn: &mut DbConn, organization: OrganizationId, id: ClientId) -> QueryResult<Option<Self>> {
        with_conn!(conn, |c| clients::table
            .filter(clients::organization_id.eq(organization).and(clients::id.eq(id)))
            .select(Self::as_select())
            .first(c)
            .await
            .optional())
    }

    /// By name.
    pub async fn list(
        conn: &mut DbConn,
        organization: OrganizationId,
        query: &ClientQuery,
    ) -> AppResult<Page<ClientDto>> {
        let limit = paging::limit(query.limit)?;
        let after: Option<(String, ClientId)> = paging::cursor(query.cursor.as_deref())?;
        let matching = match query.q.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
            Some(text) => Some(matching_clients(conn, organization, text, MATCHES).await?),
            None => None,
        };
        macro_rules! found {
            () => {{
                let mut found = clients::table
                    .filter(clients::organization_id.eq(organization))
                    .into_boxed();
                if let Some(ids) = matching.clone() {
                    found = found.filter(clients::id.eq_any(ids));
                }
                if let Some(active) = query.active {
                    found = found.filter(clients::active.eq(active));
                }
                if let Some(operator) = query.operator_id {
                    let with_operator = accounts::table
                        .filter(
                            accounts::organization_id
                                .eq(organization)
                                .and(accounts::operator_id.eq(operator)),
                        )
                        .select(accounts::client_id);
                    found = found.filter(clients::id.eq_any(with_operator));
                }
                found
            }};
        }
        let counted: Option<i64> = match &after {
            None => Some(with_conn!(conn, |c| {
                let ids = found!().select(clients::id).limit(TOTAL_CAP + 1);
                paging::count_of(ids).get_result(c).await
            })?),
            Some(_) => None,
        };
        let rows: Vec<Self> = with_conn!(conn, |c| {
            let mut page = found!()
                .order((clients::sort_name, clients::id))
                .limit(limit + 1)
                .select(Self::as_select());
            if let Some((name, id)) = after {
                page = page.filter(
                    clients::sort_name
                        .gt(name.clone())
                        .or(clients::sort_name.eq(name).and(clients::id.gt(id))),
                );
            }
            page.load(c).await
        })?;
        let page = paging::cut(rows, limit, |client| (client.sort_name.clone(), client.id));
        let counts = Self::account_counts(conn, page.items.iter().map(|client| client.id).collect()).await?;
        let items: AppResult<Vec<ClientDto>> = page
            .items
            .into_iter()
            .map(|client| {
                let accounts = counts
                    .iter()
                    .find(|(id, _)| *id == client.id)
                    .map_or(0, |(_, count)| *count);
                client.into_dto(accounts)
            })
            .collect();
        Ok(Page {
            items: items?,
            next_cursor: page.next_cursor,
            total: counted.map(paging::total),
        })
    }

    /// Accounts of each of these clients; those without any are missing.
    pub async fn account_counts(conn: &mut DbConn, ids: Vec<ClientId>) -> QueryResult<Vec<(ClientId, i64)>> {
        with_conn!(conn, |c| accounts::table
            .filter(accounts::client_id.eq_any(ids))
            .group_by(accounts::client_id)
            .select((accounts::client_id, diesel::dsl::count_star()))
            .load(c)
            .await)
    }

    /// # Errors
    /// When the kept CNPJ is damaged.
    pub fn into_dto(self, accounts: i64) -> AppResult<ClientDto> {
        Ok(ClientDto {
            id: self.id,
            razao_social: self.razao_social,
            cnpj: kept_cnpj(&self.cnpj)?,
            active: self.active,
            accounts,
            version: self.version,
        })
    }
}

/// A CNPJ from the database, where only valid ones are written.
///
/// # Errors
/// When somebody changed it by hand to what is none.
pub fn kept_cnpj(text: &str) -> AppResult<Cnpj> {
    text.parse()
        .map_err(|error| AppError::internal(anyhow::anyhow!("kept CNPJ {text}: {error}")))
}
