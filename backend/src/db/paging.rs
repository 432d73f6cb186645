//! Keyset pages: opaque cursors and the one place that cuts a page.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use diesel::{
    QueryResult,
    backend::Backend,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    sql_types::BigInt,
};
use esteira_shared::{
    error::{FieldCode, FieldError},
    page::{DEFAULT_LIMIT, MAX_LIMIT, Page, TOTAL_CAP, Total},
};
use serde::{Serialize, de::DeserializeOwned};

use super::nul;
use crate::error::{AppError, AppResult};

/// Checks the number of rows asked for.
///
/// # Errors
/// `validation` when it is not between 1 and [`MAX_LIMIT`].
pub fn limit(asked: Option<i64>) -> AppResult<i64> {
    match asked {
        None => Ok(DEFAULT_LIMIT),
        Some(limit) if (1..=MAX_LIMIT).contains(&limit) => Ok(limit),
        Some(_) => Err(AppError::validation(vec![FieldError::new(
            "limit",
            FieldCode::OutOfRange,
            format!("between 1 and {MAX_LIMIT}"),
        )])),
    }
}

/// Reads a cursor made by [`cut`].
///
/// # Errors
/// `validation` when it was not: the remedy is to start without one.
pub fn cursor<K: DeserializeOwned>(text: Option<&str>) -> AppResult<Option<K>> {
    let Some(text) = text else { return Ok(None) };
    let key = BASE64_URL_SAFE_NO_PAD
        .decode(text)
        .ok()
        .filter(|bytes| !nul::in_json(bytes))
        .and_then(|bytes| serde_json::from_slice(&bytes).ok());
    key.map(Some).ok_or_else(|| {
        AppError::validation(vec![FieldError::new(
            "cursor",
            FieldCode::Invalid,
            "not a cursor of this list and order; ask for the first page without one",
        )])
    })
}

/// Makes a page of rows that were read with `limit + 1`: the extra row only says that there are more.
#[must_use]
pub fn cut<T, K: Serialize>(mut rows: Vec<T>, limit: i64, key: impl Fn(&T) -> K) -> Page<T> {
    let limit = usize::try_from(limit).unwrap_or_default();
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next_cursor = rows.last().filter(|_| more).and_then(|row| {
        serde_json::to_vec(&key(row))
            .ok()
            .map(|bytes| BASE64_URL_SAFE_NO_PAD.encode(bytes))
    });
    Page {
        items: rows,
        next_cursor,
        total: None,
    }
}

/// A count that was taken over at most `TOTAL_CAP + 1` rows.
#[must_use]
pub fn total(counted: i64) -> Total {
    Total {
        count: counted.min(TOTAL_CAP),
        capped: counted > TOTAL_CAP,
    }
}

/// Counts the rows of a query, which says by its limit how far.
pub fn count_of<Q>(rows: Q) -> CountOf<Q> {
    CountOf(rows)
}

/// `SELECT COUNT(*) FROM (…)`
#[derive(Debug, Clone, Copy, QueryId)]
pub struct CountOf<Q>(Q);

impl<Q> Query for CountOf<Q> {
    type SqlType = BigInt;
}

impl<Q, Conn> diesel::RunQueryDsl<Conn> for CountOf<Q> {}

impl<Q: QueryFragment<DB>, DB: Backend> QueryFragment<DB> for CountOf<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("SELECT COUNT(*) FROM (");
        self.0.walk_ast(out.reborrow())?;
        out.push_sql(") AS counted");
        Ok(())
    }
}
