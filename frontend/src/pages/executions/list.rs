//! The live list of runs, and what is done to many at once.

use esteira_shared::{
    dto::{
        bulk::{ExecutionAction, ExecutionTarget},
        executions::{ExecutionDto, ExecutionQuery},
    },
    event::Topic,
    page::{Page, Total},
    permission::Permission,
    status::{ExecutionStatus, ExecutionType},
};
use leptos::prelude::*;

use super::{bulk::BulkButtons, columns::columns, words};
use crate::{
    api,
    components::{
        AsyncView, BulkDialog, BulkFlow, Button, Choice, DataTable, EmptyState, FilterBar, FilterChip, IconName,
        LinkButton, OnlyChip, PageHead, Pager, Selection, SelectionBar, ToggleChip,
    },
    hooks::{ListQuery, Query, use_list_query, use_month_choices, use_operator_choices, use_query},
    i18n::tr,
    routes::paths,
    state::session::use_session,
    text::status,
};

#[component]
pub fn ExecutionsPage() -> impl IntoView {
    let list = use_list_query();
    let wanted = Memo::new(move |_| list.read::<ExecutionQuery>());
    let query = use_query(&[Topic::Executions], move || {
        let wanted = wanted.get();
        async move { api::executions::list_executions(&wanted).await }
    });
    let total = Signal::derive(move || query.data.with(|page| page.as_ref().and_then(|page| page.total)));
    let selection = Selection::new();
    let bulk = BulkFlow::new();
    let filter = Memo::new(move |_| wanted.with(ExecutionQuery::filter));
    selection.clear_with(filter);
    let target = move |()| selection.target(|| ExecutionTarget::Filter(filter.get_untracked()), ExecutionTarget::Ids);
    let names = move |action: ExecutionAction| named(query, selection, action);
    let may_run = untrack(|| use_session().may(Permission::RunRobots));
    view! {
        <PageHead title=tr!(frame.executions)/>
        <Filters list total/>
        <AsyncView query empty_when=|page| page.items.is_empty() empty=move || nothing(list) let:data>
            {table(data, query, list, may_run.then_some(selection))}
            <Pager list next=Signal::derive(move || data.with(|page| page.next_cursor.clone()))/>
            {may_run.then(|| view! { <SelectionBar selection total><BulkButtons bulk target names/></SelectionBar> })}
        </AsyncView>
        {may_run.then(|| view! { <BulkDialog bulk on_over=move |()| { selection.clear(); query.refetch(); }/> })}
    }
}

#[component]
fn Filters(list: ListQuery, total: Signal<Option<Total>>) -> impl IntoView {
    let operator_choices = use_operator_choices();
    let month_choices = use_month_choices();
    let statuses = Choice::list(
        ExecutionStatus::ALL
            .iter()
            .map(|one| (one.as_str(), status::execution(*one))),
    );
    let kinds = Choice::list(
        ExecutionType::ALL
            .iter()
            .map(|one| (one.as_str(), status::execution_type(*one))),
    );
    view! {
        <FilterBar list search="q" search_label=tr!(executions.search) total>
            <FilterChip list key="status" label=tr!(executions.status) options=statuses multi=true/>
            <FilterChip list key="tipo" label=tr!(executions.kind) options=kinds/>
            <FilterChip list key="operator_id" label=tr!(executions.operator) options=operator_choices/>
            <FilterChip list key="month" label=tr!(executions.month) options=month_choices/>
            <ToggleChip list key="unknown" label=tr!(executions.unknown)/>
            <OnlyChip list key="process_id" label=tr!(executions.process)/>
        </FilterBar>
    }
}

fn nothing(list: ListQuery) -> AnyView {
    if list.is_filtered() {
        return view! {
            <EmptyState icon=IconName::Find title=tr!(parts.empty_filtered_title) text=tr!(parts.empty_filtered_text)>
                <Button on_click=move |()| list.clear()>{tr!(parts.clear_filters)}</Button>
            </EmptyState>
        }
        .into_any();
    }
    // Who may connect the robots is sent there; the others to what a robot can be started for.
    let may_connect = untrack(|| use_session().may(Permission::ManageOrganization));
    let (href, icon, word) = if may_connect {
        (paths::CONNECTIONS, IconName::Connection, tr!(executions.go_connections))
    } else {
        (paths::PROCESSES, IconName::Process, tr!(executions.go_processes))
    };
    view! {
        <EmptyState icon=IconName::Robot title=tr!(executions.empty_title) text=tr!(executions.empty_text)>
            <LinkButton href icon>{word}</LinkButton>
        </EmptyState>
    }
    .into_any()
}

/// The selected rows of this page that take the action.
fn named(query: Query<Page<ExecutionDto>>, selection: Selection, action: ExecutionAction) -> Vec<String> {
    if selection.all_matching.get_untracked() {
        return Vec::new();
    }
    selection.ids.with_untracked(|ids| {
        query.data.with_untracked(|page| {
            let rows = || page.iter().flat_map(|page| &page.items);
            rows()
                .filter(|one| ids.contains(&one.id.to_string()) && words::takes(one, action))
                // Of a process only the newest run is repeated.
                .filter(|one| action != ExecutionAction::Rerun || !rows().any(|other| words::follows(other, one)))
                .map(words::title)
                .collect()
        })
    })
}

/// Rows are only selected by those who can do something with them.
fn table(
    data: Signal<Page<ExecutionDto>>,
    query: Query<Page<ExecutionDto>>,
    list: ListQuery,
    selection: Option<Selection>,
) -> AnyView {
    let rows = Signal::derive(move || data.with(|page| page.items.clone()));
    let total = Signal::derive(move || data.with(|page| page.total));
    let row_id = |one: &ExecutionDto| one.id.to_string();
    let live = query.freshness();
    match selection {
        Some(selection) => view! {
            <DataTable name="executions" columns=columns() rows row_id row_label=words::label list selection total live/>
        }
        .into_any(),
        None => view! {
            <DataTable name="executions" columns=columns() rows row_id row_label=words::label list total live/>
        }
        .into_any(),
    }
}
