//! `<NoteDialog open title text confirm change note on_confirm/>`: asks before a pause, with a note for everybody who sees it.

use leptos::prelude::*;

use crate::{
    components::{Button, Dialog, ErrorCard, Field, IconName, Kind, TextInput},
    hooks::Mutation,
    i18n::tr,
};

#[component]
pub(in crate::pages::schedules) fn NoteDialog(
    open: RwSignal<bool>,
    #[prop(into)] title: Signal<String>,
    /// What comes of it.
    #[prop(into)]
    text: Signal<String>,
    #[prop(into)] confirm: Signal<String>,
    note: RwSignal<String>,
    change: Mutation,
    #[prop(into)] on_confirm: Callback<()>,
) -> impl IntoView {
    Effect::new(move |_| {
        if open.get() {
            note.set(String::new());
            change.clear();
        }
    });
    let actions = move || {
        view! {
            <Button on_click=move |()| open.set(false)>{tr!(parts.cancel)}</Button>
            <Button kind=Kind::Primary icon=IconName::Pause busy=change.busy on_click=on_confirm>{move || confirm.get()}</Button>
        }
    };
    let refused = change.field("note");
    // A refusal of the note stands below it.
    let told = move || {
        let elsewhere = refused.with(Option::is_none);
        change
            .error
            .get()
            .filter(|_| elsewhere)
            .map(|error| view! { <ErrorCard error/> })
    };
    view! {
        <Dialog open title actions>
            {told}
            <p>{move || text.get()}</p>
            <Field label=tr!(schedules.note) hint=tr!(schedules.note_hint) error=refused optional=true>
                <TextInput value=note autofocus=true on_enter=on_confirm/>
            </Field>
        </Dialog>
    }
}
