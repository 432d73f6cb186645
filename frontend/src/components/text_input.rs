//! `<TextInput value=name/>`, `<TextInput value=text search=true label="Buscar"/>`, `<PasswordInput value=password new=true/>`,
//! `<TextArea value=reason/>`, `<TextArea value=json mono=true rows=12/>`. `value` is an `RwSignal<String>`, written as one types. Outside a `Field`, give `label`.

use leptos::{html, prelude::*};

use super::{Icon, IconButton, IconName, field::FieldContext};
use crate::i18n::tr;

#[component]
pub fn TextInput(
    value: RwSignal<String>,
    /// `text`, `email`, `url`, `tel`.
    #[prop(optional, into)]
    kind: Option<&'static str>,
    #[prop(optional, into)] placeholder: String,
    /// Only outside a `Field`.
    #[prop(optional, into)]
    label: Option<String>,
    #[prop(optional, into)] autocomplete: Option<&'static str>,
    /// `numeric` or `decimal` brings a phone's number keys; the text is then set to the right.
    #[prop(optional, into)]
    inputmode: Option<&'static str>,
    /// A field to search with: magnifier, and a button that empties it.
    #[prop(optional)]
    search: bool,
    #[prop(optional)] mono: bool,
    #[prop(optional)] autofocus: bool,
    #[prop(optional, into)] disabled: Signal<bool>,
    /// Enter, outside a form.
    #[prop(optional, into)]
    on_enter: Option<Callback<()>>,
) -> impl IntoView {
    let field = use_context::<FieldContext>();
    let node = NodeRef::<html::Input>::new();
    if autofocus {
        focus_once(node);
    }
    let input = view! {
        <input
            node_ref=node
            class="input"
            class:input--mono=mono
            class:input--num=inputmode.is_some()
            type=if search { "search" } else { kind.unwrap_or("text") }
            id=field.as_ref().map(|field| field.id.clone())
            aria-label=label
            aria-describedby=field.as_ref().map(|field| field.described_by.clone())
            aria-invalid=invalid_word(field.as_ref())
            aria-required=field.as_ref().filter(|field| field.required).map(|_| "true")
            placeholder=placeholder
            autocomplete=autocomplete.unwrap_or("off")
            autocapitalize=if kind == Some("email") { "none" } else { "sentences" }
            spellcheck=if kind.is_some() || mono || search { "false" } else { "true" }
            inputmode=inputmode
            disabled=move || disabled.get()
            prop:value=move || value.get()
            on:input=move |event| value.set(event_target_value(&event))
            on:keydown=move |event| {
                if event.key() == "Enter" && let Some(on_enter) = on_enter {
                    event.prevent_default();
                    on_enter.run(());
                }
            }
        />
    };
    if !search {
        return input.into_any();
    }
    view! {
        <span class="affix">
            <Icon name=IconName::Find/>
            {input}
            <Show when=move || !value.with(String::is_empty)>
                <span class="affix__end">
                    <IconButton icon=IconName::Close label=tr!(parts.clear) on_click=move |()| {
                        value.set(String::new());
                        if let Some(input) = node.get_untracked() { let _ = input.focus(); }
                    }/>
                </span>
            </Show>
        </span>
    }
    .into_any()
}

/// A password, hidden until the person asks to see it.
#[component]
pub fn PasswordInput(
    value: RwSignal<String>,
    /// Being chosen now: password managers then offer one.
    #[prop(optional)]
    new: bool,
    #[prop(optional)] autofocus: bool,
) -> impl IntoView {
    let field = use_context::<FieldContext>();
    let shown = RwSignal::new(false);
    let node = NodeRef::<html::Input>::new();
    if autofocus {
        focus_once(node);
    }
    let word = Signal::derive(move || {
        if shown.get() {
            tr!(parts.hide_password)
        } else {
            tr!(parts.show_password)
        }
        .to_owned()
    });
    view! {
        <span class="affix">
            <input
                node_ref=node
                class="input"
                type=move || if shown.get() { "text" } else { "password" }
                id=field.as_ref().map(|field| field.id.clone())
                aria-describedby=field.as_ref().map(|field| field.described_by.clone())
                aria-invalid=invalid_word(field.as_ref())
                aria-required=field.as_ref().filter(|field| field.required).map(|_| "true")
                autocomplete=if new { "new-password" } else { "current-password" }
                autocapitalize="none"
                spellcheck="false"
                prop:value=move || value.get()
                on:input=move |event| value.set(event_target_value(&event))
            />
            <span class="affix__end">
                {move || {
                    let icon = if shown.get() { IconName::Hide } else { IconName::Show };
                    view! { <IconButton icon label=word on_click=move |()| shown.update(|shown| *shown = !*shown)/> }
                }}
            </span>
        </span>
    }
    .into_any()
}

/// Several lines of text.
#[component]
pub fn TextArea(
    value: RwSignal<String>,
    #[prop(optional, into)] placeholder: String,
    #[prop(optional, into)] label: Option<String>,
    /// Lines in sight before it is drawn larger.
    #[prop(default = 3)]
    rows: u32,
    /// Code: letters of one width, nothing corrected.
    #[prop(optional)]
    mono: bool,
    #[prop(optional)] autofocus: bool,
) -> impl IntoView {
    let field = use_context::<FieldContext>();
    let node = NodeRef::<html::Textarea>::new();
    if autofocus {
        focus_once(node);
    }
    view! {
        <textarea
            node_ref=node
            class="input"
            class:input--mono=mono
            rows=rows.to_string()
            spellcheck=if mono { "false" } else { "true" }
            id=field.as_ref().map(|field| field.id.clone())
            aria-label=label
            aria-describedby=field.as_ref().map(|field| field.described_by.clone())
            aria-invalid=invalid_word(field.as_ref())
            aria-required=field.as_ref().filter(|field| field.required).map(|_| "true")
            placeholder=placeholder
            prop:value=move || value.get()
            on:input=move |event| value.set(event_target_value(&event))
        ></textarea>
    }
    .into_any()
}

/// The attribute's word as a closure, absent while the field is fine.
pub(super) fn invalid_word(
    field: Option<&FieldContext>,
) -> impl Fn() -> Option<&'static str> + Send + Sync + Clone + 'static {
    let invalid = field.map(FieldContext::invalid);
    move || invalid.is_some_and(|invalid| invalid.get()).then_some("true")
}

/// Puts the cursor there once the element stands in the page.
pub(super) fn focus_once<E>(node: NodeRef<E>)
where
    E: html::ElementType + 'static,
    E::Output: wasm_bindgen::JsCast + Clone + AsRef<web_sys::HtmlElement> + 'static,
{
    Effect::new(move |done: Option<bool>| {
        if done == Some(true) {
            return true;
        }
        let Some(element) = node.get() else { return false };
        request_animation_frame(move || {
            let _ = AsRef::<web_sys::HtmlElement>::as_ref(&element).focus();
        });
        true
    });
}
