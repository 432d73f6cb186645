//! Reads again by the clock, for changes that the live stream does not tell.

use std::time::Duration;

use leptos::prelude::*;

use crate::state::live::{LiveState, use_live};

/// `use_look(Duration::from_secs(5), move || query.look());`: runs for as long as the page is on screen. Rests while its
/// tab is hidden and while the person has paused live data.
pub fn use_look(every: Duration, look: impl Fn() + 'static) {
    let live = use_live();
    use_watch(every, move || {
        if live.state.try_get_untracked() != Some(LiveState::Paused) {
            look();
        }
    });
}

/// The same for something that the person has just started and waits for, also while live data is paused.
pub fn use_watch(every: Duration, look: impl Fn() + 'static) {
    let timer = set_interval_with_handle(
        move || {
            if !document().hidden() {
                look();
            }
        },
        every,
    );
    if let Ok(timer) = timer {
        on_cleanup(move || timer.clear());
    }
}
