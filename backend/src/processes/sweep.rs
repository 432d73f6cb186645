//! Removes what unfinished uploads left behind.

use chrono::TimeDelta;
use diesel::prelude::*;
use esteira_shared::{ids::OrganizationId, instant::Instant};

use super::upload::give_up;
use crate::{
    app::App,
    db::{DbConn, RunQueryDsl, aged::Age, schema::storage_intents},
    storage::StorageError,
    with_conn,
};

/// An upload that is this old has ended one way or the other.
pub const ABANDONED: TimeDelta = TimeDelta::hours(2);

/// Uploads looked at together.
pub const MOST: i64 = 1_000;

/// Removes the objects of uploads that are older than `age`, and says how many. Those of some organisations are left to
/// them.
///
/// # Errors
/// When the database does not answer. What cannot be removed is tried again next time.
pub async fn sweep(app: &App, age: TimeDelta, left: Vec<OrganizationId>) -> anyhow::Result<usize> {
    let before = app.clock.now() - age;
    let whose = storage_intents::organization_id;
    let mut conn = app.db.read().await?;
    let keys: Vec<String> = with_conn!(&mut conn, |c| storage_intents::table
        .filter(storage_intents::created_at.lt(before))
        .filter(whose.is_null().or(whose.assume_not_null().ne_all(left)))
        .order(storage_intents::created_at)
        .limit(MOST)
        .select(storage_intents::storage_key)
        .load(c)
        .await)?;
    drop(conn);
    for key in &keys {
        if let Err(error) = give_up(app, key).await {
            tracing::warn!(
                key,
                error = format!("{error:#}"),
                "an unfinished upload cannot be removed yet"
            );
        }
    }
    Ok(keys.len())
}

/// Uploads of an organisation that began before and never ended, oldest first, at most [`MOST`].
///
/// # Errors
/// When the database does not answer.
pub async fn unfinished(conn: &mut DbConn, age: Age) -> QueryResult<Vec<(String, Instant)>> {
    with_conn!(conn, |c| storage_intents::table
        .filter(storage_intents::organization_id.eq(Some(age.organization)))
        .filter(storage_intents::created_at.lt(age.before))
        .order((storage_intents::created_at, storage_intents::storage_key))
        .limit(MOST)
        .select((storage_intents::storage_key, storage_intents::created_at))
        .load(c)
        .await)
}

/// Bytes that an upload left in the store.
///
/// # Errors
/// When the store does not answer.
pub async fn size(app: &App, key: &str) -> Result<i64, StorageError> {
    match app.storage.get(key).await {
        Ok(object) => Ok(i64::try_from(object.size_bytes).unwrap_or(i64::MAX)),
        Err(StorageError::NotFound) => Ok(0),
        Err(error) => Err(error),
    }
}

/// Removes what one upload left behind.
///
/// # Errors
/// When the database or the store does not answer; then it is tried again another time.
pub async fn remove(app: &App, key: &str) -> anyhow::Result<()> {
    give_up(app, key).await
}
