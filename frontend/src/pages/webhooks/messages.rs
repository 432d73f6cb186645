//! The messages to one webhook.

use esteira_shared::{
    dto::webhooks::WebhookDeliveryDto, ids::WebhookEndpointId, page::Page, status::DeliveryStatus,
    webhook::WebhookEvent,
};
use leptos::prelude::*;
use leptos_router::components::A;

use super::{detail::Test, words};
use crate::{
    components::{
        AsyncView, Button, Choice, Column, CopyText, DataTable, EmptyState, FilterBar, FilterChip, IconName, Pager,
        RelativeTime,
    },
    hooks::{ListQuery, Query},
    i18n::tr,
    routes::paths,
    text::{format, reasons, status, tasks, webhooks},
};

#[component]
pub(super) fn Messages(
    webhook: WebhookEndpointId,
    list: ListQuery,
    query: Query<Page<WebhookDeliveryDto>>,
    test: Test,
) -> impl IntoView {
    let statuses = Choice::list(
        DeliveryStatus::ALL
            .iter()
            .map(|one| (one.as_str(), status::delivery(*one))),
    );
    let events = Choice::list(
        WebhookEvent::ALL
            .iter()
            .map(|one| (one.as_str(), webhooks::event(*one))),
    );
    let empty = move || {
        if list.is_filtered() {
            view! {
                <EmptyState icon=IconName::Find title=tr!(parts.empty_filtered_title) text=tr!(parts.empty_filtered_text)>
                    <Button on_click=move |()| list.clear()>{tr!(parts.clear_filters)}</Button>
                </EmptyState>
            }
            .into_any()
        } else {
            view! {
                <EmptyState icon=IconName::Send title=tr!(webhooks.no_messages_title) text=tr!(webhooks.no_messages_text)>
                    <Button busy=test.busy disabled=test.off on_click=test.send>{tr!(webhooks.test)}</Button>
                </EmptyState>
            }
            .into_any()
        }
    };
    view! {
        <section aria-label=tr!(webhooks.messages)>
            <div class="webhook__messages">
                <h2>{tr!(webhooks.messages)}</h2>
                <span class="small faint">{tr!(webhooks.messages_note)}</span>
            </div>
            <FilterBar list>
                <FilterChip list key="status" label=tr!(webhooks.status) options=statuses/>
                <FilterChip list key="event" label=tr!(webhooks.event) options=events/>
            </FilterBar>
            <AsyncView query empty_when=|page| page.items.is_empty() empty let:page>
                <DataTable
                    name="webhook_messages"
                    columns=columns(webhook)
                    rows=Signal::derive(move || page.with(|page| page.items.clone()))
                    row_id=|message| message.id.to_string()
                    row_label=words::label
                    list
                    live=query.freshness()
                />
                <Pager list next=Signal::derive(move || page.with(|page| page.next_cursor.clone()))/>
            </AsyncView>
        </section>
    }
}

fn columns(webhook: WebhookEndpointId) -> Vec<Column<WebhookDeliveryDto>> {
    vec![
        Column::new("event", tr!(webhooks.event), move |message: &WebhookDeliveryDto| {
            let (address, word) = (
                paths::webhook_message(webhook, message.id),
                webhooks::event(message.event),
            );
            view! { <A href=address>{word}</A> }
        })
        .main(),
        Column::new("created", tr!(webhooks.created), |message: &WebhookDeliveryDto| {
            view! { <span class="muted"><RelativeTime at=message.created_at/></span> }
        }),
        Column::new("status", tr!(webhooks.status), |message: &WebhookDeliveryDto| {
            words::mark(message, false)
        }),
        Column::new("tries", tr!(webhooks.tries), |message: &WebhookDeliveryDto| {
            format::count(message.tries.into())
        })
        .numeric(),
        Column::new("http", tr!(webhooks.http), |message: &WebhookDeliveryDto| {
            message
                .last_status
                .map_or_else(|| "—".to_owned(), |status| status.to_string())
        })
        .numeric(),
        Column::new("duration", tr!(webhooks.duration), |message: &WebhookDeliveryDto| {
            message.last_ms.map_or_else(|| "—".to_owned(), format::duration)
        })
        .numeric(),
        Column::new(
            "error",
            tr!(webhooks.error),
            |message: &WebhookDeliveryDto| match message.last_error_coded.as_ref().map(reasons::told) {
                Some(error) => {
                    let whole = reasons::plain(&error);
                    view! { <small class="webhook-error truncate" title=whole>{reasons::quotes(&error)}</small> }
                        .into_any()
                }
                None => view! { <span class="faint">"—"</span> }.into_any(),
            },
        ),
        Column::new("id", "webhook-id", |message: &WebhookDeliveryDto| {
            view! { <CopyText text=message.id.to_string() shown=tasks::short_id(message.id) mono=true/> }
        })
        .hidden(),
    ]
}
