//! Processos: every process of the organisation, filtered by the server.

mod client_filter;
mod columns;

use esteira_shared::{
    dto::{
        bulk::BulkTarget,
        processes::{ProcessDto, ProcessQuery},
    },
    event::Topic,
    status::ProcessStatus,
};
use leptos::prelude::*;

use super::bulk::BulkButtons;
use crate::{
    api,
    components::{
        AsyncView, BulkDialog, BulkFlow, Button, Choice, DataTable, EmptyState, FilterBar, FilterChip, Icon, IconName,
        LinkButton, PageHead, Pager, Selection, SelectionBar, ToggleChip,
    },
    hooks::{use_list_query, use_month_choices, use_operator_choices, use_query},
    i18n::tr,
    routes::paths,
    text::status,
};
use client_filter::ClientFilter;

/// The statuses as choices of a filter.
pub fn status_choices() -> Vec<Choice> {
    ProcessStatus::ALL
        .iter()
        .map(|one| Choice::new(one.as_str(), status::process(*one)))
        .collect()
}

#[component]
pub fn ProcessesPage() -> impl IntoView {
    let list = use_list_query();
    let query = use_query(&[Topic::Processes], move || {
        let wanted = list.read::<ProcessQuery>();
        async move { api::processes::list_processes(&wanted).await }
    });
    let total = Signal::derive(move || query.data.with(|page| page.as_ref().and_then(|page| page.total)));
    let selection = Selection::new();
    let bulk = BulkFlow::new();
    let filter = Memo::new(move |_| list.read::<ProcessQuery>().filter());
    selection.clear_with(filter);
    let target = move |()| selection.target(|| BulkTarget::Filter(filter.get_untracked()), BulkTarget::Ids);
    let operator_choices = use_operator_choices();
    let month_choices = use_month_choices();
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
                <EmptyState icon=IconName::Process title=tr!(processes.empty_title) text=tr!(processes.empty_text)>
                    <LinkButton href=paths::MONTH icon=IconName::Month>{tr!(processes.go_month)}</LinkButton>
                </EmptyState>
            }
            .into_any()
        }
    };
    let export = move || api::processes::export_address(&list.read::<ProcessQuery>());
    view! {
        <PageHead title=tr!(processes.title)>
            <a class="btn" href=export download="" rel="external"><Icon name=IconName::Download/>{tr!(processes.export)}</a>
        </PageHead>
        <FilterBar list search="q" search_label=tr!(processes.search) total>
            <FilterChip list key="month" label=tr!(processes.month) options=month_choices/>
            <FilterChip list key="operator_id" label=tr!(processes.operator) options=operator_choices/>
            <ClientFilter list/>
            <FilterChip list key="status" label=tr!(processes.status) options=Signal::derive(status_choices) multi=true/>
            <ToggleChip list key="late" label=tr!(processes.late)/>
        </FilterBar>
        <AsyncView query empty_when=|page| page.items.is_empty() empty let:data>
            <DataTable
                name="processes"
                columns=columns::columns()
                rows=Signal::derive(move || data.with(|page| page.items.clone()))
                row_id=|process: &ProcessDto| process.id.to_string()
                row_label=super::words::title
                list
                selection
                total
                live=query.freshness()
            />
            <Pager list next=Signal::derive(move || data.with(|page| page.next_cursor.clone()))/>
            <SelectionBar selection total><BulkButtons bulk target/></SelectionBar>
        </AsyncView>
        <BulkDialog bulk on_over=move |()| { selection.clear(); query.refetch(); }/>
    }
}
