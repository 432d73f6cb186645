//! A worker's row, which tells others that it is there, and the heartbeat that prolongs its leases.

use std::sync::Arc;

use diesel::prelude::*;
use esteira_shared::instant::Instant;
use tokio_util::sync::CancellationToken;

use super::{
    super::{Host, lease},
    Worker,
};
use crate::{
    db::{RunQueryDsl, database_now, schema::workers},
    error::AppResult,
    with_conn,
};

impl<A: Host> Worker<A> {
    pub(super) async fn heartbeats(self: Arc<Self>, ended: CancellationToken) {
        let every = self.options.lease / 3;
        loop {
            tokio::select! { () = ended.cancelled() => break, () = tokio::time::sleep(every) => {} }
            self.beat_or_warn().await;
        }
    }

    pub(super) async fn beat_or_warn(&self) {
        if let Err(error) = self.beat().await {
            tracing::warn!(error = %error, "heartbeat failed");
        }
    }

    async fn beat(&self) -> AppResult<()> {
        let held = self.hand.all();
        let mut tx = self.app.db().begin().await?;
        let now = database_now(tx.conn(), self.app.db().clock()).await?;
        let row = (
            workers::id.eq(self.id),
            workers::host.eq(host()),
            workers::pid.eq(i64::from(std::process::id())),
            workers::version.eq(env!("CARGO_PKG_VERSION")),
            workers::slots.eq(i32::try_from(self.options.slots).unwrap_or(i32::MAX)),
            workers::started_at.eq(now),
            workers::heartbeat_at.eq(now),
        );
        let draining: Option<Instant> = with_conn!(tx.conn(), |c| diesel::insert_into(workers::table)
            .values(row)
            .on_conflict(workers::id)
            .do_update()
            .set(workers::heartbeat_at.eq(now))
            .returning(workers::draining_at)
            .get_result(c)
            .await)?;
        // Rows of processes that died without signing off.
        let gone = workers::heartbeat_at.lt(now - chrono::TimeDelta::days(1));
        with_conn!(tx.conn(), |c| diesel::delete(workers::table.filter(gone))
            .execute(c)
            .await)?;
        let mut kept = Vec::new();
        for chunk in held.chunks(1_000) {
            let ids = chunk.iter().map(|(id, _)| *id).collect();
            kept.extend(lease::heartbeat(&mut tx, self.id, ids, now, self.options.lease).await?);
        }
        tx.commit().await?;
        self.drain_wanted(draining.is_some());
        for (id, fence) in held {
            match kept.iter().find(|(kept, of, _)| (*kept, *of) == (id, fence)) {
                Some((_, _, true)) => self.hand.cancel(id),
                Some(_) => {}
                // Its end may be on the way; then the fence makes this harmless.
                None => self.hand.abandon(id, fence),
            }
        }
        Ok(())
    }

    pub(super) async fn sign_off(&self) -> AppResult<()> {
        let mut tx = self.app.db().begin().await?;
        with_conn!(tx.conn(), |c| diesel::delete(
            workers::table.filter(workers::id.eq(self.id))
        )
        .execute(c)
        .await)?;
        Ok(tx.commit().await?)
    }
}

fn host() -> String {
    std::env::var("HOSTNAME")
        .ok()
        .or_else(|| std::fs::read_to_string("/etc/hostname").ok())
        .map(|name| name.trim().to_owned())
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| "localhost".to_owned())
}
