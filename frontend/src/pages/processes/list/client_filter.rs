//! One client among thousands: found by typing, kept in the address by its id.

use esteira_shared::dto::clients::ClientQuery;
use leptos::{prelude::*, task::spawn_local};

use crate::{
    api,
    components::{Choice, Combobox, Icon, IconName, Popover},
    hooks::{ListQuery, use_query},
    i18n::tr,
};

const OFFERED: i64 = 20;
const KEY: &str = "client_id";

#[component]
pub(super) fn ClientFilter(list: ListQuery) -> impl IntoView {
    let chosen = list.signal(KEY);
    let on = move || chosen.get().is_some();
    // The name of a client that came with the address.
    let known = use_query(&[], move || {
        let id = chosen.get().and_then(|id| id.parse().ok());
        async move {
            match id {
                Some(id) => api::clients::get_client(id).await.map(Some),
                None => Ok(None),
            }
        }
    });
    let name = move || {
        known
            .data
            .get()
            .flatten()
            .map_or_else(|| "…".to_owned(), |client| client.razao_social)
    };
    let face = move || {
        view! {
            {move || (!on()).then(|| view! { <Icon name=IconName::Plus/> })}
            <span>{tr!(processes.client)}{move || on().then_some(":")}</span>
            {move || on().then(|| view! { <b>{name()}</b> })}
        }
    };
    view! {
        <span class="chip__wrap">
            <Popover
                label=tr!(parts.filter_by, name = tr!(processes.client))
                class=Signal::derive(move || if on() { "chip is-on" } else { "chip" }.to_owned())
                start=true
                face
            >
                <ClientSearch list/>
            </Popover>
            <Show when=on>
                <button type="button" class="chip__clear" aria-label=tr!(parts.clear_filter, name = tr!(processes.client)) on:click=move |_| list.set(KEY, None)>
                    <Icon name=IconName::Close/>
                </button>
            </Show>
        </span>
    }
    .into_any()
}

#[component]
fn ClientSearch(list: ListQuery) -> impl IntoView {
    let value = RwSignal::new(String::new());
    let found = RwSignal::new(Vec::<Choice>::new());
    let turn = StoredValue::new(0_u32);
    let search = move |text: String| {
        let mine = turn.get_value() + 1;
        turn.set_value(mine);
        let text = text.trim().to_owned();
        spawn_local(async move {
            let query = ClientQuery {
                q: (!text.is_empty()).then_some(text),
                limit: Some(OFFERED),
                ..ClientQuery::default()
            };
            // A failed search offers nothing; typing on tries again.
            let page = api::clients::list_clients(&query).await;
            if turn.try_get_value() == Some(mine)
                && let Ok(page) = page
            {
                let choices = page.items.into_iter().map(|client| {
                    Choice::with_note(client.id.to_string(), client.razao_social, client.cnpj.formatted())
                });
                found.set(choices.collect());
            }
        });
    };
    search(String::new());
    Effect::new(move |_| {
        let chosen = value.get();
        if !chosen.is_empty() {
            list.set(KEY, Some(chosen));
        }
    });
    view! {
        <div class="client-search">
            <Combobox value options=found label=tr!(processes.client) placeholder=tr!(processes.find_client) on_search=search/>
        </div>
    }
}
