//! Sleeps until something is due, and fires it. Any number of replicas do so at once.

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use esteira_shared::instant::Instant;
use tokio_util::sync::CancellationToken;

use super::{Host, batch, due, end, planner::Planner};
use crate::{
    db::{Database, database_now},
    engine::request_cancel,
    error::AppResult,
};

/// Schedules that one transaction fires.
const AT_ONCE: i64 = 400;
/// Plans are made this long before they are needed,
const AHEAD: Duration = Duration::from_secs(10);
/// of this many schedules at most; the others are planned at their time.
const PREPARED: i64 = 12_000;
/// A signal is a hint: one that is lost costs at most this long.
const POLL: Duration = Duration::from_secs(30);
/// Something is due, but another replica has it in its hands, or has died with it.
const HELD: Duration = Duration::from_millis(50);
const AFTER_TROUBLE: Duration = Duration::from_secs(1);
const MEND_EVERY: Duration = Duration::from_secs(600);

/// Fires schedules of a program. When something is due is judged by the database's clock, so all replicas agree.
pub struct Scheduler<A> {
    app: Arc<A>,
    planner: Planner,
}

impl<A: Host> Scheduler<A> {
    #[must_use]
    pub fn new(app: Arc<A>) -> Arc<Self> {
        Arc::new(Self {
            app,
            planner: Planner::default(),
        })
    }

    /// Works until `stop`; what it has begun to write then is finished.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        let mut prepared = None;
        let mut mended: Option<tokio::time::Instant> = None;
        while !stop.is_cancelled() {
            let wait = match self.turn(&mut prepared).await {
                Ok(wait) => wait.min(POLL),
                Err(error) => {
                    tracing::warn!(error = %error, "schedules cannot be fired");
                    AFTER_TROUBLE
                }
            };
            if mended.is_none_or(|at| at.elapsed() > MEND_EVERY) {
                mended = Some(tokio::time::Instant::now());
                match end::mend(self.db()).await {
                    Ok(0) => {}
                    Ok(count) => tracing::warn!(count, "runs of schedules stood open without a job; they failed"),
                    Err(error) => tracing::warn!(error = %error, "cannot look for runs without a job"),
                }
                continue;
            }
            let clock = self.db().clock();
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.db().bus().schedules() => {}
                () = clock.sleep_until(clock.now() + wait) => {}
            }
        }
    }

    /// Fires everything that is due, and says how many slots got their row. `run` does this again and again.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn fire_due(&self) -> AppResult<usize> {
        self.fire(None).await
    }

    /// As if it were `now`: for tests.
    ///
    /// # Errors
    /// As [`Scheduler::fire_due`].
    pub async fn fire_due_at(&self, now: Instant) -> AppResult<usize> {
        self.fire(Some(now)).await
    }

    async fn fire(&self, now: Option<Instant>) -> AppResult<usize> {
        let mut slots = 0;
        loop {
            let fired = self.batch(now).await?;
            slots += fired.slots;
            if fired.schedules == 0 {
                return Ok(slots);
            }
        }
    }

    fn db(&self) -> &Database {
        self.app.db()
    }

    /// Fires what is due, prepares what comes next, and says how long nothing is to do.
    async fn turn(&self, prepared: &mut Option<Instant>) -> AppResult<Duration> {
        loop {
            // Looking costs nothing on SQLite; the one writer is taken only when something is due.
            let mut reader = self.db().read().await?;
            let asked = tokio::time::Instant::now();
            let now = database_now(&mut reader, self.db().clock()).await?;
            let Some(next) = due::next(&mut reader).await? else {
                return Ok(POLL);
            };
            let left = (next - now).to_std().unwrap_or_default();
            if left.is_zero() {
                drop(reader);
                if self.batch(None).await?.schedules == 0 {
                    return Ok(HELD);
                }
                continue;
            }
            if left > AHEAD {
                return Ok(left.saturating_sub(AHEAD));
            }
            let until = now + TimeDelta::from_std(AHEAD).unwrap_or_default();
            // What was prepared before a step of the clock is not counted on.
            let after = prepared.filter(|known| (now..=until).contains(known)).unwrap_or(now);
            drop(reader);
            let mut reader = self.db().read_long().await?;
            let rows = due::between(&mut reader, after, until, PREPARED).await?;
            self.planner.prepare(&mut reader, &rows).await?;
            *prepared = Some(until);
            return Ok(left.saturating_sub(asked.elapsed()));
        }
    }

    /// One transaction, and the ends that it asks for.
    async fn batch(&self, now: Option<Instant>) -> AppResult<batch::Fired> {
        let mut tx = self.db().begin_long().await?;
        let now = match now {
            Some(now) => now,
            None => tx.database_now().await?,
        };
        let fired = batch::fire_due(&mut tx, &self.planner, now, AT_ONCE).await?;
        if fired.schedules == 0 {
            tx.roll_back().await;
            return Ok(fired);
        }
        tx.commit().await?;
        fired.measure();
        for (organization, job) in &fired.cancels {
            let mut tx = self.db().begin().await?;
            match request_cancel(&mut tx, self.app.tasks(), *organization, *job).await {
                Ok(_) => tx.commit().await?,
                // Its own end lets the next run begin.
                Err(error) => tracing::warn!(job = %job, error = %error, "cannot end the earlier run of a schedule"),
            }
        }
        Ok(fired)
    }
}
