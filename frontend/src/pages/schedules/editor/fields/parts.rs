//! Small parts that several groups of fields are made of.

use leptos::prelude::*;

use crate::{
    components::{Field, Icon, IconName, TextInput},
    pages::schedules::editor::times::parse_time,
};

/// A titled part of the form.
#[component]
pub fn Part(#[prop(into)] title: String, children: Children) -> impl IntoView {
    view! {
        <section class="editor__part">
            <h2>{title}</h2>
            {children()}
        </section>
    }
    .into_any()
}

/// What is wrong with a group that is no single field.
#[component]
pub fn Refused(#[prop(into)] error: Signal<Option<String>>) -> impl IntoView {
    view! {
        <div aria-live="polite">
            {move || error.get().map(|text| view! { <span class="field__error"><Icon name=IconName::Needs/>{text}</span> })}
        </div>
    }
    .into_any()
}

#[component]
pub fn NumberField(
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: Option<String>,
    value: RwSignal<String>,
    #[prop(into)] error: Signal<Option<String>>,
) -> impl IntoView {
    match hint {
        Some(hint) => view! { <Field label hint error><TextInput value inputmode="numeric"/></Field> }.into_any(),
        None => view! { <Field label error><TextInput value inputmode="numeric"/></Field> }.into_any(),
    }
}

/// A time, typed in any way; it is written out when the field is left.
#[component]
pub fn TimeInput(value: RwSignal<String>) -> impl IntoView {
    let write_out = move |_| {
        // A field that is taken away with the focus in it is left too.
        let read = value.try_with_untracked(|typed| parse_time(typed)).flatten();
        if let Some(time) = read
            .map(|time| time.to_string())
            .filter(|time| value.with_untracked(|typed| typed != time))
        {
            value.set(time);
        }
    };
    view! { <span class="time" on:focusout=write_out><TextInput value placeholder="09:00"/></span> }.into_any()
}

/// One of several that may all be on.
#[component]
pub fn Toggle(
    #[prop(into)] word: String,
    /// The whole name, which begins with the word.
    #[prop(into)]
    name: String,
    #[prop(into)] on: Signal<bool>,
    #[prop(into)] on_change: Callback<bool>,
    #[prop(optional, into)] refused: Signal<bool>,
) -> impl IntoView {
    let title = name.clone();
    view! {
        <label class="toggle" title=title>
            <input
                type="checkbox"
                aria-label=name
                aria-invalid=move || refused.get().then_some("true")
                prop:checked=move || on.get()
                on:change=move |event| on_change.run(event_target_checked(&event))
            />
            <span aria-hidden="true">{word}</span>
        </label>
    }
    .into_any()
}

/// One part of a group as a signal that an input writes. Each follows the other.
pub fn part_of<T, F>(whole: RwSignal<T>, field: fn(&mut T) -> &mut F) -> RwSignal<F>
where
    T: Clone + Send + Sync + 'static,
    F: Clone + PartialEq + Send + Sync + 'static,
{
    let read = move || whole.with(|whole| field(&mut whole.clone()).clone());
    let part = RwSignal::new(untrack(read));
    Effect::new(move |_| {
        let typed = part.get();
        if untrack(read) != typed {
            whole.update(|whole| *field(whole) = typed);
        }
    });
    Effect::new(move |_| {
        let kept = read();
        if part.get_untracked() != kept {
            part.set(kept);
        }
    });
    part
}
