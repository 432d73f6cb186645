//! Reads a robot's log from the API, line by line, and keeps it in batches.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use esteira_shared::{event::Topic, ids::ExecutionId, reason::Reason, status::LogLevel};
use futures_util::{StreamExt as _, stream::BoxStream};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, mpsc};
use tokio_util::sync::CancellationToken;

use crate::{
    app::{App, JobContext},
    engine::Failure,
    integrations::rpa::{ExternalJobId, Mask, RpaConnection, RpaError, RpaLogLine, RpaLogs, Seam},
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
const RETRY: Duration = Duration::from_secs(1);
/// Between two looks at a robot, and at its log, of which nobody knows whether it is over.
pub(super) const SLOW: Duration = Duration::from_secs(10);
/// Refusals after which the API is taken to have no log.
const REFUSED: u32 = 3;
/// How long a line that may hold the beginning of a password waits for the next one.
const SHARED_WAIT: Duration = Duration::from_millis(300);
/// Before a broken stream is opened again.
const RECONNECT: Duration = Duration::from_millis(200);

/// Lines of the source that were kept by earlier attempts.
pub(super) async fn taken_so_far(job: &JobContext, id: ExecutionId) -> Result<u64, Failure> {
    let mut conn = job.app.db.read().await?;
    let log = logs::find(&mut conn, job.organization_id(), id.log()).await?;
    Ok(log.map_or(0, |log| u64::try_from(log.source_lines).unwrap_or_default()))
}

/// The lines of one message, which are kept together. Its number at the source shows whether it was read before.
pub(super) struct Lines {
    lines: Vec<NewLine>,
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
                message: format!("[esteira] {message}"),
            }],
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
    pub(super) fn new(connection: &RpaConnection, mask: Mask) -> Self {
        Self {
            connection: Mutex::new(connection.clone()),
            seam: Mutex::new(Seam::new(mask.clone())),
            mask,
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

    pub(super) fn reconnect(&self, connection: RpaConnection) {
        *self.connection.lock().unwrap_or_else(PoisonError::into_inner) = connection;
    }
}

/// Reads the log until the robot is over, however often the connection breaks. Then the rest is read: a stream to its
/// end, another log once more. This is tried again until it succeeds; the caller limits the time. Ends early when
/// nobody takes the lines any more, or when the log is too long.
pub(super) async fn tail(app: &App, id: &ExternalJobId, mut after: u64, lines: mpsc::Sender<Lines>, shared: &Shared) {
    let mut refused = 0;
    loop {
        // Asked before reading: what was written until then is read for sure.
        let last = shared.over.is_cancelled();
        let before = after;
        let asked = Instant::now();
        let read = app.rpa.logs(&shared.connection(), id, after).await;
        let took = asked.elapsed();
        let mut whole = true;
        let wait = match read {
            Ok(RpaLogs::Stream(mut stream)) => {
                while let Some(line) = next(&mut stream, app, &lines, shared).await {
                    match line {
                        Ok(line) => {
                            after = after.max(line.number);
                            if send(app, &lines, shared, line).await.is_err() {
                                return;
                            }
                        }
                        Err(error) => {
                            let error = shared.mask.text(format!("{error:#}"));
                            tracing::debug!(job = %id, error, "the robot's log broke off; it is read on");
                            whole = false;
                        }
                    }
                }
                if send_rest(app, &lines, shared).await.is_err() {
                    return;
                }
                // A proxy may have ended it as well.
                shared.ended.notify_one();
                if whole { LOOK } else { RECONNECT }
            }
            Ok(RpaLogs::Lines(all)) => {
                for line in all {
                    after = after.max(line.number);
                    if send(app, &lines, shared, line).await.is_err() {
                        return;
                    }
                }
                if send_rest(app, &lines, shared).await.is_err() {
                    return;
                }
                LOOK.max(took * SPARING)
            }
            Ok(RpaLogs::TooLong { max_bytes }) => {
                let told = Reason::LogTooLong {
                    most_mib: max_bytes / (1024 * 1024),
                };
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
                let error = shared.mask.text(format!("{error:#}"));
                tracing::debug!(job = %id, error, "the robot's log cannot be read; it is tried again");
                whole = false;
                RETRY
            }
        };
        if after > before {
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

/// The next line of a stream. A line that waits for it does so for a short time only.
async fn next(
    stream: &mut BoxStream<'static, Result<RpaLogLine, RpaError>>,
    app: &App,
    lines: &mpsc::Sender<Lines>,
    shared: &Shared,
) -> Option<Result<RpaLogLine, RpaError>> {
    if shared.seam().is_waiting() {
        if let Ok(next) = tokio::time::timeout(SHARED_WAIT, stream.next()).await {
            return next;
        }
        // When nobody takes them any more, the next line will say so.
        let _ = send_rest(app, lines, shared).await;
    }
    stream.next().await
}

/// One message of the robot as one line or several. It may have to wait for the one after it, or for [`send_rest`].
pub(super) async fn send(
    app: &App,
    lines: &mpsc::Sender<Lines>,
    shared: &Shared,
    line: RpaLogLine,
) -> Result<(), Gone> {
    let ready = shared.seam().push(line);
    send_all(app, lines, shared, ready).await
}

/// The messages that still wait for another one.
pub(super) async fn send_rest(app: &App, lines: &mpsc::Sender<Lines>, shared: &Shared) -> Result<(), Gone> {
    let rest = shared.seam().rest();
    send_all(app, lines, shared, rest).await
}

/// Waits while too much is still to be kept.
async fn send_all(
    app: &App,
    lines: &mpsc::Sender<Lines>,
    shared: &Shared,
    messages: Vec<RpaLogLine>,
) -> Result<(), Gone> {
    for line in messages {
        let source = i64::try_from(line.number).unwrap_or(i64::MAX);
        let at = line.at.unwrap_or_else(|| app.clock.now());
        let text = line.message;
        let bytes = u32::try_from(text.len().min(ROOM)).unwrap_or(1);
        let room = Arc::clone(&shared.room)
            .acquire_many_owned(bytes)
            .await
            .map_err(|_| Gone)?;
        let new = lines_of(&text).into_iter().map(|message| NewLine {
            source: Some(source),
            at,
            level: line.level,
            message,
        });
        let message = Lines {
            lines: new.collect(),
            room: Some(room),
        };
        lines.send(message).await.map_err(|_| Gone)?;
    }
    Ok(())
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
        let (batch, rooms): (Vec<Vec<NewLine>>, Vec<_>) =
            messages.drain(..).map(|message| (message.lines, message.room)).unzip();
        let batch: Vec<NewLine> = batch.into_iter().flatten().collect();
        let batch = Arc::new(LogBatch {
            log: id.log(),
            job: job.row().id,
            fence: job.row().fence,
            source_lines: batch.iter().filter_map(|line| line.source).max().unwrap_or_default(),
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
