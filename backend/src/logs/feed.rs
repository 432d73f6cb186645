//! Logs as they grow. New lines are read once and encoded once for everybody in this process who watches the log.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};

use bytes::Bytes;
use esteira_shared::ids::{LogId, OrganizationId};
use tokio::sync::{Notify, broadcast};
use tokio_util::sync::CancellationToken;

use super::{find, read};
use crate::{bus::Bus, db::Database, error::AppResult};

/// Signals are only hints: when they are lost, new lines are still seen within this time.
const POLL: Duration = Duration::from_secs(2);
/// Batches a watcher may lag behind. After that it reads from the store until it has caught up.
const CAPACITY: usize = 64;
/// Rows the feed reads at once.
const ROWS: i64 = 64;
/// Rows a watcher that is behind reads at once while they are short.
const SHORT_ROWS: i64 = 8;
const SHORT_BYTES: usize = 4 * 1024;

/// The logs that somebody watches.
pub struct LogFeeds {
    db: Database,
    bus: Bus,
    stopping: CancellationToken,
    watched: Mutex<HashMap<LogId, Weak<Feed>>>,
}

/// One watched log.
struct Feed {
    sender: broadcast::Sender<News>,
}

/// What is new in a log.
#[derive(Clone)]
enum News {
    /// The feed begins after this line. Each watcher reads earlier lines itself.
    At {
        lines: i64,
    },
    Lines {
        first: i64,
        last: i64,
        frame: Bytes,
    },
    /// Nothing comes after this line.
    Ended {
        lines: i64,
    },
}

/// What to send to a watcher.
pub enum Seen {
    /// Server-sent events, encoded.
    Lines(Bytes),
    /// It was too slow: the next lines come from the store.
    Behind,
    Ended,
}

/// One reader who watches a log. Holds no lines: the feed holds them once for all watchers.
pub struct Watch {
    db: Database,
    log: LogId,
    organization: OrganizationId,
    /// Keeps the feed alive until the log is over.
    feed: Option<Arc<Feed>>,
    receiver: broadcast::Receiver<News>,
    /// Number of the last line that was sent.
    sent: i64,
    /// Reads from the store.
    behind: bool,
    rows: i64,
    /// The log ended, and everything of it was sent.
    ended: bool,
    /// The end was said.
    over: bool,
}

impl LogFeeds {
    /// Once `stopping` is cancelled, feeds read nothing more.
    #[must_use]
    pub fn new(db: Database, bus: Bus, stopping: CancellationToken) -> Self {
        Self {
            db,
            bus,
            stopping,
            watched: Mutex::default(),
        }
    }

    /// Watches a log from after a line on.
    pub fn watch(&self, organization: OrganizationId, log: LogId, after: i64) -> Watch {
        let feed = self.feed(organization, log);
        Watch {
            db: self.db.clone(),
            log,
            organization,
            receiver: feed.sender.subscribe(),
            feed: Some(feed),
            sent: after.max(0),
            behind: true,
            rows: 1,
            ended: false,
            over: false,
        }
    }

    fn feed(&self, organization: OrganizationId, log: LogId) -> Arc<Feed> {
        let mut feeds = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(feed) = feeds.get(&log).and_then(Weak::upgrade) {
            return feed;
        }
        let (sender, _) = broadcast::channel(CAPACITY);
        let feed = Arc::new(Feed { sender });
        feeds.retain(|_, feed| feed.strong_count() > 0);
        feeds.insert(log, Arc::downgrade(&feed));
        let wake = self.bus.log_wake(log);
        let stopping = self.stopping.clone();
        let follow = follow(
            self.db.clone(),
            organization,
            log,
            Arc::downgrade(&feed),
            wake,
            stopping,
        );
        tokio::spawn(follow);
        feed
    }
}

/// Reads what is new for as long as somebody watches.
async fn follow(
    db: Database,
    organization: OrganizationId,
    log: LogId,
    feed: Weak<Feed>,
    wake: Arc<Notify>,
    stopping: CancellationToken,
) {
    let mut position = None;
    loop {
        let Some(feed) = feed.upgrade() else {
            // Another feed may have begun meanwhile, and this may have taken its call.
            wake.notify_one();
            return;
        };
        if let Err(error) = news(&db, organization, log, &feed, &mut position).await {
            tracing::warn!(%log, error = %error, "cannot read what is new in a log");
        }
        drop(feed);
        tokio::select! {
            () = wake.notified() => {}
            () = tokio::time::sleep(POLL) => {}
            () = stopping.cancelled() => return,
        }
    }
}

