//! `<Checkbox checked=flag on_change=move |on| flag.set(on) label="Ativo"/>`; `bare=true` in tables (label is then only read aloud);
//! `hint="…"` explains the choice below its label.

use leptos::{html, prelude::*};

use super::field::new_id;

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
    #[prop(optional, into)] hint: Option<String>,
) -> impl IntoView {
    let node = NodeRef::<html::Input>::new();
    Effect::new(move |_| {
        if let Some(input) = node.get() {
            input.set_indeterminate(indeterminate.get());
        }
    });
    let hint = hint.map(|hint| (new_id("check"), hint));
    let described_by = hint.as_ref().map(|(id, _)| id.clone());
    view! {
        <label class="check" class:check--bare=bare>
            <input
                node_ref=node
                type="checkbox"
                prop:checked=move || checked.get()
                disabled=move || disabled.get()
                aria-describedby=described_by
                on:change=move |event| on_change.run(event_target_checked(&event))
            />
            <span class:sr-only=bare>{label}</span>
        </label>
        {hint.map(|(id, hint)| view! { <span class="check__hint" id=id>{hint}</span> })}
    }
    .into_any()
}
