//! `<Switch on=active on_change=move |on| active.set(on) label="Cliente ativo"/>`: takes effect at once or with the form.

use leptos::prelude::*;

#[component]
pub fn Switch(
    #[prop(into)] on: Signal<bool>,
    #[prop(into)] on_change: Callback<bool>,
    #[prop(into)] label: String,
    #[prop(optional, into)] disabled: Signal<bool>,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class="switch"
            role="switch"
            aria-checked=move || if on.get() { "true" } else { "false" }
            disabled=move || disabled.get()
            on:click=move |_| on_change.run(!on.get_untracked())
        >
            <i aria-hidden="true"></i>
            <span>{label}</span>
        </button>
    }
    .into_any()
}