async fn news(
    db: &Database,
    organization: OrganizationId,
    log: LogId,
    feed: &Feed,
    position: &mut Option<i64>,
) -> AppResult<()> {
    let mut conn = db.read().await?;
    let Some(state) = find(&mut conn, organization, log).await? else {
        return Ok(());
    };
    if position.is_none() {
        let _ = feed.sender.send(News::At { lines: state.lines });
    }
    let mut at = *position.get_or_insert(state.lines);
    while at < state.lines {
        let chunks = read::chunks(&mut conn, log, at + 1, i64::MAX, ROWS).await?;
        let Some(last) = chunks.last() else { break };
        at = last.last_seq;
        for chunk in chunks {
            // Nobody listening any more is fine.
            let _ = feed.sender.send(News::Lines {
                first: chunk.first_seq,
                last: chunk.last_seq,
                frame: frame(log, chunk.last_seq, &chunk.lines),
            });
        }
        *position = Some(at);
    }
    if state.ended {
        let _ = feed.sender.send(News::Ended { lines: state.lines });
    }
    Ok(())
}

impl Watch {
    /// The next thing to send; nothing more comes after the end. May be dropped while it waits.
    ///
    /// # Errors
    /// When the database does not answer while the watcher reads from the store.
    pub async fn next(&mut self) -> AppResult<Seen> {
        if self.over {
            return std::future::pending().await;
        }
        loop {
            if let Some(seen) = self.from_store().await? {
                return Ok(seen);
            }
            match self.receiver.recv().await {
                Ok(News::Lines { first, last, frame }) if first == self.sent + 1 => {
                    self.sent = last;
                    return Ok(Seen::Lines(frame));
                }
                Ok(News::Lines { last, .. }) if last <= self.sent => {}
                Ok(News::At { lines }) => self.behind = lines > self.sent,
                // Between catching up and listening something was written.
                Ok(News::Lines { .. }) => self.behind = true,
                Ok(News::Ended { lines }) if lines <= self.sent => return Ok(self.end()),
                Ok(News::Ended { .. }) => self.behind = true,
                Err(broadcast::error::RecvError::Lagged(_)) => {
                    self.behind = true;
                    return Ok(Seen::Behind);
                }
                // The feed lives as long as this.
                Err(broadcast::error::RecvError::Closed) => return Ok(self.end()),
            }
        }
    }

    /// True while it reads from the store.
    #[must_use]
    pub fn is_behind(&self) -> bool {
        self.behind && !self.over
    }

    /// The lines of the store that were not sent yet, while the watcher is behind. It never waits for new lines, so the
    /// caller need not listen to anything else meanwhile.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn from_store(&mut self) -> AppResult<Option<Seen>> {
        if !self.behind || self.over {
            return Ok(None);
        }
        if let Some(frame) = self.catch_up().await? {
            return Ok(Some(Seen::Lines(frame)));
        }
        self.behind = false;
        Ok(self.ended.then(|| self.end()))
    }

    fn end(&mut self) -> Seen {
        self.over = true;
        self.feed = None;
        Seen::Ended
    }

    /// The next lines of the store, or nothing when all were sent.
    async fn catch_up(&mut self) -> AppResult<Option<Bytes>> {
        let mut conn = self.db.read_long().await?;
        let found = read::chunks(&mut conn, self.log, self.sent + 1, i64::MAX, self.rows).await?;
        let (Some(first), Some(last)) = (found.first(), found.last()) else {
            let state = find(&mut conn, self.organization, self.log).await?;
            self.ended = state.is_none_or(|state| state.ended && state.lines <= self.sent);
            return Ok(None);
        };
        let short = found.iter().all(|chunk| chunk.lines.len() <= SHORT_BYTES);
        self.rows = if short { SHORT_ROWS } else { 1 };
        let lines = last.last_seq;
        let frames = if first.first_seq == self.sent + 1 {
            found
                .iter()
                .flat_map(|chunk| frame(self.log, chunk.last_seq, &chunk.lines))
                .collect()
        } else {
            // From the middle of what was written together.
            let wanted = read::lines(&mut conn, self.log, self.sent + 1, lines - self.sent).await?;
            let text = serde_json::to_string(&wanted).map_err(crate::error::AppError::internal)?;
            frame(self.log, lines, &text)
        };
        self.sent = lines;
        Ok(Some(frames))
    }
}

/// A [`esteira_shared::dto::logs::LogChunk`] as an event whose id is its last line's number.
fn frame(log: LogId, last: i64, lines: &str) -> Bytes {
    Bytes::from(format!(
        "event: log\nid: {last}\ndata: {{\"log_id\":\"{log}\",\"lines\":{lines}}}\n\n"
    ))
}
