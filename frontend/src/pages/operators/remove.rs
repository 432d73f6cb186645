//! Deleting an operator; one with accounts can only be deactivated.

use esteira_shared::dto::operators::OperatorDto;
use leptos::prelude::*;

use crate::{api, components::RemoveDialog, hooks::use_mutation, i18n::tr, state::toasts::use_toasts, text::format};

#[component]
pub(super) fn RemoveOperator(
    open: RwSignal<bool>,
    chosen: RwSignal<Option<OperatorDto>>,
    #[prop(into)] on_removed: Callback<()>,
    #[prop(into)] on_deactivate: Callback<OperatorDto>,
) -> impl IntoView {
    let remove = use_mutation();
    let name =
        Signal::derive(move || chosen.with(|chosen| chosen.as_ref().map(|one| one.name.clone()).unwrap_or_default()));
    // Somebody may have added an account since the list was read; the refusal tells how many.
    let accounts = Signal::derive(move || {
        let told = remove
            .error
            .with(|error| error.as_ref().and_then(|error| error.detail("accounts")?.as_i64()));
        told.unwrap_or_else(|| chosen.with(|chosen| chosen.as_ref().map_or(0, |one| one.accounts)))
    });
    let confirm = move |()| {
        let Some(operator) = chosen.get_untracked() else { return };
        let text = tr!(operators.deleted, name = operator.name);
        remove.run_quietly(
            async move { api::operators::delete_operator(operator.id).await },
            move |()| {
                open.set(false);
                on_removed.run(());
                use_toasts().done(text);
            },
        );
    };
    view! {
        <RemoveDialog
            open
            title=Signal::derive(move || tr!(operators.delete_title, name = name.get()))
            confirm=tr!(operators.delete_do)
            remove
            in_use=Signal::derive(move || accounts.get() > 0)
            in_use_text=Signal::derive(move || tr!(operators.in_use, name = name.get(), count = format::count(accounts.get())))
            active=Signal::derive(move || chosen.with(|chosen| chosen.as_ref().is_some_and(|one| one.active)))
            on_confirm=confirm
            on_deactivate=move |()| if let Some(operator) = chosen.get_untracked() { on_deactivate.run(operator) }
        >
            <p>{move || tr!(operators.delete_text, name = name.get())}</p>
        </RemoveDialog>
    }
}
