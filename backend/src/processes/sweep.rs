//! Removes what unfinished uploads left behind.

use chrono::TimeDelta;
use diesel::prelude::*;

use super::upload::give_up;
use crate::{app::App, db::RunQueryDsl, db::schema::storage_intents, with_conn};

/// An upload that is this old has ended one way or the other.
pub const ABANDONED: TimeDelta = TimeDelta::hours(2);

/// Removes the objects of uploads that are older than `age`, and says how many.
///
/// # Errors
/// When the database does not answer. What cannot be removed is tried again next time.
pub async fn sweep(app: &App, age: TimeDelta) -> anyhow::Result<usize> {
    let before = app.clock.now() - age;
    let mut conn = app.db.read().await?;
    let keys: Vec<String> = with_conn!(&mut conn, |c| storage_intents::table
        .filter(storage_intents::created_at.lt(before))
        .order(storage_intents::created_at)
        .limit(1_000)
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
