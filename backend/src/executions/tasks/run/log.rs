//! Reads a robot's log from the API, line by line, and keeps it in batches.

mod take;

use std::{
    hash::{DefaultHasher, Hash as _, Hasher as _},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use esteira_shared::{event::Topic, ids::ExecutionId, reason::Reason, status::LogLevel};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, mpsc};
use tokio_util::sync::CancellationToken;

pub(super) use self::take::listed;
use self::take::{streamed, unread};
use crate::{
    app::{App, JobContext},
    engine::Failure,
    integrations::rpa::{ExternalJobId, LogCursor, Mask, RpaConnection, RpaLogs, Seam},
    logs::{self, LogBatch, NewLine, lines_of},
};

/// Messages read ahead of what is kept. After that the API has to wait.
pub(super) const AHEAD: usize = 2_000;
/// Messages in one batch.
const BATCH: usize = 1_000;
/// Bytes of messages read ahead.
const ROOM: usize = 8 * 1024 * 1024;
/// What comes within this time is kept together.
const GATHER: Duration = Duration::from_millis(10);
/// How often lists that show the last line are told.
const TELL: Duration = Duration::from_secs(1);
/// Between two looks at a log that is no stream, at least.
const LOOK: Duration = Duration::from_secs(1);
/// Such a log is read again from its first line. After that nothing is asked for this many times as long as the read
/// took.
const SPARING: u32 = 5;
/// Of text nobody knows whether it took long or was written meanwhile.
const LONGEST_SPARING: Duration = Duration::from_secs(10);
const RETRY: Duration = Duration::from_secs(1);
/// Between two looks at a robot, and at its log, of which nobody knows whether it is over.
pub(super) const SLOW: Duration = Duration::from_secs(10);
/// Refusals after which the API is taken to have no log.
const REFUSED: u32 = 3;
/// Before a broken stream is opened again.
const RECONNECT: Duration = Duration::from_millis(200);

/// How lines of our own begin.
const OWN: &str = "[esteira] ";

/// Where the log was left by earlier attempts.
pub(super) async fn cursor(job: &JobContext, id: ExecutionId) -> Result<LogCursor, Failure> {
    let mut conn = job.app.db.read().await?;
    let log = logs::find(&mut conn, job.organization_id(), id.log()).await?;
    let Some(log) = log.filter(|log| log.source_lines > 0) else {
        return Ok(LogCursor::new(marks));
    };
    let place = u64::try_from(log.source_lines).unwrap_or_default();
    let mut cursor = LogCursor::after(marks, place, log.source_id);
    let (first, last) = LogCursor::REMEMBERED;
    let mut first = logs::first_messages(&mut conn, id.log(), first).await?;
    let mut last = logs::last_messages(&mut conn, id.log(), log.lines, last).await?;
    for kept in [&mut first, &mut last] {
        kept.retain(|line| !line.starts_with(OWN));
    }
    cursor.remember(&first, &last, u64::try_from(log.lines).unwrap_or_default());
    Ok(cursor)
}

/// A mark for each line that is kept of a message.
fn marks(message: &str) -> Vec<u64> {
    let mark = |line: String| {
        let mut hasher = DefaultHasher::new();
        line.hash(&mut hasher);
        hasher.finish()
    };
    lines_of(message).into_iter().map(mark).collect()
}

/// The lines of one message, which are kept together. Its number at the source shows whether it was read before.
pub(super) struct Lines {
    lines: Vec<NewLine>,
    /// What the source calls them.
    id: Option<String>,
    /// Given back when they are kept.
    room: Option<OwnedSemaphorePermit>,
}

impl Lines {
    /// A line of our own.
    pub(super) fn own(app: &App, level: LogLevel, message: &Reason) -> Self {
        Self {
            lines: vec![NewLine {
                source: None,
                at: app.clock.now(),
                level,
                message: format!("{OWN}{message}"),
            }],
            id: None,
            room: None,
        }
    }
}

/// What the reader of a log shares with the watcher of its robot.
pub(super) struct Shared {
    /// Replaced when the token was changed.
    pub(super) connection: Mutex<RpaConnection>,
    /// Hides the run's password.
    pub(super) mask: Mask,
    /// The same for lines, which come one after the other.
    seam: Mutex<Seam>,
    /// How far the log was read, wherever its lines came from.
    cursor: Mutex<LogCursor>,
    /// The robot was seen at work.
    pub(super) begun: AtomicBool,
    /// The robot is over.
    pub(super) over: CancellationToken,
    /// The log ended, so the robot may be over.
    pub(super) ended: Notify,
    /// The API has no log of its own.
    pub(super) none: AtomicBool,
    /// The robot gave its place to others, and is looked at more rarely.
    pub(super) slow: AtomicBool,
    /// Bytes that may wait to be kept.
    room: Arc<Semaphore>,
}

impl Shared {
    pub(super) fn new(connection: &RpaConnection, mask: Mask, cursor: LogCursor) -> Self {
        Self {
            connection: Mutex::new(connection.clone()),
            seam: Mutex::new(Seam::new(mask.clone())),
            mask,
            cursor: Mutex::new(cursor),
            begun: AtomicBool::new(false),
            over: CancellationToken::new(),
            ended: Notify::new(),
            none: AtomicBool::new(false),
            slow: AtomicBool::new(false),
            room: Arc::new(Semaphore::new(ROOM)),
        }
    }

