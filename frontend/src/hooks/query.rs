//! Reads something from the server and keeps it fresh.

use std::{future::Future, pin::Pin, rc::Rc};

use esteira_shared::event::Topic;
use leptos::{prelude::*, task::spawn_local};

use crate::{
    api::{ApiError, ApiResult},
    state::live::use_live,
};

/// What was read, and whether reading goes on. Old data stays while new data is loading.
pub struct Query<T: Send + Sync + 'static> {
    pub data: RwSignal<Option<T>>,
    /// Of the last read; old data may still be there.
    pub error: RwSignal<Option<ApiError>>,
    pub loading: RwSignal<bool>,
    /// While true, changes told by the live stream wait in `waiting`, so that no row moves under the pointer.
    pub held: RwSignal<bool>,
    pub waiting: RwSignal<Option<T>>,
    wish: RwSignal<u32>,
    glances: RwSignal<u64>,
    /// The person did not ask for the read that is on its way, so the screen is not dimmed.
    quiet: RwSignal<bool>,
}

impl<T: Send + Sync + 'static> Clone for Query<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Query<T> {}

impl<T: Send + Sync + 'static> Query<T> {
    /// Reads again now. The answer is shown at once, also while held.
    pub fn refetch(self) {
        self.wish.update(|count| *count += 1);
    }

    /// Reads again now, as if the live stream had told of a change.
    pub fn look(self) {
        self.glances.update(|count| *count += 1);
    }

    /// Shows what has been waiting.
    pub fn show_waiting(self) {
        if let Some(data) = self.waiting.try_update(Option::take).flatten() {
            self.data.set(Some(data));
        }
    }

    /// The pointer or the focus entered what shows this (`true`) or left it.
    pub fn hold(self, held: bool) {
        self.held.set(held);
        if !held {
            self.show_waiting();
        }
    }

    /// For a `DataTable`, which knows when the pointer is over its rows.
    pub fn freshness(self) -> Freshness {
        Freshness {
            waiting: Signal::derive(move || self.waiting.with(Option::is_some)),
            loading: Signal::derive(move || self.loading.get() && !self.quiet.get()),
            hold: Callback::new(move |held| self.hold(held)),
            show: Callback::new(move |()| self.show_waiting()),
        }
    }

    /// Changes what is shown before the server tells it, for example after one's own change.
    pub fn set(self, data: T) {
        self.data.set(Some(data));
    }
}

/// What a table needs to know of the query behind it.
#[derive(Clone, Copy)]
pub struct Freshness {
    /// Newer data is there and waits for the pointer to leave.
    pub waiting: Signal<bool>,
    /// The person waits for it.
    pub loading: Signal<bool>,
    pub hold: Callback<bool>,
    pub show: Callback<()>,
}

/// Reads now, again whenever a signal that `fetch` reads before its first await changes, and again when one of the
/// topics changes:
///
/// `let page = use_query(&[Topic::Clients], move || { let q = list.read::<ClientQuery>(); async move { api::clients::list_clients(&q).await } });`
pub fn use_query<T, F, Fut>(topics: &'static [Topic], fetch: F) -> Query<T>
where
    T: PartialEq + Send + Sync + 'static,
    F: Fn() -> Fut + 'static,
    Fut: Future<Output = ApiResult<T>> + 'static,
{
    // Boxed, so that the effect below is compiled once per type of answer and not once per call.
    start(topics, Rc::new(move || Box::pin(fetch())))
}

type Fetch<T> = Rc<dyn Fn() -> Pin<Box<dyn Future<Output = ApiResult<T>>>>>;

/// Which read is the newest, and whether the person still waits for an answer.
#[derive(Default)]
struct Turns {
    newest: u64,
    /// The person asked and has no answer yet, so the answer of a later read is for them too.
    owed: bool,
}

impl Turns {
    fn begin(&mut self, asked: bool) -> u64 {
        self.newest += 1;
        self.owed |= asked;
        self.newest
    }

    /// Nothing when a later read has begun, because this answer is then too old. Otherwise whether the person waits for
    /// it.
    fn end(&mut self, turn: u64, came: bool) -> Option<bool> {
        let owed = self.owed;
        (turn == self.newest).then(|| {
            self.owed &= !came;
            owed
        })
    }
}

fn start<T: PartialEq + Send + Sync + 'static>(topics: &'static [Topic], fetch: Fetch<T>) -> Query<T> {
    let query = Query {
        data: RwSignal::new(None),
        error: RwSignal::new(None),
        loading: RwSignal::new(true),
        held: RwSignal::new(false),
        waiting: RwSignal::new(None),
        wish: RwSignal::new(0),
        glances: RwSignal::new(0),
        quiet: RwSignal::new(false),
    };
    let live = use_live();
    let turns = StoredValue::new(Turns::default());
    // Apart from each other, so that it is known who asked.
    Effect::new({
        let fetch = Rc::clone(&fetch);
        move |_| {
            query.wish.track();
            query.read(turns, true, fetch());
        }
    });
    Effect::new(move |before: Option<()>| {
        for topic in topics {
            live.track(*topic);
        }
        query.glances.track();
        if before.is_some() {
            query.read(turns, false, untrack(|| fetch()));
        }
    });
    query
}

impl<T: PartialEq + Send + Sync + 'static> Query<T> {
    fn read(self, turns: StoredValue<Turns>, asked: bool, answer: impl Future<Output = ApiResult<T>> + 'static) {
        let turn = turns.try_update_value(|turns| turns.begin(asked)).unwrap_or_default();
        self.quiet.set(!turns.with_value(|turns| turns.owed));
        self.loading.set(true);
        spawn_local(async move {
            let result = answer.await;
            // The page may be gone.
            let ended = turns.try_update_value(|turns| turns.end(turn, result.is_ok()));
            let Some(owed) = ended.flatten() else { return };
            self.loading.set(false);
            match result {
                Ok(data) => {
                    self.error.set(None);
                    self.take(data, owed);
                }
                Err(error) => self.error.set(Some(error)),
            }
        });
    }

    fn take(self, data: T, owed: bool) {
        let same = self.data.with_untracked(|old| old.as_ref() == Some(&data));
        if same {
            self.waiting.set(None);
        } else if !owed && self.held.get_untracked() && self.data.with_untracked(Option::is_some) {
            self.waiting.set(Some(data));
        } else {
            self.waiting.set(None);
            self.data.set(Some(data));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_person_asked_for_is_owed_until_something_comes() {
        let mut turns = Turns::default();
        let asked = turns.begin(true);
        let told = turns.begin(false);
        assert_eq!(turns.end(asked, true), None, "a later read has begun");
        assert_eq!(turns.end(told, false), Some(true));
        let told = turns.begin(false);
        assert_eq!(turns.end(told, true), Some(true), "nothing had come");
        let told = turns.begin(false);
        assert_eq!(turns.end(told, true), Some(false), "nobody waits");
    }
}
