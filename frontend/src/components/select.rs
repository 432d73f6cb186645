//! `<Select value=role options=Choice::list([("viewer", "Consulta"), …])/>`: a few known choices. For many, `Combobox`.

use leptos::prelude::*;

use super::{field::FieldContext, text_input::invalid_word};

/// One thing to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    pub value: String,
    pub label: String,
    /// Quiet words at the right, for example a CNPJ.
    pub note: String,
}

impl Choice {
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            label: label.into(),
            note: String::new(),
        }
    }

    pub fn with_note(value: impl Into<String>, label: impl Into<String>, note: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            label: label.into(),
            note: note.into(),
        }
    }

    pub fn list<V: Into<String>, L: Into<String>>(pairs: impl IntoIterator<Item = (V, L)>) -> Vec<Self> {
        pairs
            .into_iter()
            .map(|(value, label)| Self::new(value, label))
            .collect()
    }
}

#[component]
pub fn Select(
    value: RwSignal<String>,
    #[prop(into)] options: Signal<Vec<Choice>>,
    #[prop(optional, into)] label: Option<String>,
    /// Words for "nothing chosen yet".
    #[prop(optional, into)]
    placeholder: Option<String>,
    #[prop(optional, into)] disabled: Signal<bool>,
    #[prop(optional, into)] on_change: Option<Callback<String>>,
) -> impl IntoView {
    let field = use_context::<FieldContext>();
    view! {
        <select
            class="input"
            id=field.as_ref().map(|field| field.id.clone())
            aria-label=label
            aria-describedby=field.as_ref().map(|field| field.described_by.clone())
            aria-invalid=invalid_word(field.as_ref())
            disabled=move || disabled.get()
            on:change=move |event| {
                let chosen = event_target_value(&event);
                value.set(chosen.clone());
                if let Some(on_change) = on_change { on_change.run(chosen); }
            }
        >
            {placeholder.map(|text| view! { <option value="" selected=move || value.with(String::is_empty)>{text}</option> })}
            {move || {
                options.get().into_iter().map(|choice| {
                    let mine = choice.value.clone();
                    view! { <option value=choice.value selected=move || value.with(|value| *value == mine)>{choice.label}</option> }
                }).collect_view()
            }}
        </select>
    }
    .into_any()
}
