//! A new client, or a change to one.

use esteira_shared::dto::clients::{ClientCreate, ClientDto, ClientUpdate};
use leptos::prelude::*;

use crate::{
    api,
    components::{Dialog, Field, Form, Switch, TextInput},
    hooks::{self, merge_fields, use_draft, use_mutation},
    i18n::tr,
    state::toasts::use_toasts,
};

#[derive(Clone, PartialEq, Default)]
struct ClientForm {
    razao_social: String,
    cnpj: String,
    active: bool,
    version: i32,
}

impl ClientForm {
    fn of(client: Option<ClientDto>) -> Self {
        client.map_or_else(
            || Self {
                active: true,
                ..Self::default()
            },
            |client| Self {
                razao_social: client.razao_social,
                cnpj: client.cnpj.formatted(),
                active: client.active,
                version: client.version,
            },
        )
    }
}

impl hooks::Form for ClientForm {
    fn merge(&mut self, base: &Self, theirs: &Self) -> Vec<String> {
        self.version = theirs.version;
        merge_fields!(self, base, theirs;
            razao_social => tr!(clients.name),
            cnpj => tr!(clients.cnpj),
            active => tr!(clients.active),
        )
    }
}

#[component]
pub(super) fn ClientDialog(
    open: RwSignal<bool>,
    chosen: RwSignal<Option<ClientDto>>,
    /// The client, and whether it is new.
    #[prop(into)]
    on_saved: Callback<(ClientDto, bool)>,
) -> impl IntoView {
    let title = Signal::derive(move || match chosen.get() {
        Some(client) => tr!(clients.edit_title, name = client.razao_social),
        None => tr!(clients.create).to_owned(),
    });
    view! { <Dialog open title><Fields open chosen on_saved/></Dialog> }
}

#[component]
fn Fields(
    open: RwSignal<bool>,
    chosen: RwSignal<Option<ClientDto>>,
    on_saved: Callback<(ClientDto, bool)>,
) -> impl IntoView {
    let client = chosen.get_untracked();
    let id = client.as_ref().map(|client| client.id);
    let key = id.map_or_else(|| "client/new".to_owned(), |id| format!("client/{id}"));
    let draft = use_draft(key, ClientForm::of(client));
    let save = use_mutation();
    let done = move |client: ClientDto| {
        let text = tr!(clients.saved, name = client.razao_social.clone());
        draft.saved(ClientForm::of(Some(client.clone())));
        open.set(false);
        on_saved.run((client, id.is_none()));
        use_toasts().done(text);
    };
    let submit = move |()| {
        let form = draft.get_untracked();
        match id {
            None => {
                let create = ClientCreate {
                    razao_social: form.razao_social,
                    cnpj: form.cnpj,
                };
                if save.accepts(&create) {
                    save.run_quietly(async move { api::clients::create_client(&create).await }, done);
                }
            }
            Some(id) => {
                let update = ClientUpdate {
                    razao_social: form.razao_social,
                    cnpj: form.cnpj,
                    active: form.active,
                    version: form.version,
                };
                if save.accepts(&update) {
                    save.run_quietly(async move { api::clients::update_client(id, &update).await }, done);
                }
            }
        }
    };
    let reread = move |()| {
        if let Some(id) = id {
            save.run_quietly(async move { api::clients::get_client(id).await }, move |client| {
                draft.meet(&ClientForm::of(Some(client)));
            });
        }
    };
    let (active, set_active) = draft.flag(|form| &mut form.active);
    view! {
        <Form save draft=draft.state submit=tr!(clients.save) on_submit=submit on_conflict=reread on_cancel=move |()| { draft.state.discard.run(()); open.set(false); }>
            <Field label=tr!(clients.name) error=save.field("razao_social")>
                <TextInput value=draft.part(|form| &mut form.razao_social) autofocus=true/>
            </Field>
            <Field label=tr!(clients.cnpj) hint=tr!(clients.cnpj_hint) error=save.field("cnpj")>
                <TextInput value=draft.part(|form| &mut form.cnpj) mono=true placeholder="00.000.000/0000-00"/>
            </Field>
            {id.map(|_| view! { <Switch on=active on_change=set_active label=tr!(clients.active_label)/> })}
        </Form>
    }
}
