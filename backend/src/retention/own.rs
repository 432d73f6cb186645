//! What the program removes by itself: of organisations without a schedule of clean-ups, and what a clean-up left half
//! done. Ended jobs are the engine's (`Task::KEEP`).

use diesel::prelude::*;
use esteira_shared::{ids::OrganizationId, status::ScheduleKind};
use futures_util::future::BoxFuture;

use crate::{
    app::App,
    db::{DbConn, RunQueryDsl, schema::schedules},
    logs, processes, webhooks, with_conn,
};

/// Transactions of one round.
const ROUNDS: usize = 200;

/// Organisations that decide themselves: those with a schedule of clean-ups, in whatever state it is. Who pauses one wants
/// nothing to go.
pub fn deciding(conn: &mut DbConn) -> BoxFuture<'_, QueryResult<Vec<OrganizationId>>> {
    Box::pin(async move {
        with_conn!(conn, |c| schedules::table
            .filter(schedules::kind.eq(ScheduleKind::CleanUp))
            .select(schedules::organization_id)
            .distinct()
            .load(c)
            .await)
    })
}

/// Messages of webhooks, and secrets that are not used any more.
///
/// # Errors
/// When the database does not answer.
pub async fn messages(app: &App) -> anyhow::Result<usize> {
    let left = deciding(&mut app.db.read().await?).await?;
    Ok(webhooks::sweep(app, left).await?)
}

/// What unfinished uploads left in the store.
///
/// # Errors
/// When the database does not answer.
pub async fn uploads(app: &App) -> anyhow::Result<usize> {
    let left = deciding(&mut app.db.read().await?).await?;
    processes::sweep::sweep(app, processes::sweep::ABANDONED, left).await
}

/// Lines of logs whose execution is gone, when the clean-up that removed it did not come so far.
///
/// # Errors
/// When the database does not answer.
pub async fn lines(app: &App) -> anyhow::Result<usize> {
    let mut looked_at = 0;
    for _ in 0..ROUNDS {
        let mut tx = app.db.begin_long().await?;
        let logs = logs::purge(&mut tx).await?;
        tx.commit().await?;
        if logs == 0 {
            break;
        }
        looked_at += logs;
    }
    Ok(looked_at)
}
