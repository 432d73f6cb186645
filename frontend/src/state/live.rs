//! One `EventSource` per tab. An event says only "this topic changed"; pages that show the topic read it again.

use std::{cell::RefCell, rc::Rc, time::Duration};

use esteira_shared::event::{Change, Topic};
use leptos::prelude::*;
use send_wrapper::SendWrapper;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{EventSource, MessageEvent};

use super::session::use_session;
use crate::api;

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
    /// Topics that changed and are not told yet.
    gathered: StoredValue<Vec<Topic>>,
    stream: StoredValue<Option<SendWrapper<Rc<Stream>>>>,
    retry_ms: StoredValue<u64>,
    greeted: StoredValue<bool>,
}

type Listener = Closure<dyn Fn(MessageEvent)>;

/// The open stream with its listeners, which must live as long as it does.
struct Stream {
    source: EventSource,
    listeners: RefCell<Vec<Listener>>,
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.source.close();
    }
}

impl Live {
    pub fn provide() -> Self {
        let live = Self {
            state: RwSignal::new(LiveState::Reconnecting),
            revisions: StoredValue::new(Topic::ALL.iter().map(|_| RwSignal::new(0)).collect()),
            gathered: StoredValue::new(Vec::new()),
            stream: StoredValue::new(None),
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
        let Ok(source) = EventSource::new(api::EVENTS_URL) else {
            return;
        };
        let stream = Rc::new(Stream {
            source,
            listeners: RefCell::default(),
        });
        self.listen(&stream, "hello", move |_| self.on_hello());
        self.listen(&stream, "change", move |event| {
            if let Some(change) = event
                .data()
                .as_string()
                .and_then(|text| serde_json::from_str::<Change>(&text).ok())
            {
                self.on_change(change.topic);
            }
        });
        // The server could not keep up with us and dropped some events.
        self.listen(&stream, "reset", move |_| self.changed_all());
        let source = stream.source.clone();
        self.listen(&stream, "error", move |_| self.on_error(&source));
        self.stream.set_value(Some(SendWrapper::new(stream)));
    }

    /// Closes the stream; called at sign-out.
    pub fn close(self) {
        self.stream.set_value(None);
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
            self.stream.set_value(None);
            self.state.set(LiveState::Paused);
        }
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

    fn on_hello(self) {
        self.state.set(LiveState::Connected);
        self.retry_ms.set_value(RETRY_FIRST);
        // What happened while nobody listened is not told again: everything on screen is read once more.
        if self.greeted.get_value() {
            self.changed_all();
        }
        self.greeted.set_value(true);
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

    /// The browser reconnects by itself after a cut, but gives up after an HTTP error (the server restarting behind a
    /// proxy): then we try again, ever more slowly.
    fn on_error(self, source: &EventSource) {
        if self.state.get_untracked() == LiveState::Paused {
            return;
        }
        self.state.set(LiveState::Reconnecting);
        if source.ready_state() != EventSource::CLOSED {
            return;
        }
        let wait = self.retry_ms.get_value();
        self.retry_ms.set_value((wait * 2).min(RETRY_MOST));
        // A stream refused because the session is over must send the person to sign in, not retry for ever.
        use_session_of_tab().refresh();
        set_timeout(
            move || {
                let open = self.stream.with_value(Option::is_some);
                if open && self.state.get_untracked() == LiveState::Reconnecting {
                    self.open();
                }
            },
            Duration::from_millis(wait),
        );
    }

    fn listen(self, stream: &Rc<Stream>, name: &str, handle: impl Fn(MessageEvent) + 'static) {
        let listener = Listener::new(handle);
        let _ = stream
            .source
            .add_event_listener_with_callback(name, listener.as_ref().unchecked_ref());
        stream.listeners.borrow_mut().push(listener);
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
