//! `<AsyncView query=page let:data>{move || data.with(…)}</AsyncView>`: loading, failed, forbidden, empty and ready in one place.
//!
//! `data` is a `Signal<T>`: new data flows through it, so what stands on the screen is changed, not drawn again.
//! With `empty_when=|page| page.items.is_empty() empty=move || view! { <EmptyState …/> }` for nothing to show.

use leptos::prelude::*;

use super::{ErrorCard, Skeleton};
use crate::{api::ApiError, hooks::Query};

#[derive(Clone, Copy, PartialEq)]
enum Stage {
    Loading,
    Failed,
    Empty,
    Ready,
}

#[component]
pub fn AsyncView<T, F, V>(
    query: Query<T>,
    #[prop(optional)] empty_when: Option<fn(&T) -> bool>,
    #[prop(optional, into)] empty: ViewFn,
    /// In place of grey lines.
    #[prop(optional, into)]
    loading: Option<ViewFn>,
    children: F,
) -> impl IntoView
where
    T: Clone + PartialEq + Send + Sync + 'static,
    F: Fn(Signal<T>) -> V + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let stage = Memo::new(move |_| {
        query.data.with(|data| match data {
            Some(data) if empty_when.is_some_and(|empty| empty(data)) => Stage::Empty,
            Some(_) => Stage::Ready,
            None if query.error.with(Option::is_some) => Stage::Failed,
            None => Stage::Loading,
        })
    });
    let ready = ViewFn::from(move || match query.data.get_untracked() {
        Some(first) => {
            let data = Memo::new(move |old: Option<&T>| {
                query
                    .data
                    .get()
                    .or_else(|| old.cloned())
                    .unwrap_or_else(|| first.clone())
            });
            children(data.into()).into_any()
        }
        None => ().into_any(),
    });
    let retry = Callback::new(move |()| query.refetch());
    staged(stage, query.error, retry, Shown { loading, empty, ready })
}

/// What stands on the screen in each stage that has no error.
struct Shown {
    loading: Option<ViewFn>,
    empty: ViewFn,
    ready: ViewFn,
}

/// The part that does not depend on the kind of data, compiled once.
fn staged(stage: Memo<Stage>, error: RwSignal<Option<ApiError>>, retry: Callback<()>, shown: Shown) -> AnyView {
    let card = move || error.get().map(|error| view! { <ErrorCard error on_retry=retry/> });
    view! {
        // Old data with a failed refresh: the data stays, the failure stands above it.
        {move || matches!(stage.get(), Stage::Ready | Stage::Empty).then(card)}
        {move || match stage.get() {
            Stage::Loading => match &shown.loading {
                Some(loading) => loading.run(),
                None => view! { <Skeleton/> }.into_any(),
            },
            Stage::Failed => card().into_any(),
            Stage::Empty => shown.empty.run(),
            Stage::Ready => shown.ready.run(),
        }}
    }
    .into_any()
}
