//! `<Chips label values add remove placeholder/>`: a list that is typed one by one; Enter takes what stands in the field,
//! and so does leaving it.

use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;

use crate::{
    components::{Field, Icon, IconName, TextInput},
    i18n::tr,
};

#[component]
pub fn Chips(
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: String,
    /// What is wrong with the list.
    #[prop(into)]
    error: Signal<Option<String>>,
    /// What is said to somebody whose words were not taken.
    #[prop(into)]
    not_taken: String,
    /// As they are shown.
    #[prop(into)]
    values: Signal<Vec<String>>,
    /// Answers whether what was typed is now in the list.
    add: Callback<String, bool>,
    /// By its place.
    remove: Callback<usize>,
    placeholder: &'static str,
) -> impl IntoView {
    let text = RwSignal::new(String::new());
    let refused = RwSignal::new(false);
    let take = move || {
        // A field that is taken away with the focus in it is left too.
        let Some(typed) = text.try_get_untracked() else { return };
        let taken = typed.trim().is_empty() || add.run(typed);
        refused.set(!taken);
        if taken {
            text.set(String::new());
        }
    };
    let whole = NodeRef::<html::Div>::new();
    // The button goes with its entry; the field is where one goes on.
    let take_off = move |place: usize| {
        remove.run(place);
        let input = whole
            .get_untracked()
            .and_then(|whole| whole.query_selector("input").ok().flatten());
        if let Some(input) = input.and_then(|input| input.dyn_into::<web_sys::HtmlElement>().ok()) {
            let _ = input.focus();
        }
    };
    let wrong = Signal::derive(move || {
        if refused.get() {
            Some(not_taken.clone())
        } else {
            error.get()
        }
    });
    let list_label = label.clone();
    let list = view! {
        <ul class="chips__list" aria-label=list_label>
            {move || values.get().into_iter().enumerate().map(|(place, value)| {
                let label = tr!(schedule_editor.remove_named, name = value.clone());
                view! {
                    <li class="chips__one">
                        <span class="num">{value}</span>
                        <button type="button" class="chips__remove" aria-label=label.clone() title=label on:click=move |_| take_off(place)>
                            <Icon name=IconName::Close/>
                        </button>
                    </li>
                }
            }).collect_view()}
        </ul>
    };
    view! {
        <div node_ref=whole class="chips" on:focusout=move |_| take()>
            <Field label hint error=wrong>
                <div class="chips__box">
                    {list}
                    <TextInput value=text placeholder on_enter=move |()| take()/>
                </div>
            </Field>
        </div>
    }
    .into_any()
}
