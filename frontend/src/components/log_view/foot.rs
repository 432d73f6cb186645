//! The status line: how lines come, how many there are, how the search goes; and what stands over the rows while new lines
//! are not followed.

use leptos::prelude::*;

use super::viewer::Viewer;
use crate::{
    components::{Button, IconName, Kind},
    i18n::{counted, tr},
    state::live::{LiveState, LogFlow},
};

#[component]
pub(super) fn Foot(viewer: Viewer) -> impl IntoView {
    let Viewer {
        store,
        finder,
        sight,
        live,
        ..
    } = viewer;
    let (ended, running) = (store.ended, Signal::derive(move || !store.ended.get()));
    let flow = Memo::new(move |_| {
        if ended.get() {
            return ("is-ended", tr!(log.ended));
        }
        match (live.state.get(), store.flow.get()) {
            (LiveState::Paused, _) => ("is-paused", tr!(log.flow_paused)),
            (LiveState::Reconnecting, _) if viewer.has_page => ("is-behind", tr!(log.flow_reconnecting)),
            (_, LogFlow::Behind) => ("is-behind", tr!(log.flow_behind)),
            _ => ("is-live", tr!(log.flow_live)),
        }
    });
    let lines = move || counted!(log.lines_single, log.lines_many, store.total.get());
    view! {
        <footer class="log__foot">
            <span class=move || format!("log__flow {}", flow.get().0)><i aria-hidden="true"></i><span role="status">{move || flow.get().1}</span></span>
            // Not told aloud: it changes with every line.
            <span class="num">{lines}</span>
            <span class="log__words" role="status">{move || finder.words()}</span>
            <Show when=move || running.get()>
                <button
                    type="button"
                    class="log__follow"
                    aria-pressed=move || if sight.follow.get() { "true" } else { "false" }
                    on:click=move |_| viewer.toggle_follow()
                >
                    {tr!(log.follow)}
                </button>
            </Show>
        </footer>
    }
    .into_any()
}

/// "Pausado · 123 linhas novas · Ir para o fim".
#[component]
pub(super) fn News(viewer: Viewer) -> impl IntoView {
    let Viewer { store, sight, .. } = viewer;
    let shown = Memo::new(move |_| !sight.follow.get() && !store.ended.get() && store.total.get() > 0);
    let words = move || {
        let new = store.total.get() - sight.paused_at.get();
        let count = (new > 0).then(|| counted!(log.new_single, log.new_many, new));
        [Some(tr!(log.paused).to_owned()), count]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" · ")
    };
    view! {
        <Show when=move || shown.get()>
            <div class="log__news">
                <span class="num">{words}</span>
                <Button small=true kind=Kind::Primary icon=IconName::Down on_click=move |()| sight.to_end()>{tr!(log.to_end)}</Button>
            </div>
        </Show>
    }
    .into_any()
}
