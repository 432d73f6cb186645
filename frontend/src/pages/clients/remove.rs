//! Taking a client out of use, and deleting one that has no accounts.

use esteira_shared::dto::clients::{ClientDto, ClientUpdate};
use leptos::prelude::*;

use super::list::ClientDialogs;
use crate::{
    api,
    components::{ConfirmDialog, RemoveDialog},
    hooks::use_mutation,
    i18n::tr,
    state::toasts::use_toasts,
    text::format,
};

/// Puts a client in or out of use.
pub(super) type SetActive = Callback<(ClientDto, bool)>;

pub(super) fn use_set_active(dialogs: ClientDialogs, on_saved: Callback<ClientDto>) -> SetActive {
    let toggle = use_mutation();
    Callback::new(move |(client, active): (ClientDto, bool)| {
        let update = ClientUpdate {
            razao_social: client.razao_social,
            cnpj: client.cnpj.to_string(),
            active,
            version: client.version,
        };
        toggle.run(
            async move { api::clients::update_client(client.id, &update).await },
            move |client| {
                dialogs.deactivation.set(false);
                dialogs.removal.set(false);
                use_toasts().done(if client.active {
                    tr!(clients.activated, name = client.razao_social.clone())
                } else {
                    tr!(clients.deactivated, name = client.razao_social.clone())
                });
                on_saved.run(client);
            },
        );
    })
}

#[component]
pub(super) fn Deactivation(dialogs: ClientDialogs, set_active: SetActive) -> impl IntoView {
    let name = Signal::derive(move || name(dialogs));
    view! {
        <ConfirmDialog
            open=dialogs.deactivation
            title=Signal::derive(move || tr!(clients.deactivate_title, name = name.get()))
            confirm=tr!(clients.deactivate)
            on_confirm=move |()| if let Some(client) = dialogs.chosen.get_untracked() { set_active.run((client, false)) }
        >
            <p>{tr!(clients.deactivate_text)}</p>
        </ConfirmDialog>
    }
}

#[component]
pub(super) fn RemoveClient(
    dialogs: ClientDialogs,
    set_active: SetActive,
    #[prop(into)] on_removed: Callback<()>,
) -> impl IntoView {
    let remove = use_mutation();
    let accounts = Signal::derive(move || {
        let told = remove
            .error
            .with(|error| error.as_ref().and_then(|error| error.detail("accounts")?.as_i64()));
        told.unwrap_or_else(|| {
            dialogs
                .chosen
                .with(|chosen| chosen.as_ref().map_or(0, |one| one.accounts))
        })
    });
    let confirm = move |()| {
        let Some(client) = dialogs.chosen.get_untracked() else {
            return;
        };
        let text = tr!(clients.deleted, name = client.razao_social);
        remove.run_quietly(async move { api::clients::delete_client(client.id).await }, move |()| {
            dialogs.removal.set(false);
            on_removed.run(());
            use_toasts().done(text);
        });
    };
    view! {
        <RemoveDialog
            open=dialogs.removal
            title=Signal::derive(move || tr!(clients.delete_title, name = name(dialogs)))
            confirm=tr!(clients.delete_do)
            remove
            in_use=Signal::derive(move || accounts.get() > 0)
            in_use_text=Signal::derive(move || tr!(clients.in_use, name = name(dialogs), count = format::count(accounts.get())))
            active=Signal::derive(move || dialogs.chosen.with(|chosen| chosen.as_ref().is_some_and(|one| one.active)))
            on_confirm=confirm
            on_deactivate=move |()| if let Some(client) = dialogs.chosen.get_untracked() { set_active.run((client, false)) }
        >
            <p>{tr!(clients.delete_text)}</p>
        </RemoveDialog>
    }
}

fn name(dialogs: ClientDialogs) -> String {
    dialogs
        .chosen
        .with(|chosen| chosen.as_ref().map(|one| one.razao_social.clone()).unwrap_or_default())
}
