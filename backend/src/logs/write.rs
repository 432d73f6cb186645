//! Writing lines. Batches that come at the same time go into one transaction, because a commit costs the same for one
//! log and for many.

use std::sync::{Arc, Mutex, PoisonError};

use diesel::prelude::*;
use esteira_shared::{
    dto::logs::LogLineDto,
    event::Topic,
    ids::{JobId, LogId},
    instant::Instant,
    status::LogLevel,
};
use tokio::sync::oneshot;
use uuid::Uuid;

use super::{LogState, rank, text};
use crate::{
    bus::Signal,
    db::{Database, RunQueryDsl, Tx, schema::log_chunks, schema::logs},
    engine::{Failure, job_is_held},
    error::AppResult,
    locked, with_conn,
};

/// A line that is to be written.
#[derive(Debug, Clone)]
pub struct NewLine {
    /// Its place at the source, from 1; absent when it is our own.
    pub source: Option<i64>,
    pub at: Instant,
    pub level: LogLevel,
    /// Without line breaks; see [`super::lines_of`].
    pub message: String,
}

/// Lines of one log, written together or not at all.
#[derive(Debug)]
pub struct LogBatch {
    pub log: LogId,
    /// The job that writes, and its fencing number: a stale one writes nothing.
    pub job: JobId,
    pub fence: i64,
    pub lines: Vec<NewLine>,
    /// The source was read up to here.
    pub source_lines: i64,
    /// What the source calls the newest line of these that it has a word for.
    pub source_id: Option<String>,
    /// Also tells pages that show this thing in a list.
    pub tell: Option<(Topic, Uuid)>,
}

/// Lines in one row at most.
pub(super) const CHUNK_LINES: i64 = 500;
/// A row is closed when it has this many bytes. So a watcher never takes more at once than this and a line.
const CHUNK_BYTES: usize = 128 * 1024;

/// Gathers what wants to be written.
pub struct LogWriter {
    db: Database,
    waiting: Mutex<Vec<Waiting>>,
    writing: tokio::sync::Mutex<()>,
}

struct Waiting {
    batch: Arc<LogBatch>,
    done: oneshot::Sender<Result<(), Failure>>,
}

impl LogWriter {
    #[must_use]
    pub fn new(db: Database) -> Self {
        Self {
            db,
            waiting: Mutex::default(),
            writing: tokio::sync::Mutex::default(),
        }
    }

