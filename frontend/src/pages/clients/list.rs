//! The list of clients.

use esteira_shared::{
    dto::clients::{ClientDto, ClientQuery},
    event::Topic,
    permission::Permission,
};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

use super::{
    columns::columns,
    form::ClientDialog,
    remove::{Deactivation, RemoveClient, use_set_active},
};
use crate::{
    api,
    components::{
        AsyncView, Button, Choice, DataTable, EmptyState, FilterBar, FilterChip, IconName, Kind, LinkButton, PageHead,
        Pager,
    },
    hooks::{use_list_query, use_query},
    i18n::tr,
    routes::paths,
    state::{
        keys::{Key, use_keys},
        session::use_session,
    },
};

/// What is being done with which client.
#[derive(Clone, Copy)]
pub(super) struct ClientDialogs {
    /// `None` in an open form means a new one.
    pub(super) chosen: RwSignal<Option<ClientDto>>,
    pub(super) form: RwSignal<bool>,
    pub(super) removal: RwSignal<bool>,
    pub(super) deactivation: RwSignal<bool>,
}

impl ClientDialogs {
    pub(super) fn new() -> Self {
        Self {
            chosen: RwSignal::new(None),
            form: RwSignal::new(false),
            removal: RwSignal::new(false),
            deactivation: RwSignal::new(false),
        }
    }

    pub(super) fn on(self, client: Option<ClientDto>, dialog: RwSignal<bool>) {
        self.chosen.set(client);
        dialog.set(true);
    }
}

#[component]
pub fn ClientsPage() -> impl IntoView {
    let list = use_list_query();
    let clients = use_query(&[Topic::Clients], move || {
        let query = list.read::<ClientQuery>();
        async move { api::clients::list_clients(&query).await }
    });
    let operators = use_query(&[Topic::Operators], || async { api::operators::all_operators().await });
    let operator_choices = Signal::derive(move || {
        let all = operators.data.get().unwrap_or_default();
        Choice::list(all.into_iter().map(|operator| (operator.id.to_string(), operator.name)))
    });
    let may_write = untrack(|| use_session().may(Permission::WriteRegistry));
    let dialogs = ClientDialogs::new();
    let set_active = use_set_active(dialogs, Callback::new(move |_| clients.refetch()));
    let create = move || dialogs.on(None, dialogs.form);
    if may_write {
        use_keys(tr!(parts.keys_here), vec![Key::new("n", tr!(clients.create), create)]);
    }
    let buttons = move |kind| {
        may_write.then(|| {
            view! {
                <LinkButton href=paths::CLIENTS_IMPORT icon=IconName::Upload>{tr!(clients.import)}</LinkButton>
                <Button kind icon=IconName::Plus on_click=move |()| create()>{tr!(clients.create)}</Button>
            }
        })
    };
    let nothing = move || {
        if list.is_filtered() {
            return view! { <EmptyState icon=IconName::Find title=tr!(parts.empty_filtered_title) text=tr!(parts.empty_filtered_text)/> }
                .into_any();
        }
        view! {
            <EmptyState icon=IconName::Client title=tr!(clients.empty_title) text=tr!(clients.empty_text)>
                <div class="line">{buttons(Kind::Plain)}</div>
            </EmptyState>
        }
        .into_any()
    };
    let navigate = StoredValue::new_local(use_navigate());
    let saved = move |(client, new): (ClientDto, bool)| {
        if new {
            // A new client is of no use without an account: its page is where one adds it.
            navigate
                .with_value(|navigate| navigate(&paths::client(client.id), leptos_router::NavigateOptions::default()));
        } else {
            clients.refetch();
        }
    };
    let states = Choice::list([("true", tr!(clients.actives)), ("false", tr!(clients.inactives))]);
    let total = Signal::derive(move || clients.data.with(|page| page.as_ref().and_then(|page| page.total)));
    view! {
        <PageHead title=tr!(frame.clients)>{buttons(Kind::Primary)}</PageHead>
        <FilterBar list search="q" search_label=tr!(clients.search) total>
            <FilterChip list key="operator_id" label=tr!(clients.operator) options=operator_choices/>
            <FilterChip list key="active" label=tr!(clients.status) options=states/>
        </FilterBar>
        <AsyncView query=clients empty_when=|page| page.items.is_empty() empty=nothing let:page>
            <DataTable
                name="clients"
                columns=columns(dialogs, may_write, set_active)
                rows=Signal::derive(move || page.with(|page| page.items.clone()))
                row_id=|client| client.id.to_string()
                row_label=|client| client.razao_social.clone()
                list
                live=clients.freshness()
            />
            <Pager list next=Signal::derive(move || page.with(|page| page.next_cursor.clone()))/>
        </AsyncView>
        {may_write.then(|| view! {
            <ClientDialog open=dialogs.form chosen=dialogs.chosen on_saved=saved/>
            <RemoveClient dialogs set_active on_removed=move |()| clients.refetch()/>
            <Deactivation dialogs set_active/>
        })}
    }
}
