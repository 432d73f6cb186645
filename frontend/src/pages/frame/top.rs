//! The top bar: where one is, search, the live stream's state, preferences, account.

use leptos::prelude::*;

use super::{account::AccountMenu, crumbs::CrumbTrail};
use crate::{
    components::{Icon, IconName},
    i18n::tr,
    state::live::{LiveState, use_live},
};

#[component]
pub(super) fn TopBar(palette: RwSignal<bool>) -> impl IntoView {
    view! {
        <header class="top">
            <CrumbTrail/>
            <button type="button" class="find" aria-label=tr!(frame.find_short) aria-keyshortcuts="Control+K" on:click=move |_| palette.set(true)>
                <Icon name=IconName::Find/>
                <span class="truncate">{tr!(frame.find)}</span>
                <kbd>{tr!(frame.find_key)}</kbd>
            </button>
            <LiveIndicator/>
            <AccountMenu/>
        </header>
    }
    .into_any()
}

/// Says whether what is on screen is kept fresh; a click pauses it.
#[component]
fn LiveIndicator() -> impl IntoView {
    let live = use_live();
    let word = move || match live.state.get() {
        LiveState::Connected => tr!(frame.live_on),
        LiveState::Reconnecting => tr!(frame.live_retry),
        LiveState::Paused => tr!(frame.live_paused),
    };
    let action = move || {
        if live.state.get() == LiveState::Paused {
            tr!(frame.live_resume)
        } else {
            tr!(frame.live_pause)
        }
    };
    view! {
        <button
            type="button"
            class="live"
            class:is-reconnecting=move || live.state.get() == LiveState::Reconnecting
            class:is-paused=move || live.state.get() == LiveState::Paused
            title=action
            aria-label=move || format!("{}. {}", word(), action())
            on:click=move |_| live.toggle()
        >
            <i aria-hidden="true"></i>
            <span role="status">{word}</span>
        </button>
    }
    .into_any()
}
