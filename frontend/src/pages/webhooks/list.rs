//! The list of webhooks.

use esteira_shared::event::Topic;
use leptos::prelude::*;

use super::{
    columns::columns,
    dialogs::{Dialogs, NewSecret, WebhookDialogs},
};
use crate::{
    api,
    components::{AsyncView, Button, DataTable, EmptyState, IconName, Kind, PageHead},
    hooks::use_query,
    i18n::tr,
    state::keys::{Key, use_keys},
};

#[component]
pub fn WebhooksPage() -> impl IntoView {
    let query = use_query(&[Topic::Webhooks], api::webhooks::list_webhooks);
    let dialogs = WebhookDialogs::new();
    let create = move || dialogs.on(None, dialogs.form);
    use_keys(tr!(parts.keys_here), vec![Key::new("n", tr!(webhooks.create), create)]);
    let new_button = move |kind| view! { <Button kind icon=IconName::Plus on_click=move |()| create()>{tr!(webhooks.create)}</Button> };
    let empty = move || {
        view! { <EmptyState icon=IconName::Webhook title=tr!(webhooks.empty_title) text=tr!(webhooks.empty_text)>{new_button(Kind::Plain)}</EmptyState> }
    };
    view! {
        <PageHead title=tr!(frame.webhooks)>{new_button(Kind::Primary)}</PageHead>
        <div class="stack">
            <NewSecret dialogs/>
            <AsyncView query empty_when=Vec::is_empty empty let:all>
                <DataTable
                    name="webhooks"
                    columns=columns(dialogs)
                    rows=all
                    row_id=|webhook| webhook.id.to_string()
                    row_label=|webhook| webhook.name.clone()
                    live=query.freshness()
                />
            </AsyncView>
        </div>
        <Dialogs dialogs on_changed=move |()| query.refetch() on_removed=move |()| query.refetch()/>
    }
}
