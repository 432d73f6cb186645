//! The operator row and its queries.

use diesel::prelude::*;
use esteira_shared::{
    dto::operators::{OperatorDto, OperatorQuery},
    ids::{OperatorId, OrganizationId},
    instant::Instant,
    page::Page,
};

use crate::{
    db::{
        DbConn, RunQueryDsl, paging,
        schema::{accounts, operators},
    },
    error::AppResult,
    fold::fold,
    with_conn,
};

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = operators, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
#[diesel(treat_none_as_default_value = false)]
pub struct Operator {
    pub id: OperatorId,
    pub organization_id: OrganizationId,
    pub name: String,
    pub sort_name: String,
    pub possui_rpa: bool,
    pub rpa_terceirizado: bool,
    pub url_endpoint_rpa: Option<String>,
    pub active: bool,
    pub created_at: Instant,
    pub updated_at: Instant,
    pub version: i32,
}

impl Operator {
    pub async fn find(conn: &mut DbConn, organization: OrganizationId, id: OperatorId) -> QueryResult<Option<Self>> {
        with_conn!(conn, |c| operators::table
            .filter(operators::organization_id.eq(organization).and(operators::id.eq(id)))
            .select(Self::as_select())
            .first(c)
            .await
            .optional())
    }

    /// All of an organisation, by name: there are a handful.
    pub async fn all(conn: &mut DbConn, organization: OrganizationId) -> QueryResult<Vec<Self>> {
        with_conn!(conn, |c| operators::table
            .filter(operators::organization_id.eq(organization))
            .order((operators::sort_name, operators::id))
            .select(Self::as_select())
            .load(c)
            .await)
    }

    /// By name.
    pub async fn list(
        conn: &mut DbConn,
        organization: OrganizationId,
        query: &OperatorQuery,
    ) -> AppResult<Page<OperatorDto>> {
        let limit = paging::limit(query.limit)?;
        let after: Option<(String, OperatorId)> = paging::cursor(query.cursor.as_deref())?;
        let rows: Vec<Self> = with_conn!(conn, |c| {
            let mut found = operators::table
                .filter(operators::organization_id.eq(organization))
                .order((operators::sort_name, operators::id))
                .limit(limit + 1)
                .select(Self::as_select())
                .into_boxed();
            if let Some((name, id)) = after {
                found = found.filter(
                    operators::sort_name
                        .gt(name.clone())
                        .or(operators::sort_name.eq(name).and(operators::id.gt(id))),
                );
            }
            if let Some(text) = query.q.as_deref().map(fold).filter(|text| !text.is_empty()) {
                found = found.filter(operators::sort_name.like(format!("%{}%", text.replace(['%', '_', '\\'], ""))));
            }
            if let Some(active) = query.active {
                found = found.filter(operators::active.eq(active));
            }
            found.load(c).await
        })?;
        let page = paging::cut(rows, limit, |operator| (operator.sort_name.clone(), operator.id));
        let ids = page.items.iter().map(|operator| operator.id).collect();
        let counts = Self::account_counts(conn, organization, ids).await?;
        Ok(page.map(|operator| {
            let accounts = counts
                .iter()
                .find(|(id, _)| *id == operator.id)
                .map_or(0, |(_, count)| *count);
            operator.into_dto(accounts)
        }))
    }

    /// Accounts with each of these operators; those without any are missing.
    pub async fn account_counts(
        conn: &mut DbConn,
        organization: OrganizationId,
        ids: Vec<OperatorId>,
    ) -> QueryResult<Vec<(OperatorId, i64)>> {
        with_conn!(conn, |c| accounts::table
            .filter(
                accounts::organization_id
                    .eq(organization)
                    .and(accounts::operator_id.eq_any(ids))
            )
            .group_by(accounts::operator_id)
            .select((accounts::operator_id, diesel::dsl::count_star()))
            .load(c)
            .await)
    }

    #[must_use]
    pub fn into_dto(self, accounts: i64) -> OperatorDto {
        OperatorDto {
            id: self.id,
            name: self.name,
            possui_rpa: self.possui_rpa,
            rpa_terceirizado: self.rpa_terceirizado,
            url_endpoint_rpa: self.url_endpoint_rpa,
            active: self.active,
            accounts,
            version: self.version,
        }
    }
}
