//! One `EventSource` per tab. An event only says "this topic changed"; pages that show the topic read it again. The
//! same stream may bring the lines of one log (`live/log.rs`).

mod log;
mod stream;

use std::{rc::Rc, time::Duration};

use esteira_shared::event::{Change, Topic};
use leptos::prelude::*;
use send_wrapper::SendWrapper;

use super::session::use_session;
use crate::api;
use log::Watched;
pub use log::{LogFlow, LogNews, LogWatch};
use stream::Stream;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LiveState {
    Connected,
    Reconnecting,
    /// The person asked for quiet.
    Paused,
}

/// Many rows may change at once (a bulk action): one refetch covers them.
const GATHER: Duration = Duration::from_millis(250);
const RETRY_FIRST: u64 = 2_000;
const RETRY_MOST: u64 = 30_000;

#[derive(Clone, Copy)]
pub struct Live {
    pub state: RwSignal<LiveState>,
    /// Counts up, one per topic, in the order of `Topic::ALL`.
    revisions: StoredValue<Vec<RwSignal<u64>>>,
    /// Topics that changed, for pages to be told soon.
    gathered: StoredValue<Vec<Topic>>,
    /// The stream that is listened to.
    stream: StoredValue<Option<SendWrapper<Stream>>>,
    /// The next stream. It replaces the other with its first event, so that nothing is missed in between.
    next: StoredValue<Option<SendWrapper<Stream>>>,
    watched: StoredValue<Option<SendWrapper<Rc<Watched>>>>,
    /// Streams and watches so far.
    numbers: StoredValue<u64>,
    retry_ms: StoredValue<u64>,
    greeted: StoredValue<bool>,
}

impl Live {
    pub fn provide() -> Self {
        let live = Self {
            state: RwSignal::new(LiveState::Reconnecting),
            revisions: StoredValue::new(Topic::ALL.iter().map(|_| RwSignal::new(0)).collect()),
            gathered: StoredValue::new(Vec::new()),
            stream: StoredValue::new(None),
            next: StoredValue::new(None),
            watched: StoredValue::new(None),
            numbers: StoredValue::new(0),
            retry_ms: StoredValue::new(RETRY_FIRST),
            greeted: StoredValue::new(false),
        };
        provide_context(live);
        live
    }

    /// Tracks a topic: the caller runs again when it changes.
    pub fn track(self, topic: Topic) {
        if let Some(revision) = self.revision(topic) {
            revision.track();
        }
    }

    /// Opens the stream; called once somebody is signed in.
    pub fn open(self) {
        if self.state.get_untracked() == LiveState::Paused {
            return;
        }
        self.next.set_value(None);
        if let Some(stream) = self.connect() {
            self.stream.set_value(Some(stream));
        }
    }

    /// Closes the stream; called at sign-out.
    pub fn close(self) {
        self.stop();
        self.greeted.set_value(false);
        if self.state.get_untracked() != LiveState::Paused {
            self.state.set(LiveState::Reconnecting);
        }
    }

    /// Pauses, or resumes and reads everything again.
    pub fn toggle(self) {
        if self.state.get_untracked() == LiveState::Paused {
            self.state.set(LiveState::Reconnecting);
            self.open();
        } else {
            self.stop();
            self.state.set(LiveState::Paused);
        }
    }

    fn stop(self) {
        self.next.set_value(None);
        self.stream.set_value(None);
    }

    /// A watch began or ended. A new stream is opened, with or without a log, and replaces the old one at its first
    /// event. Until then both tell of changes, which does no harm, and none is missed.
    fn switch(self) {
        let Some(Some(heard)) = self
            .stream
            .try_with_value(|stream| stream.as_ref().map(|stream| stream.watch))
        else {
            // Paused or signed out: opened later, with what is wished for then.
            return;
        };
        let wish = self.watched_now().map(|watched| watched.id);
        let opening = self.next.with_value(|next| next.as_ref().map(|next| next.watch));
        if opening == Some(wish) {
            return;
        }
        if heard == wish {
            self.next.set_value(None);
        } else if self.state.get_untracked() == LiveState::Connected {
            let next = self.connect();
            self.next.set_value(next);
        } else {
            self.open();
        }
    }

    fn connect(self) -> Option<SendWrapper<Stream>> {
        let watched = self.watched_now();
        let address = api::events_address(watched.as_ref().map(|watched| watched.place()));
        let id = self.number();
        let mut stream = Stream::open(id, watched.map(|watched| watched.id), &address)?;
        stream.listen("hello", move |_| self.on_hello(id));
        stream.listen("change", move |event| {
            if let Some(change) = event
                .data()
                .as_string()
                .and_then(|text| serde_json::from_str::<Change>(&text).ok())
            {
                self.on_change(change.topic);
            }
        });
        // The server could not keep up with us and dropped some events.
        stream.listen("reset", move |_| self.changed_all());
        stream.listen("error", move |_| self.on_error(id));
        self.listen_to_log(&mut stream);
        Some(SendWrapper::new(stream))
    }

