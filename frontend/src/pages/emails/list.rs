//! The list of e-mails.

use esteira_shared::{
    dto::emails::{SentEmailDto, SentEmailQuery},
    event::Topic,
    status::EmailStatus,
};
use leptos::prelude::*;
use leptos_router::components::A;

use super::words;
use crate::{
    api,
    components::{
        AsyncView, Button, Choice, Column, DataTable, EmptyState, FilterBar, FilterChip, IconName, LinkButton,
        OnlyChip, PageHead, Pager, RelativeTime,
    },
    hooks::{use_list_query, use_query},
    i18n::tr,
    routes::paths,
    text::{format, reasons, status},
};

#[component]
pub fn EmailsPage() -> impl IntoView {
    let list = use_list_query();
    let query = use_query(&[Topic::Emails], move || {
        let wanted = list.read::<SentEmailQuery>();
        async move { api::emails::list_emails(&wanted).await }
    });
    let statuses = Choice::list(EmailStatus::ALL.iter().map(|one| (one.as_str(), status::email(*one))));
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
                <EmptyState icon=IconName::Mail title=tr!(emails.empty_title) text=tr!(emails.empty_text)>
                    <LinkButton href=paths::SETTINGS>{tr!(emails.to_settings)}</LinkButton>
                </EmptyState>
            }
            .into_any()
        }
    };
    view! {
        <PageHead title=tr!(frame.emails)/>
        <FilterBar list search="q" search_label=tr!(emails.search)>
            <FilterChip list key="status" label=tr!(emails.status) options=statuses/>
            <OnlyChip list key="schedule_run_id" label=tr!(emails.run)/>
        </FilterBar>
        <AsyncView query empty_when=|page| page.items.is_empty() empty let:page>
            <DataTable
                name="emails"
                columns=columns()
                rows=Signal::derive(move || page.with(|page| page.items.clone()))
                row_id=|email| email.id.to_string()
                row_label=words::label
                list
                live=query.freshness()
            />
            <Pager list next=Signal::derive(move || page.with(|page| page.next_cursor.clone()))/>
        </AsyncView>
    }
}

fn columns() -> Vec<Column<SentEmailDto>> {
    vec![
        Column::new("subject", tr!(emails.subject), |email: &SentEmailDto| {
            let (address, subject) = (paths::email(email.id), email.subject.clone());
            view! { <A href=address><span translate="no">{subject}</span></A> }
        })
        .main(),
        Column::new("to", tr!(emails.to), |email: &SentEmailDto| {
            let (to, whole) = (email.to.clone(), email.to.clone());
            view! { <span class="email-to truncate" title=whole translate="no">{to}</span> }
        }),
        Column::new("created", tr!(emails.created), |email: &SentEmailDto| {
            view! { <span class="muted"><RelativeTime at=email.created_at/></span> }
        }),
        Column::new("status", tr!(emails.status), |email: &SentEmailDto| {
            words::mark(email, false)
        }),
        Column::new("tries", tr!(emails.tries), |email: &SentEmailDto| {
            format::count(email.tries.into())
        })
        .numeric(),
        Column::new("error", tr!(emails.error), |email: &SentEmailDto| {
            match email.last_error_coded.as_ref().map(reasons::told) {
                Some(error) => {
                    let whole = reasons::plain(&error);
                    view! { <small class="email-error truncate" title=whole>{reasons::quotes(&error)}</small> }
                        .into_any()
                }
                None => view! { <span class="faint">"—"</span> }.into_any(),
            }
        }),
    ]
}
