//! What a person found in SAT: its number for the document of a sending that failed.

use esteira_shared::dto::processes::{ProcessConfirm, ProcessDetailDto, ProcessDto};
use leptos::prelude::*;

use crate::{
    api,
    components::{Button, Dialog, ErrorCard, Field, Kind, TextInput},
    hooks::use_mutation,
    i18n::tr,
    state::toasts::use_toasts,
};

#[component]
pub(super) fn ConfirmSent(
    open: RwSignal<bool>,
    #[prop(into)] process: Signal<Option<ProcessDto>>,
    #[prop(into)] on_saved: Callback<ProcessDetailDto>,
    /// Somebody changed it meanwhile; the page reads it again.
    #[prop(into)]
    on_conflict: Callback<()>,
) -> impl IntoView {
    let protocol = RwSignal::new(String::new());
    let note = RwSignal::new(String::new());
    let save = use_mutation();
    Effect::new(move |_| {
        if open.get() {
            protocol.set(String::new());
            note.set(String::new());
            save.clear();
        }
    });
    Effect::new(move |_| {
        if save
            .error
            .with(|error| error.as_ref().is_some_and(|error| error.status == 409))
        {
            on_conflict.run(());
        }
    });
    let submit = move || {
        let Some(process) = process.get_untracked() else { return };
        let note = note.with_untracked(|note| note.trim().to_owned());
        let seen = ProcessConfirm {
            version: process.version,
            protocol: protocol.with_untracked(|protocol| protocol.trim().to_owned()),
            note: (!note.is_empty()).then_some(note),
        };
        if save.accepts(&seen) {
            let id = process.id;
            save.run_quietly(
                async move { api::processes::confirm_process(id, &seen).await },
                move |detail| {
                    let _ = open.try_set(false);
                    on_saved.run(detail);
                    use_toasts().done(tr!(processes.confirmed));
                },
            );
        }
    };
    let actions = move || {
        view! {
            <Button on_click=move |()| open.set(false)>{tr!(parts.cancel)}</Button>
            <Button kind=Kind::Primary busy=save.busy on_click=move |()| submit()>{tr!(processes.confirm_done)}</Button>
        }
    };
    view! {
        <Dialog open title=tr!(processes.confirm_title) actions>
            {move || save.error.get().filter(|error| error.fields.is_empty()).map(|error| view! { <ErrorCard error/> })}
            <p>{tr!(processes.confirm_text)}</p>
            <form class="form-grid" on:submit=move |event| { event.prevent_default(); submit(); }>
                <Field label=tr!(processes.confirm_protocol) error=save.field("protocol")>
                    <TextInput value=protocol mono=true autofocus=true/>
                </Field>
                <Field label=tr!(processes.confirm_note) hint=tr!(processes.confirm_note_hint) optional=true error=save.field("note")>
                    <TextInput value=note/>
                </Field>
                <button type="submit" hidden></button>
            </form>
        </Dialog>
    }
}
