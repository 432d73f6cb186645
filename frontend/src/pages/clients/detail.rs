//! One client with its accounts.

use esteira_shared::{dto::clients::ClientDto, event::Topic, ids::ClientId, permission::Permission};
use leptos::prelude::*;
use leptos_router::hooks::{use_navigate, use_params_map};

use super::{
    accounts::Accounts,
    columns::active,
    form::ClientDialog,
    list::ClientDialogs,
    remove::{Deactivation, RemoveClient, SetActive, use_set_active},
};
use crate::{
    api::{self, ApiError},
    components::{AsyncView, Button, Card, CopyText, IconName, LinkButton, Menu, MenuItem, Notice, PageHead},
    hooks::use_query,
    i18n::tr,
    pages::frame::{Crumb, use_crumbs},
    routes::paths,
    state::session::use_session,
    text::format,
};

#[component]
pub fn ClientPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| {
        params
            .with(|params| params.get("id"))
            .and_then(|id| id.parse::<ClientId>().ok())
    });
    let client = use_query(&[Topic::Clients], move || {
        let id = id.get();
        async move {
            match id {
                Some(id) => api::clients::get_client(id).await,
                // An address that is no id: the same answer the server gives for one it does not know.
                None => Err(ApiError::from_answer(404, "", None)),
            }
        }
    });
    let name = Signal::derive(move || {
        client
            .data
            .with(|client| client.as_ref().map(|one| one.razao_social.clone()).unwrap_or_default())
    });
    use_crumbs(move || vec![Crumb::link(tr!(frame.clients), paths::CLIENTS), Crumb::here(name.get())]);

    let session = use_session();
    let (may_write, may_audit) = untrack(|| {
        (
            session.may(Permission::WriteRegistry),
            session.may(Permission::ReadAudit),
        )
    });
    let dialogs = ClientDialogs::new();
    let set_active = use_set_active(dialogs, Callback::new(move |saved| client.set(saved)));
    let navigate = StoredValue::new_local(use_navigate());
    let to_list = move |()| {
        let address = paths::CLIENTS.to_string();
        navigate.with_value(|navigate| navigate(&address, leptos_router::NavigateOptions::default()));
    };
    view! {
        <AsyncView query=client let:data>
            <PageHead
                title=Signal::derive(move || data.with(|client| client.razao_social.clone()))
                note=Signal::derive(move || data.with(|client| client.cnpj.formatted()))
            >
                {move || view! {
                    <LinkButton href=paths::processes_of(data.with(|client| client.id)) icon=IconName::Process>{tr!(clients.processes)}</LinkButton>
                }}
                {may_write.then(|| view! {
                    <Button icon=IconName::Edit on_click=move |()| dialogs.on(Some(data.get_untracked()), dialogs.form)>{tr!(forms.edit)}</Button>
                    <More data dialogs set_active/>
                })}
            </PageHead>
            <div class="stack">
                <Show when=move || data.with(|client| !client.active)>
                    <Notice title=tr!(clients.inactive_title) text=tr!(clients.inactive_text)>
                        {may_write.then(|| view! {
                            <Button small=true on_click=move |()| set_active.run((data.get_untracked(), true))>{tr!(clients.activate)}</Button>
                        })}
                    </Notice>
                </Show>
                <div class="grid grid--side">
                    {move || id.get().map(|id| view! { <Accounts client=id may_write on_changed=move |()| client.refetch()/> })}
                    <Card title=tr!(clients.facts)>{move || facts(&data.get(), may_audit)}</Card>
                </div>
            </div>
        </AsyncView>
        {may_write.then(|| view! {
            <ClientDialog open=dialogs.form chosen=dialogs.chosen on_saved=move |(saved, _)| client.set(saved)/>
            <RemoveClient dialogs set_active on_removed=to_list/>
            <Deactivation dialogs set_active/>
        })}
    }
}

#[component]
fn More(data: Signal<ClientDto>, dialogs: ClientDialogs, set_active: SetActive) -> impl IntoView {
    let on = move |dialog| dialogs.on(Some(data.get_untracked()), dialog);
    view! {
        <Menu label=tr!(parts.actions)>
            {move || if data.with(|client| client.active) {
                view! { <MenuItem icon=IconName::Pause on_click=move |()| on(dialogs.deactivation)>{tr!(forms.deactivate)}</MenuItem> }.into_any()
            } else {
                view! { <MenuItem icon=IconName::Play on_click=move |()| set_active.run((data.get_untracked(), true))>{tr!(forms.activate)}</MenuItem> }.into_any()
            }}
            <MenuItem icon=IconName::Trash danger=true on_click=move |()| on(dialogs.removal)>{tr!(forms.delete)}</MenuItem>
        </Menu>
    }
}

fn facts(client: &ClientDto, may_audit: bool) -> impl IntoView + use<> {
    view! {
        <dl class="facts">
            <dt>{tr!(clients.cnpj)}</dt>
            <dd><CopyText text=client.cnpj.formatted()/></dd>
            <dt>{tr!(clients.status)}</dt>
            <dd>{active(client.active)}</dd>
            <dt>{tr!(clients.accounts)}</dt>
            <dd>{format::count(client.accounts)}</dd>
            {may_audit.then(|| view! {
                <dt>{tr!(clients.history)}</dt>
                <dd><a class="link" href=paths::audit_of(client.id)>{tr!(clients.see_audit)}</a></dd>
            })}
        </dl>
    }
}
