//! The schedule of clean-ups.

use std::{collections::HashSet, time::Duration};

use esteira_shared::{
    dto::retention::{CleanUpParameters, CleanedUp, NotRemoved, RetentionKind},
    language::Language,
    permission::Permission,
    reason::{Reason, ReasonDto},
    status::ScheduleKind,
};
use serde_json::Value;

use super::kinds::{BYTES_OF_A_ROW, Now};
use crate::{
    app::{App, JobContext},
    db::{
        Tx,
        aged::{Age, Aged, BATCH, Old},
    },
    engine::{Failure, OldGroups, OldJobs, TaskResult},
    executions::OldExecutions,
    logs,
    mail::OldEmails,
    processes::sweep,
    scheduler::{Fired, OldRuns, RunRow, Scheduled},
    webhooks::OldMessages,
};

/// Removes what is older than it is to be kept.
pub struct CleanUp;

/// Rows in one transaction, unless a single thing has more.
const ROWS: i64 = 200;
/// Between two transactions: whoever waits to write comes first.
const PAUSE: Duration = Duration::from_millis(10);
/// How often its progress is shown.
const SHOWN_EVERY: Duration = Duration::from_secs(2);

impl Scheduled for CleanUp {
    const KIND: ScheduleKind = ScheduleKind::CleanUp;
    /// What it removes does not come back.
    const NEEDS: Option<Permission> = Some(Permission::ManageOrganization);

    type App = App;
    type Parameters = CleanUpParameters;

    async fn run(job: &JobContext, fired: &Fired, parameters: CleanUpParameters) -> TaskResult {
        let now = Now::of(&job.app).await?;
        let mut cleaning = Cleaning::go_on(job, fired).await?;
        let mut last = None;
        for (index, what) in RetentionKind::ALL.iter().enumerate() {
            let age = now.age(*what, &parameters, fired.organization);
            match cleaning.clear(*what, age).await {
                Ok(()) => {}
                Err(stop @ (Failure::Cancelled | Failure::LeaseLost)) => return Err(stop),
                Err(failure) => {
                    cleaning.failed(*what, &failure);
                    last = Some(failure);
                }
            }
            let percent = (index + 1) * 100 / RetentionKind::ALL.len();
            cleaning.percent = i32::try_from(percent).unwrap_or(99).min(99);
        }
        // When nothing at all goes, another try may fare better.
        if let Some(failure) = last.filter(|_| cleaning.done.failed.len() == RetentionKind::ALL.len()) {
            return Err(failure);
        }
        to_value(&cleaning.done)
    }
}

fn to_value(done: &CleanedUp) -> TaskResult {
    serde_json::to_value(done).map_err(|error| Failure::Technical(error.into()))
}

/// One go.
struct Cleaning<'a> {
    job: &'a JobContext,
    fired: &'a Fired,
    done: CleanedUp,
    percent: i32,
    shown: std::time::Instant,
}

impl<'a> Cleaning<'a> {
    /// Takes up what an earlier attempt noted.
    async fn go_on(job: &'a JobContext, fired: &'a Fired) -> Result<Self, Failure> {
        let mut conn = job.app.db.read().await?;
        let run = RunRow::find(&mut conn, fired.organization, fired.run).await?;
        let before = run.and_then(|run| run.result).map(|result| result.0);
        let before = before.and_then(|result| serde_json::from_value::<CleanedUp>(result).ok());
        Ok(Self {
            job,
            fired,
            done: CleanedUp {
                failed: Vec::new(),
                ..before.unwrap_or_default()
            },
            percent: 0,
            shown: std::time::Instant::now(),
        })
    }

    async fn clear(&mut self, what: RetentionKind, age: Age) -> Result<(), Failure> {
        match what {
            RetentionKind::Executions => {
                self.rows::<OldExecutions>(what, age).await?;
                self.lines().await
            }
            RetentionKind::Jobs => self.rows::<OldJobs>(what, age).await,
            RetentionKind::Groups => self.rows::<OldGroups>(what, age).await,
            RetentionKind::Runs => self.rows::<OldRuns>(what, age).await,
            RetentionKind::Webhooks => self.rows::<OldMessages>(what, age).await,
            RetentionKind::Emails => self.rows::<OldEmails>(what, age).await,
            RetentionKind::Uploads => self.uploads(what, age).await,
        }
    }

