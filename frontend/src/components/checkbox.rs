//! `<Checkbox checked=flag on_change=move |on| flag.set(on) label="Ativo"/>`; `bare=true` in tables (label is then only read aloud).

use leptos::{html, prelude::*};

#[component]
pub fn Checkbox(
    #[prop(into)] checked: Signal<bool>,
    #[prop(into)] on_change: Callback<bool>,
    #[prop(into)] label: String,
    /// Some, not all.
    #[prop(optional, into)]
    indeterminate: Signal<bool>,
    #[prop(optional, into)] disabled: Signal<bool>,
    #[prop(optional)] bare: bool,
) -> impl IntoView {
    let node = NodeRef::<html::Input>::new();
    Effect::new(move |_| {
        if let Some(input) = node.get() {
            input.set_indeterminate(indeterminate.get());
        }
    });
    view! {
        <label class="check" class:check--bare=bare>
            <input
                node_ref=node
                type="checkbox"
                prop:checked=move || checked.get()
                disabled=move || disabled.get()
                on:change=move |event| on_change.run(event_target_checked(&event))
            />
            <span class:sr-only=bare>{label}</span>
        </label>
    }
    .into_any()
}
