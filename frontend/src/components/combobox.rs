//! `<Combobox value=operator_id options placeholder="Escolha a operadora"/>`: type to find among many.
//! With `on_search=move |text| …` the page reads the options from the server and nothing is filtered here.
//!
//! Follows the ARIA combobox pattern: the focus stays in the text, arrows move the active option.

use leptos::{html, prelude::*};

use super::{
    Choice,
    field::{FieldContext, new_id},
    menu::place,
    text_input::invalid_word,
};
use crate::i18n::tr;

#[component]
pub fn Combobox(
    /// Value of the chosen option; empty when none is.
    value: RwSignal<String>,
    #[prop(into)] options: Signal<Vec<Choice>>,
    #[prop(optional, into)] placeholder: String,
    #[prop(optional, into)] label: Option<String>,
    #[prop(optional, into)] on_search: Option<Callback<String>>,
    #[prop(optional, into)] disabled: Signal<bool>,
) -> impl IntoView {
    let field = use_context::<FieldContext>();
    let list_id = new_id("options");
    let text = RwSignal::new(String::new());
    let open = RwSignal::new(false);
    let typing = RwSignal::new(false);
    let active = RwSignal::new(0_usize);
    let input = NodeRef::<html::Input>::new();
    let popup = NodeRef::<html::Div>::new();

    // While nobody types, the text is the chosen option's label.
    Effect::new(move |_| {
        let chosen = value.get();
        let label = options.with(|options| {
            options
                .iter()
                .find(|choice| choice.value == chosen)
                .map(|choice| choice.label.clone())
        });
        if !typing.get() && (label.is_some() || chosen.is_empty()) {
            text.set(label.unwrap_or_default());
        }
    });
    let shown = Memo::new(move |_| {
        let options = options.get();
        if !typing.get() || on_search.is_some() {
            return options;
        }
        let wanted = text.get().to_lowercase();
        let fits = |choice: &Choice| {
            choice.label.to_lowercase().contains(&wanted) || choice.note.to_lowercase().contains(&wanted)
        };
        options.into_iter().filter(fits).collect::<Vec<_>>()
    });
    Effect::new(move |_| {
        let (Some(input), Some(popup)) = (input.get(), popup.get()) else {
            return;
        };
        let shows = popup.matches(":popover-open").unwrap_or(false);
        if open.get() && !shows {
            let _ = popup.show_popover();
            let style = web_sys::HtmlElement::style(&popup);
            let _ = style.set_property("width", &format!("{}px", input.get_bounding_client_rect().width()));
            request_animation_frame(move || place(&input, &popup, true));
        } else if !open.get() && shows {
            let _ = popup.hide_popover();
        }
    });
    let close = move || {
        open.set(false);
        typing.set(false);
    };
    let choose = move |index: usize| {
        if let Some(choice) = shown.with_untracked(|shown| shown.get(index).cloned()) {
            value.set(choice.value);
            text.set(choice.label);
        }
        close();
    };
    let on_key = move |event: web_sys::KeyboardEvent| {
        let count = shown.with_untracked(Vec::len);
        match event.key().as_str() {
            "ArrowDown" | "ArrowUp" if !open.get_untracked() => open.set(true),
            "ArrowDown" => active.update(|active| *active = if *active + 1 >= count { 0 } else { *active + 1 }),
            "ArrowUp" => active.update(|active| *active = active.checked_sub(1).unwrap_or(count.saturating_sub(1))),
            "Enter" if open.get_untracked() => choose(active.get_untracked()),
            "Escape" if open.get_untracked() => close(),
            _ => return,
        }
        event.prevent_default();
        // Escape here closes the list, not the dialog around it.
        event.stop_propagation();
    };
    let option_id = {
        let list_id = list_id.clone();
        move |index: usize| format!("{list_id}-{index}")
    };
    let active_id = {
        let option_id = option_id.clone();
        move || (open.get() && shown.with(|shown| !shown.is_empty())).then(|| option_id(active.get()))
    };
    view! {
        <div class="combo">
            <input
                node_ref=input
                class="input"
                type="text"
                role="combobox"
                autocomplete="off"
                id=field.as_ref().map(|field| field.id.clone())
                aria-label=label.clone()
                aria-describedby=field.as_ref().map(|field| field.described_by.clone())
                aria-invalid=invalid_word(field.as_ref())
                aria-autocomplete="list"
                aria-expanded=move || if open.get() { "true" } else { "false" }
                aria-controls=list_id.clone()
                aria-activedescendant=active_id
                placeholder=placeholder
                disabled=move || disabled.get()
                prop:value=move || text.get()
                on:input=move |event| {
                    let typed = event_target_value(&event);
                    typing.set(true);
                    text.set(typed.clone());
                    active.set(0);
                    open.set(true);
                    if typed.is_empty() { value.set(String::new()); }
                    if let Some(on_search) = on_search { on_search.run(typed); }
                }
                on:click=move |_| open.set(true)
                on:blur=move |_| close()
                on:keydown=on_key
            />
            <div node_ref=popup class="combo__list" role="listbox" id=list_id popover="manual" aria-label=label.unwrap_or_else(|| tr!(parts.choose).to_owned())>
                {move || {
                    let shown = shown.get();
                    if shown.is_empty() {
                        let text = text.get();
                        let words = if text.is_empty() { tr!(parts.no_options).to_owned() } else { tr!(parts.no_match, text = text) };
                        return view! { <div class="combo__empty" role="status">{words}</div> }.into_any();
                    }
                    shown.into_iter().enumerate().map(|(index, choice)| {
                        let mine = choice.value;
                        view! {
                            <div
                                class="combo__option"
                                role="option"
                                id=option_id(index)
                                class:is-active=move || active.get() == index
                                aria-selected=move || if value.with(|value| *value == mine) { "true" } else { "false" }
                                // Before the input loses the focus.
                                on:mousedown=move |event| { event.prevent_default(); choose(index); }
                                on:mousemove=move |_| active.set(index)
                            >
                                <span class="truncate">{choice.label}</span>
                                <small>{choice.note}</small>
                            </div>
                        }
                    }).collect_view().into_any()
                }}
            </div>
        </div>
    }
    .into_any()
}
