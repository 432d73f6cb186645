//! Reads something from the server and keeps it fresh.

use std::{future::Future, pin::Pin};

use esteira_shared::event::Topic;
use leptos::{prelude::*, task::spawn_local};

use crate::{
    api::{ApiError, ApiResult},
    state::live::use_live,
};

/// What was read, and how reading goes. Old data stays while new data is on its way.
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
    /// What is on its way was not asked for by the person: what stands on the screen stays as clear as it is.
    quiet: RwSignal<bool>,
}

impl<T: Send + Sync + 'static> Clone for Query<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Query<T> {}

impl<T: Send + Sync + 'static> Query<T> {
    /// Reads again now; what comes is shown at once, also while held.
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

    /// Changes what is shown before the server has told it, for example after one's own change.
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
    start(topics, Box::new(move || Box::pin(fetch())))
}

type Fetch<T> = Box<dyn Fn() -> Pin<Box<dyn Future<Output = ApiResult<T>>>>>;

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
    // A bare count: reading the topics here keeps their changes apart from the caller's own.
    let told = Memo::new(move |seen: Option<&u64>| {
        for topic in topics {
            live.track(*topic);
        }
        query.glances.track();
        seen.map_or(0, |count| count + 1)
    });
    let turn = StoredValue::new(0_u64);
    Effect::new(move |before: Option<u64>| {
        query.wish.track();
        let told = told.get();
        let from_live = before.is_some_and(|before| before != told);
        let answer = fetch();
        let mine = turn.get_value() + 1;
        turn.set_value(mine);
        query.quiet.set(from_live);
        query.loading.set(true);
        spawn_local(async move {
            let result = answer.await;
            // The page may be gone, or a later read may have begun: this answer is then of no interest.
            if turn.try_get_value() != Some(mine) {
                return;
            }
            query.loading.set(false);
            match result {
                Ok(data) => {
                    query.error.set(None);
                    query.take(data, from_live);
                }
                Err(error) => query.error.set(Some(error)),
            }
        });
        told
    });
    query
}

impl<T: PartialEq + Send + Sync + 'static> Query<T> {
    fn take(self, data: T, from_live: bool) {
        let same = self.data.with_untracked(|old| old.as_ref() == Some(&data));
        if same {
            self.waiting.set(None);
        } else if from_live && self.held.get_untracked() && self.data.with_untracked(Option::is_some) {
            self.waiting.set(Some(data));
        } else {
            self.waiting.set(None);
            self.data.set(Some(data));
        }
    }
}
