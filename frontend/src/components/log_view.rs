//! `<LogView execution ended/>`: the log of one run, followed while it is written, smooth at a million lines. `execution` is
//! a `Signal<ExecutionId>`; `ended` turns true when the run is over. Fills its place: give it a height.
//!
//! The viewer registers its keys and follows `#L123` and `#L10-L20` in the address of the page it stands on.

mod address;
mod ansi;
mod cache;
mod clock;
mod copy;
mod finder;
mod foot;
mod keys;
mod list;
mod marks;
mod permalink;
mod row;
mod rows;
#[cfg(debug_assertions)]
mod sample;
mod scan;
mod sight;
mod source;
mod store;
mod stretches;
mod toolbar;
mod viewer;
mod window;

use std::time::Duration;

use esteira_shared::ids::ExecutionId;
use leptos::prelude::*;

use super::{ErrorCard, Skeleton};
use crate::{hooks::use_look, i18n::tr, state::live::LiveState};
use foot::{Foot, News};
use list::List;
#[cfg(debug_assertions)]
pub use sample::{LogSample, SampleState};
use source::LogSource;
use store::Stage;
use toolbar::Toolbar;
use viewer::Viewer;

/// The stream tells every line and the end; this is for when it does not get through.
const LOOK: Duration = Duration::from_secs(3);

#[component]
pub fn LogView(
    #[prop(into)] execution: Signal<ExecutionId>,
    /// The run is over: when its last lines have come, so is the log.
    #[prop(optional, into)]
    ended: Signal<bool>,
) -> impl IntoView {
    let execution = Memo::new(move |_| execution.get());
    // Another run is another log: nothing of this one stays.
    move || view! { <Viewing source=LogSource::Execution(execution.get()) ended/> }
}

/// Made-up lines, for the page of components.
#[cfg(debug_assertions)]
#[component]
pub fn LogSampleView(sample: LogSample) -> impl IntoView {
    view! { <Viewing source=LogSource::Sample(sample) ended=Signal::stored(false)/> }
}

#[component]
fn Viewing(source: LogSource, ended: Signal<bool>) -> impl IntoView {
    let viewer = Viewer::new(source);
    if viewer.has_page {
        keys::register(viewer);
    }
    look_after(viewer, ended);
    let stage = move || viewer.store.stage.get();
    view! {
        <section class="log" aria-label=tr!(log.title)>
            <Toolbar viewer/>
            {move || match stage() {
                Stage::Loading => view! { <div class="log__body"><Skeleton rows=12/></div> }.into_any(),
                Stage::Failed(error) => view! {
                    <div class="log__body"><ErrorCard error=*error on_retry=move |()| viewer.open()/></div>
                }
                .into_any(),
                Stage::Ready => view! { <List viewer/> }.into_any(),
            }}
            <News viewer/>
            <Foot viewer/>
        </section>
    }
    .into_any()
}

/// Reads by the clock what the live stream does not tell.
fn look_after(viewer: Viewer, ended: Signal<bool>) {
    use_look(LOOK, move || {
        let ready = viewer.store.stage.try_with_untracked(|stage| *stage == Stage::Ready) == Some(true);
        let open = viewer.store.ended.try_get_untracked() == Some(false);
        let cut = viewer.live.state.try_get_untracked() == Some(LiveState::Reconnecting);
        if ready && open && viewer.has_page && (cut || ended.try_get_untracked() == Some(true)) {
            viewer.store.look();
        }
    });
}
