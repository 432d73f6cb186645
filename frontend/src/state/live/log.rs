//! The lines of one log on the tab's live stream.
//!
//! `let watch = live.watch_log(log, newest, move |news| match news { … })`, and `live.unwatch_log(watch)` when the page
//! that shows it goes. One log at a time: only the newest watch is told.

use std::{cell::Cell, rc::Rc, time::Duration};

use esteira_shared::{
    dto::logs::{LogChunk, LogLineDto},
    ids::LogId,
};
use leptos::prelude::*;
use send_wrapper::SendWrapper;

use super::{Live, stream::Stream};

/// How the lines come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFlow {
    /// As they are written.
    Live,
    /// This reader was too slow; they come from the store, many at once, until it has caught up.
    Behind,
    /// The run is over and every line was told.
    Ended,
}

/// What a watch is told.
pub enum LogNews {
    /// Newer than all before, in order. There is a gap when the first does not follow the last one before.
    Lines(Vec<LogLineDto>),
    Flow(LogFlow),
}

/// Gives the watch back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogWatch(u64);

pub(super) struct Watched {
    pub(super) id: u64,
    log: LogId,
    /// Number of the newest line told; the next stream begins after it.
    seen: Cell<i64>,
    flow: Cell<LogFlow>,
    told: Box<dyn Fn(LogNews)>,
}

/// The next page may watch a log too. So the stream is changed once for both.
const LINGER: Duration = Duration::from_millis(300);
/// Chunks from the store have more lines than this, except the last one.
const FROM_STORE: usize = 200;
/// A reader that is behind and hears nothing for this long has caught up.
const QUIET: Duration = Duration::from_secs(2);

impl Watched {
    /// For the address of a stream.
    pub(super) fn place(&self) -> (LogId, i64) {
        (self.log, self.seen.get())
    }

    fn set_flow(&self, flow: LogFlow) {
        if self.flow.replace(flow) != flow {
            (self.told)(LogNews::Flow(flow));
        }
    }

    /// Nothing lies between the server and us any more.
    pub(super) fn caught_up(&self) {
        if self.flow.get() == LogFlow::Behind {
            self.set_flow(LogFlow::Live);
        }
    }

    fn take(&self, chunk: LogChunk) {
        if chunk.log_id != self.log {
            return;
        }
        let seen = self.seen.get();
        let lines: Vec<LogLineDto> = chunk.lines.into_iter().filter(|line| line.seq > seen).collect();
        let Some(newest) = lines.last().map(|line| line.seq) else {
            return;
        };
        self.seen.set(newest);
        if lines.len() < FROM_STORE {
            self.caught_up();
        }
        (self.told)(LogNews::Lines(lines));
    }
}

impl Live {
    /// Tells the lines of a log after the line of that number, until `unwatch_log`. Nothing comes while the person has
    /// paused live data; afterwards it goes on where it was.
    pub fn watch_log(self, log: LogId, after: i64, told: impl Fn(LogNews) + 'static) -> LogWatch {
        let id = self.number();
        let watched = Watched {
            id,
            log,
            seen: Cell::new(after),
            flow: Cell::new(LogFlow::Live),
            told: Box::new(told),
        };
        self.watched.set_value(Some(SendWrapper::new(Rc::new(watched))));
        self.switch();
        LogWatch(id)
    }

    pub fn unwatch_log(self, watch: LogWatch) {
        if self.watched_now().is_some_and(|watched| watched.id == watch.0) {
            self.watched.set_value(None);
            set_timeout(move || self.switch(), LINGER);
        }
    }

    pub(super) fn watched_now(self) -> Option<Rc<Watched>> {
        self.watched.try_get_value().flatten().map(SendWrapper::take)
    }

    /// The events that only a stream with a log has. Events of a log that is no longer watched are ignored: their
    /// stream is about to be closed.
    pub(super) fn listen_to_log(self, stream: &mut Stream) {
        let Some(id) = stream.watch else { return };
        let watched = move || self.watched_now().filter(|watched| watched.id == id);
        stream.listen("log", move |event| {
            let chunk = event
                .data()
                .as_string()
                .and_then(|text| serde_json::from_str::<LogChunk>(&text).ok());
            if let (Some(watched), Some(chunk)) = (watched(), chunk) {
                watched.take(chunk);
            }
        });
        stream.listen("behind", move |_| {
            if let Some(watched) = watched() {
                watched.set_flow(LogFlow::Behind);
                look_again(watched);
            }
        });
        stream.listen("log_end", move |_| {
            if let Some(watched) = watched() {
                watched.set_flow(LogFlow::Ended);
            }
        });
    }
}

/// The last chunk from the store may be a full one, and nothing comes after it.
fn look_again(watched: Rc<Watched>) {
    let seen = watched.seen.get();
    set_timeout(
        move || {
            if watched.flow.get() != LogFlow::Behind {
                return;
            }
            if watched.seen.get() == seen {
                watched.set_flow(LogFlow::Live);
            } else {
                look_again(watched);
            }
        },
        QUIET,
    );
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use esteira_shared::status::LogLevel;
    use uuid::Uuid;

    use super::*;

    const MINE: LogId = LogId(Uuid::from_u128(1));
    const OTHER: LogId = LogId(Uuid::from_u128(2));

    fn chunk(log_id: LogId, from: i64, to: i64) -> LogChunk {
        let lines = (from..=to).map(|seq| LogLineDto {
            seq,
            at: chrono::DateTime::UNIX_EPOCH.into(),
            level: LogLevel::Info,
            message: String::new(),
        });
        LogChunk {
            log_id,
            lines: lines.collect(),
        }
    }

    fn watched(after: i64) -> (Watched, Rc<RefCell<Vec<String>>>) {
        let said = Rc::new(RefCell::new(Vec::new()));
        let ear = Rc::clone(&said);
        let watched = Watched {
            id: 1,
            log: MINE,
            seen: Cell::new(after),
            flow: Cell::new(LogFlow::Live),
            told: Box::new(move |news| {
                ear.borrow_mut().push(match news {
                    LogNews::Flow(flow) => format!("{flow:?}"),
                    LogNews::Lines(lines) => {
                        let ends = (lines.first(), lines.last());
                        format!("{:?}-{:?}", ends.0.map(|line| line.seq), ends.1.map(|line| line.seq))
                    }
                });
            }),
        };
        (watched, said)
    }

    #[test]
    fn each_line_is_told_once() {
        let (watched, said) = watched(10);
        watched.take(chunk(MINE, 8, 12));
        watched.take(chunk(MINE, 8, 12));
        watched.take(chunk(OTHER, 13, 20));
        watched.take(chunk(MINE, 15, 16));
        assert_eq!(*said.borrow(), ["Some(11)-Some(12)", "Some(15)-Some(16)"]);
        assert_eq!(watched.place(), (MINE, 16), "the next stream begins there");
    }

    #[test]
    fn a_short_chunk_has_caught_up() {
        let (watched, said) = watched(0);
        watched.set_flow(LogFlow::Behind);
        watched.take(chunk(MINE, 1, 500));
        watched.take(chunk(MINE, 501, 520));
        watched.set_flow(LogFlow::Ended);
        watched.caught_up();
        assert_eq!(
            *said.borrow(),
            ["Behind", "Some(1)-Some(500)", "Live", "Some(501)-Some(520)", "Ended"]
        );
    }
}
