//! The mark: a belt carrying three things, and one arriving.

use leptos::prelude::*;

use crate::i18n::tr;

#[component]
pub fn Brand() -> impl IntoView {
    view! {
        <div class="brand">
            <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2.2" aria-hidden="true">
                <rect x="1.5" y="8" width="21" height="9" rx="4.5"></rect>
                <path d="M8 4.5h8" stroke-linecap="round"></path>
                <path d="M6.2 12.5h.01M12 12.5h.01M17.8 12.5h.01" stroke-width="3.2" stroke-linecap="round"></path>
            </svg>
            <span>{tr!(frame.brand)}</span>
        </div>
    }
    .into_any()
}
