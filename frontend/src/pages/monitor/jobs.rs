//! The live list of jobs, and what is done to many at once.

use esteira_shared::{
    dto::{
        bulk::JobTarget,
        jobs::{JobDto, JobQuery},
    },
    event::Topic,
    page::Page,
    permission::Permission,
    status::JobStatus,
};
use leptos::prelude::*;

use super::{
    bulk::{BulkButtons, LastBulk, LastStarted},
    columns::columns,
    words,
};
use crate::{
    api,
    components::{
        AsyncView, BulkDialog, BulkFlow, Button, Choice, DataTable, EmptyState, FilterBar, FilterChip, IconName,
        OnlyChip, Pager, Selection, SelectionBar,
    },
    hooks::{Freshness, ListQuery, Query, use_query},
    i18n::tr,
    state::session::use_session,
    text::{status, tasks},
};

#[component]
pub(super) fn Jobs(list: ListQuery, pointed: RwSignal<bool>) -> impl IntoView {
    on_cleanup(move || {
        let _ = pointed.try_set(false);
    });
    // The address also changes with the tab and the range of the figures, which mean nothing here.
    let wanted = Memo::new(move |_| list.read::<JobQuery>());
    let query = use_query(&[Topic::Jobs], move || {
        let wanted = wanted.get();
        async move { api::jobs::list_jobs(&wanted).await }
    });
    let names = use_query(&[], api::jobs::list_tasks);
    let total = Signal::derive(move || query.data.with(|page| page.as_ref().and_then(|page| page.total)));
    let selection = Selection::new();
    let bulk = BulkFlow::new();
    let last = LastStarted::new();
    let filter = Memo::new(move |_| wanted.with(JobQuery::filter));
    selection.clear_with(filter);
    let target = move |()| selection.target(|| JobTarget::Filter(filter.get_untracked()), JobTarget::Ids);
    let task_choices = Signal::derive(move || {
        names.data.with(|names| {
            let names = names.iter().flatten();
            names
                .map(|name| Choice::new(name.clone(), tasks::title(name)))
                .collect::<Vec<_>>()
        })
    });
    let status_choices = Choice::list(JobStatus::ALL.iter().map(|one| (one.as_str(), status::job(*one))));
    let empty = move || {
        if list.is_filtered() {
            view! {
                <EmptyState icon=IconName::Find title=tr!(parts.empty_filtered_title) text=tr!(parts.empty_filtered_text)>
                    <Button on_click=move |()| list.clear()>{tr!(parts.clear_filters)}</Button>
                </EmptyState>
            }
            .into_any()
        } else {
            view! { <EmptyState icon=IconName::Monitor title=tr!(monitor.empty_title) text=tr!(monitor.empty_text)/> }
                .into_any()
        }
    };
    let may_act = untrack(|| use_session().may(Permission::ManageJobs));
    view! {
        {may_act.then(|| view! { <LastBulk bulk last/> })}
        <FilterBar list search="q" search_label=tr!(monitor.search) total>
            <FilterChip list key="status" label=tr!(monitor.status) options=status_choices/>
            <FilterChip list key="task" label=tr!(monitor.task) options=task_choices/>
            <OnlyChip list key="subject_id" label=tr!(monitor.subject)/>
            <OnlyChip list key="worker_id" label=tr!(monitor.worker)/>
        </FilterBar>
        <AsyncView query empty_when=|page| page.items.is_empty() empty let:data>
            {table(data, query, list, may_act.then_some(selection), pointed)}
            <Pager list next=Signal::derive(move || data.with(|page| page.next_cursor.clone()))/>
            {may_act.then(|| view! { <SelectionBar selection total><BulkButtons bulk last target/></SelectionBar> })}
        </AsyncView>
        {may_act.then(|| view! { <BulkDialog bulk on_over=move |()| { selection.clear(); query.refetch(); }/> })}
    }
}

/// Rows are only selected by those who can do something with them.
fn table(
    data: Signal<Page<JobDto>>,
    query: Query<Page<JobDto>>,
    list: ListQuery,
    selection: Option<Selection>,
    pointed: RwSignal<bool>,
) -> AnyView {
    let rows = Signal::derive(move || data.with(|page| page.items.clone()));
    let total = Signal::derive(move || data.with(|page| page.total));
    let row_id = |job: &JobDto| job.id.to_string();
    let hold = move |held| {
        pointed.set(held);
        query.hold(held);
    };
    let live = Freshness {
        hold: Callback::new(hold),
        ..query.freshness()
    };
    match selection {
        Some(selection) => view! {
            <DataTable name="jobs" columns=columns() rows row_id row_label=words::label list selection total live/>
        }
        .into_any(),
        None => view! { <DataTable name="jobs" columns=columns() rows row_id row_label=words::label list total live/> }
            .into_any(),
    }
}
