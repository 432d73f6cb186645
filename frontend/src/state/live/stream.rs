//! One open `EventSource` with its listeners, which must live as long as it does.

use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{EventSource, MessageEvent};

type Listener = Closure<dyn Fn(MessageEvent)>;

pub(super) struct Stream {
    /// Tells the streams of a tab apart.
    pub(super) id: u64,
    /// The watch whose log it brings.
    pub(super) watch: Option<u64>,
    source: EventSource,
    listeners: Vec<Listener>,
}

impl Stream {
    /// `None` where the browser refuses.
    pub(super) fn open(id: u64, watch: Option<u64>, address: &str) -> Option<Self> {
        Some(Self {
            id,
            watch,
            source: EventSource::new(address).ok()?,
            listeners: Vec::new(),
        })
    }

    pub(super) fn listen(&mut self, name: &str, handle: impl Fn(MessageEvent) + 'static) {
        let listener = Listener::new(handle);
        let _ = self
            .source
            .add_event_listener_with_callback(name, listener.as_ref().unchecked_ref());
        self.listeners.push(listener);
    }

    /// The browser will not try again by itself.
    pub(super) fn is_closed(&self) -> bool {
        self.source.ready_state() == EventSource::CLOSED
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.source.close();
    }
}