    fn number(self) -> u64 {
        let number = self.numbers.get_value() + 1;
        self.numbers.set_value(number);
        number
    }

    /// Everything may have changed: while away, or by one's own bulk action.
    pub fn changed_all(self) {
        for revision in self.revisions.get_value() {
            revision.update(|count| *count += 1);
        }
    }

    fn revision(self, topic: Topic) -> Option<RwSignal<u64>> {
        let index = Topic::ALL.iter().position(|one| *one == topic)?;
        self.revisions.with_value(|all| all.get(index).copied())
    }

    fn on_hello(self, id: u64) {
        let switched = self.is(self.next, id);
        if switched {
            let next = self.next.try_update_value(Option::take).flatten();
            self.stream.set_value(next);
        } else if !self.is(self.stream, id) {
            return;
        }
        let heard_all = switched && self.state.get_untracked() == LiveState::Connected;
        if self.state.get_untracked() != LiveState::Connected {
            self.state.set(LiveState::Connected);
        }
        self.retry_ms.set_value(RETRY_FIRST);
        // What happened while nobody listened is not told again: everything on screen is read once more.
        if self.greeted.get_value() && !heard_all {
            self.changed_all();
        }
        self.greeted.set_value(true);
        if let Some(watched) = self.watched_now() {
            watched.caught_up();
        }
    }

    fn is(self, place: StoredValue<Option<SendWrapper<Stream>>>, id: u64) -> bool {
        place.with_value(|stream| stream.as_ref().is_some_and(|stream| stream.id == id))
    }

    fn on_change(self, topic: Topic) {
        let first = self.gathered.with_value(Vec::is_empty);
        self.gathered.update_value(|topics| {
            if !topics.contains(&topic) {
                topics.push(topic);
            }
        });
        if first {
            set_timeout(move || self.tell(), GATHER);
        }
    }

    fn tell(self) {
        let topics = self.gathered.try_update_value(std::mem::take).unwrap_or_default();
        for topic in topics {
            if topic == Topic::Session {
                use_session_of_tab().refresh();
            }
            if let Some(revision) = self.revision(topic) {
                revision.update(|count| *count += 1);
            }
        }
    }

    /// After a cut the browser reconnects by itself. After an HTTP error (the server restarts behind a proxy) it gives
    /// up; then we try again, more and more slowly.
    fn on_error(self, id: u64) {
        if self.state.get_untracked() == LiveState::Paused {
            return;
        }
        let given_up = |place: StoredValue<Option<SendWrapper<Stream>>>| {
            place.with_value(|stream| stream.as_ref().is_some_and(|stream| stream.is_closed()))
        };
        if self.is(self.next, id) {
            // The one that is heard goes on meanwhile.
            if given_up(self.next) {
                self.later(move || {
                    if self.is(self.next, id) {
                        self.next.set_value(None);
                        self.switch();
                    }
                });
            }
            return;
        }
        if !self.is(self.stream, id) {
            return;
        }
        self.state.set(LiveState::Reconnecting);
        if given_up(self.stream) {
            self.later(move || {
                if self.is(self.stream, id) && self.state.get_untracked() == LiveState::Reconnecting {
                    self.open();
                }
            });
        }
    }

    fn later(self, act: impl FnOnce() + 'static) {
        let wait = self.retry_ms.get_value();
        self.retry_ms.set_value((wait * 2).min(RETRY_MOST));
        // A stream refused because the session is over must send the person to sign in, not retry for ever.
        use_session_of_tab().refresh();
        set_timeout(act, Duration::from_millis(wait));
    }
}

thread_local! {
    static SESSION: std::cell::Cell<Option<super::Session>> = const { std::cell::Cell::new(None) };
}

/// Event listeners run outside the component tree, where no context is found.
fn use_session_of_tab() -> super::Session {
    SESSION.with(|cell| {
        let session = cell.get().unwrap_or_else(use_session);
        cell.set(Some(session));
        session
    })
}

/// Remembers the session for the listeners; called by `app`.
pub fn remember_session(session: super::Session) {
    SESSION.with(|cell| cell.set(Some(session)));
}

pub fn use_live() -> Live {
    use_context::<Live>().unwrap_or_else(Live::provide)
}
