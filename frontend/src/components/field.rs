//! `<Field label="E-mail" hint="…" error=save.field("email")><TextInput value=email/></Field>`
//!
//! The input inside finds its id and its descriptions in the context, so label, hint and error are tied to it.

use std::sync::atomic::{AtomicU32, Ordering};

use leptos::{context::Provider, prelude::*};

use super::{Icon, IconName};
use crate::i18n::tr;

/// What a field tells the input inside it.
#[derive(Clone)]
pub(super) struct FieldContext {
    pub id: String,
    pub described_by: String,
    pub error: Signal<Option<String>>,
    pub required: bool,
}

impl FieldContext {
    pub(super) fn invalid(&self) -> Signal<bool> {
        let error = self.error;
        Signal::derive(move || error.get().is_some())
    }
}

/// Ids for `aria-*` references, unique in the page.
pub(super) fn new_id(prefix: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    format!("{prefix}-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

#[component]
pub fn Field(
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(optional, into)] error: Signal<Option<String>>,
    /// Says "opcional" beside the label; without it the field must be filled in.
    #[prop(optional)]
    optional: bool,
    children: Children,
) -> impl IntoView {
    let id = new_id("field");
    let hint_id = format!("{id}-hint");
    let error_id = format!("{id}-error");
    let context = FieldContext {
        id: id.clone(),
        described_by: format!("{error_id} {hint_id}"),
        error,
        required: !optional,
    };
    view! {
        <div class="field">
            <label class="field__label" for=id>
                {label}
                {optional.then(|| view! { <span class="field__optional">" · "{tr!(parts.optional)}</span> })}
            </label>
            <Provider value=context>{children()}</Provider>
            <div id=error_id aria-live="polite">
                {move || {
                    error.get().map(|text| view! { <span class="field__error"><Icon name=IconName::Needs/>{text}</span> })
                }}
            </div>
            {hint.map(|hint| view! { <span class="field__hint" id=hint_id>{hint}</span> })}
        </div>
    }
    .into_any()
}