    /// Removes old rows, some in each transaction. The rows are chosen and measured outside of it.
    async fn rows<K: Aged>(&mut self, what: RetentionKind, age: Age) -> Result<(), Failure> {
        let mut after = None;
        loop {
            let mut conn = self.job.app.db.read_long().await?;
            let batch = K::old(&mut conn, age, after).await?;
            drop(conn);
            for part in parts(&batch) {
                self.stop_if_cancelled()?;
                self.remove::<K>(what, age, part).await?;
                self.pause().await?;
            }
            after = batch.last().map(|old| (old.at, old.id));
            if i64::try_from(batch.len()).is_ok_and(|seen| seen < BATCH) {
                return Ok(());
            }
        }
    }

    async fn remove<K: Aged>(&mut self, what: RetentionKind, age: Age, part: &[Old<K::Id>]) -> Result<(), Failure> {
        let mut tx = self.job.begin_long().await?;
        let ids = part.iter().map(|old| old.id).collect();
        let gone: HashSet<K::Id> = K::remove(&mut tx, age, ids).await?.into_iter().collect();
        let mut done = self.done.clone();
        for old in part.iter().filter(|old| gone.contains(&old.id)) {
            done.add(what, old.count, old.bytes + old.rows * BYTES_OF_A_ROW);
        }
        self.commit(tx, done).await
    }

    /// Commits what was removed together with the note of it.
    async fn commit(&mut self, mut tx: Tx, done: CleanedUp) -> Result<(), Failure> {
        let noted: Value = to_value(&done)?;
        RunRow::note(&mut tx, self.fired.organization, self.fired.run, &noted).await?;
        tx.commit().await?;
        self.done = done;
        Ok(())
    }

    /// Lines of executions that are gone, counted with them.
    async fn lines(&self) -> Result<(), Failure> {
        loop {
            self.stop_if_cancelled()?;
            let mut tx = self.job.begin_long().await?;
            let logs = logs::purge(&mut tx).await?;
            tx.commit().await?;
            if logs == 0 {
                return Ok(());
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// One by one, since each is a request to the store. The first that it refuses ends this: the others would fare alike.
    async fn uploads(&mut self, what: RetentionKind, age: Age) -> Result<(), Failure> {
        let job = self.job;
        let app = &job.app;
        let all = sweep::unfinished(&mut app.db.read().await?, age).await?;
        for (key, _) in all {
            self.stop_if_cancelled()?;
            let size = sweep::size(app, &key).await.map_err(anyhow::Error::new)?;
            sweep::remove(app, &key).await?;
            let mut done = self.done.clone();
            done.add(what, 1, size + BYTES_OF_A_ROW);
            let tx = self.job.begin().await?;
            self.commit(tx, done).await?;
        }
        Ok(())
    }

    fn stop_if_cancelled(&self) -> Result<(), Failure> {
        match self.job.is_cancelled() {
            true => Err(Failure::Cancelled),
            false => Ok(()),
        }
    }

    /// Lets others write, and shows now and then how far it is.
    async fn pause(&mut self) -> Result<(), Failure> {
        if self.shown.elapsed() > SHOWN_EVERY {
            self.shown = std::time::Instant::now();
            let count = self.done.removed.values().sum();
            self.job.progress(self.percent, &Reason::RemovedSoFar { count }).await?;
        }
        tokio::time::sleep(PAUSE).await;
        Ok(())
    }

    fn failed(&mut self, what: RetentionKind, failure: &Failure) {
        tracing::warn!(kind = %what, error = %failure, "not everything that is old could be removed");
        let reason = failure.reason();
        self.done.failed.push(NotRemoved {
            what,
            reason: ReasonDto::new(&reason, Language::default()),
        });
        self.job.warn(reason);
    }
}

/// What goes in one transaction each.
fn parts<I>(batch: &[Old<I>]) -> Vec<&[Old<I>]> {
    let mut rows = 0;
    batch
        .chunk_by(|one, next| {
            rows += one.rows;
            let together = rows + next.rows <= ROWS;
            if !together {
                rows = 0;
            }
            together
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::aged::beginning;

    #[test]
    fn one_transaction_takes_some_rows_and_at_least_one_thing() {
        let sizes = |rows: &[i64]| -> Vec<usize> {
            let batch: Vec<Old<usize>> = rows
                .iter()
                .enumerate()
                .map(|(id, rows)| Old {
                    at: beginning(),
                    id,
                    count: 1,
                    rows: *rows,
                    bytes: 0,
                })
                .collect();
            parts(&batch).iter().map(|part| part.len()).collect()
        };
        assert_eq!(sizes(&[]), [0_usize; 0]);
        assert_eq!(sizes(&[1; 200]), [200]);
        assert_eq!(sizes(&[1; 201]), [200, 1]);
        assert_eq!(sizes(&[500, 1, 199, 1, 300]), [1, 2, 1, 1]);
    }
}