    /// Returns when the lines are kept. Lines of the source that were kept before are skipped, so a source may be read
    /// again.
    ///
    /// # Errors
    /// `LeaseLost` when another worker may have the job; `Technical` when the database refuses, and then nothing was
    /// written.
    pub async fn write(&self, batch: Arc<LogBatch>) -> Result<(), Failure> {
        let (done, mut answer) = oneshot::channel();
        self.lock().push(Waiting { batch, done });
        // Whoever comes first writes for all who came meanwhile; for the others there is nothing left to do.
        let _turn = self.writing.lock().await;
        if let Ok(answer) = answer.try_recv() {
            return answer;
        }
        let all = std::mem::take(&mut *self.lock());
        let outcome = write_all(&self.db, &all).await;
        for (index, waiting) in all.into_iter().enumerate() {
            let answer = match &outcome {
                Ok(held) if held.get(index).copied().unwrap_or(false) => Ok(()),
                Ok(_) => Err(Failure::LeaseLost),
                Err(error) => Err(Failure::Technical(anyhow::anyhow!(
                    "the log cannot be written: {error}"
                ))),
            };
            // A writer that has gone needs no answer.
            let _ = waiting.done.send(answer);
        }
        answer.try_recv().unwrap_or_else(|_| {
            // The one who wrote for us was stopped in the middle.
            Err(Failure::Technical(anyhow::anyhow!(
                "whether the log was written is not known"
            )))
        })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Says of each batch whether its job was still held.
async fn write_all(db: &Database, all: &[Waiting]) -> AppResult<Vec<bool>> {
    let mut tx = db.begin().await?;
    // In the order of their ids, so that two replicas never wait for each other in a ring.
    let mut order: Vec<usize> = (0..all.len()).collect();
    order.sort_by_key(|index| all.get(*index).map(|one| one.batch.job));
    let mut held = vec![false; all.len()];
    for index in order {
        let Some(Waiting { batch, .. }) = all.get(index) else {
            continue;
        };
        let holds = job_is_held(&mut tx, batch.job, batch.fence).await?;
        if holds {
            append(&mut tx, batch).await?;
        }
        if let Some(one) = held.get_mut(index) {
            *one = holds;
        }
    }
    tx.commit().await?;
    Ok(held)
}

async fn append(tx: &mut Tx, batch: &LogBatch) -> AppResult<()> {
    let state: LogState = locked!(
        tx,
        for_update,
        logs::table.find(batch.log).select(LogState::as_select()),
        |found, c| found.first(c).await
    )?;
    let new = batch
        .lines
        .iter()
        .filter(|line| line.source.is_none_or(|number| number > state.source_lines));
    let lines: Vec<LogLineDto> = new
        .zip(state.lines + 1..)
        .map(|(line, seq)| LogLineDto {
            seq,
            at: line.at,
            level: line.level,
            message: line.message.clone(),
        })
        .collect();
    for chunk in chunks(&lines) {
        let (Some(first), Some(last)) = (chunk.first(), chunk.last()) else {
            continue;
        };
        let text = serde_json::to_string(chunk).map_err(crate::error::AppError::internal)?;
        let row = (
            log_chunks::log_id.eq(batch.log),
            log_chunks::first_seq.eq(first.seq),
            log_chunks::last_seq.eq(last.seq),
            log_chunks::worst.eq(chunk.iter().map(|line| rank(line.level)).max().unwrap_or_default()),
            log_chunks::lines.eq(text),
        );
        with_conn!(tx.conn(), |c| diesel::insert_into(log_chunks::table)
            .values(row)
            .execute(c)
            .await)?;
    }
    let error = lines.iter().find(|line| line.level == LogLevel::Error);
    let last_line = lines
        .iter()
        .rev()
        .map(|line| text::short(&line.message))
        .find(|line| !line.is_empty());
    with_conn!(tx.conn(), |c| diesel::update(logs::table.find(batch.log))
        .set((
            logs::lines.eq(lines.last().map_or(state.lines, |line| line.seq)),
            logs::source_lines.eq(state.source_lines.max(batch.source_lines)),
            logs::source_id.eq(batch.source_id.as_deref().or(state.source_id.as_deref())),
            logs::last_line.eq(last_line.or(state.last_line)),
            logs::first_error.eq(state.first_error.or(error.map(|line| line.seq))),
        ))
        .execute(c)
        .await)?;
    if !lines.is_empty() {
        tx.signal(Signal::LogGrew { log: batch.log });
    }
    if let Some((topic, id)) = batch.tell {
        tx.changed(state.organization_id, topic, id);
    }
    Ok(())
}

fn chunks(lines: &[LogLineDto]) -> Vec<&[LogLineDto]> {
    let mut bytes = 0;
    let mut count = 0;
    lines
        .chunk_by(|line, _| {
            bytes += line.message.len();
            count += 1;
            let together = bytes < CHUNK_BYTES && count < CHUNK_LINES;
            if !together {
                (bytes, count) = (0, 0);
            }
            together
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_bounded_in_lines_and_in_bytes() {
        let line = |seq: i64, bytes: usize| LogLineDto {
            seq,
            at: chrono::DateTime::UNIX_EPOCH.into(),
            level: LogLevel::Info,
            message: "x".repeat(bytes),
        };
        let short: Vec<_> = (0..1_200).map(|seq| line(seq, 10)).collect();
        assert_eq!(
            chunks(&short).iter().map(|chunk| chunk.len()).collect::<Vec<_>>(),
            [500, 500, 200]
        );
        let long: Vec<_> = (0..20).map(|seq| line(seq, 16 * 1024)).collect();
        assert_eq!(
            chunks(&long).iter().map(|chunk| chunk.len()).collect::<Vec<_>>(),
            [8, 8, 4]
        );
        assert!(chunks(&[]).is_empty());
    }
}