    pub(super) fn connection(&self) -> RpaConnection {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn seam(&self) -> MutexGuard<'_, Seam> {
        self.seam.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn cursor(&self) -> MutexGuard<'_, LogCursor> {
        self.cursor.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn reconnect(&self, connection: RpaConnection) {
        *self.connection.lock().unwrap_or_else(PoisonError::into_inner) = connection;
    }
}

/// Reads the log until the robot is over, however often the connection breaks. Then the rest is read: a stream to its
/// end, another log once more. This is tried again until it succeeds; the caller limits the time. Ends early when
/// nobody takes the lines any more, or when the log is too long.
pub(super) async fn tail(app: &App, id: &ExternalJobId, lines: mpsc::Sender<Lines>, shared: &Shared) {
    let mut refused = 0;
    let mut unreadable = None;
    loop {
        // Asked before reading: what was written until then is read for sure.
        let last = shared.over.is_cancelled();
        let (before, last_event_id) = {
            let cursor = shared.cursor();
            (cursor.place(), cursor.last_event_id().map(str::to_owned))
        };
        let asked = Instant::now();
        let read = app.rpa.logs(&shared.connection(), id, last_event_id.as_deref()).await;
        let took = asked.elapsed();
        let mut whole = true;
        let wait = match read {
            Ok(RpaLogs::Stream(stream)) => {
                match streamed(app, id, &lines, shared, stream, last).await {
                    Ok(unbroken) => whole = unbroken,
                    Err(Gone) => return,
                }
                // A proxy may have ended it as well.
                shared.ended.notify_one();
                if whole { LOOK } else { RECONNECT }
            }
            Ok(RpaLogs::Text(stream)) => {
                match streamed(app, id, &lines, shared, stream, last).await {
                    Ok(unbroken) => whole = unbroken,
                    Err(Gone) => return,
                }
                match whole {
                    true => (asked.elapsed() * SPARING).clamp(LOOK, LONGEST_SPARING),
                    false => RECONNECT,
                }
            }
            Ok(RpaLogs::Lines(list)) => {
                match listed(app, &lines, shared, &list, last).await {
                    Ok(read) => whole = read,
                    Err(Gone) => return,
                }
                LOOK.max(took * SPARING)
            }
            Ok(RpaLogs::TooLong { told }) => {
                // Nothing more can be read, whether or not this is kept.
                let _ = lines.send(Lines::own(app, LogLevel::Warn, &told)).await;
                return;
            }
            Ok(RpaLogs::Unsupported) => {
                // Some logs are only there once their robot has begun.
                if shared.begun.load(Ordering::Relaxed) {
                    refused += 1;
                }
                if last || refused >= REFUSED {
                    shared.none.store(true, Ordering::Relaxed);
                }
                RETRY
            }
            Err(error) => {
                if unread(app, &lines, shared, &error, &mut unreadable).await.is_err() {
                    return;
                }
                let error = shared.mask.text(format!("{error:#}"));
                tracing::debug!(job = %id, error, "the robot's log cannot be read; it is tried again");
                whole = false;
                RETRY
            }
        };
        let place = shared.cursor().place();
        if place > before {
            shared.none.store(false, Ordering::Relaxed);
        }
        if last && whole {
            return;
        }
        if last {
            tokio::time::sleep(wait).await;
        } else if shared.none.load(Ordering::Relaxed) {
            // It may have come by the end.
            shared.over.cancelled().await;
        } else if shared.slow.load(Ordering::Relaxed) {
            pause(wait.max(SLOW), &shared.over).await;
        } else {
            pause(wait, &shared.over).await;
        }
    }
}

async fn pause(length: Duration, over: &CancellationToken) {
    tokio::select! {
        () = tokio::time::sleep(length) => {}
        () = over.cancelled() => {}
    }
}

/// Nobody takes lines any more.
pub(super) struct Gone;

/// Keeps lines until all senders are gone.
///
/// # Errors
/// `LeaseLost`; a database that does not answer is waited for.
pub(super) async fn keep(job: &JobContext, id: ExecutionId, mut lines: mpsc::Receiver<Lines>) -> Result<(), Failure> {
    let mut told: Option<Instant> = None;
    let mut messages = Vec::new();
    while lines.recv_many(&mut messages, BATCH).await > 0 {
        if messages.len() < BATCH {
            tokio::time::sleep(GATHER).await;
            while messages.len() < BATCH
                && let Ok(message) = lines.try_recv()
            {
                messages.push(message);
            }
        }
        let tell = told.is_none_or(|at| at.elapsed() >= TELL);
        if tell {
            told = Some(Instant::now());
        }
        let mut batch = Vec::new();
        let mut rooms = Vec::new();
        let mut source_id = None;
        for message in messages.drain(..) {
            source_id = message.id.or(source_id);
            batch.extend(message.lines);
            rooms.push(message.room);
        }
        let batch = Arc::new(LogBatch {
            log: id.log(),
            job: job.row().id,
            fence: job.row().fence,
            source_lines: batch
                .iter()
                .filter_map(|line: &NewLine| line.source)
                .max()
                .unwrap_or_default(),
            source_id,
            lines: batch,
            tell: tell.then_some((Topic::Executions, id.0)),
        });
        loop {
            match job.app.log_writer.write(Arc::clone(&batch)).await {
                Ok(()) => break,
                Err(Failure::Technical(error)) => {
                    tracing::warn!(execution = %id, error = format!("{error:#}"), "lines wait for the database");
                    tokio::time::sleep(RETRY).await;
                }
                Err(failure) => return Err(failure),
            }
        }
        drop(rooms);
    }
    Ok(())
}
