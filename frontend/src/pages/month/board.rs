//! One month: its head, what is missing, filters, matrix and what is done with chosen cells.

use esteira_shared::{
    dto::{
        bulk::BulkTarget,
        processes::{MatrixQuery, MonthMatrixDto, ProcessFilter, ProcessQuery},
    },
    event::Topic,
    month::Month,
    permission::Permission,
};
use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_navigate};

use super::{
    grid::Matrix,
    opening::{OpenMonthButton, Unopened},
    report::ReportButton,
    summary::Summary,
};
use crate::{
    api,
    components::{
        AsyncView, BulkDialog, BulkFlow, Button, EmptyState, FilterBar, FilterChip, Icon, IconName, Kind, LinkButton,
        MonthPicker, Notice, Selection, SelectionBar, ToggleChip,
    },
    hooks::{ListQuery, Query, use_list_query, use_operator_choices, use_query},
    i18n::tr,
    pages::processes::{BulkButtons, status_choices},
    routes::paths,
    state::session::use_session,
    text::format,
};

#[component]
pub(super) fn Board(month: Month) -> impl IntoView {
    let list = use_list_query();
    let query = use_query(&[Topic::Processes, Topic::Clients, Topic::Operators], move || {
        let wanted = list.read::<MatrixQuery>();
        async move { api::processes::get_month(month, &wanted).await }
    });
    let operator_choices = use_operator_choices();
    let selection = Selection::new();
    let bulk = BulkFlow::new();
    let wanted = Memo::new(move |_| list.read::<MatrixQuery>());
    selection.clear_with(wanted);
    let target = move |()| {
        selection.target(
            || BulkTarget::Filter(filter_of(month, &wanted.get_untracked())),
            BulkTarget::Ids,
        )
    };
    let single = Memo::new(move |_| {
        let all = selection.all_matching.get();
        selection
            .ids
            .with(|ids| (!all && ids.len() == 1).then(|| ids.first().cloned()).flatten())
    });
    view! {
        <Head month wanted query/>
        <AsyncView query let:data>
            <Show when=move || data.with(|matrix| !matrix.counts.is_empty()) fallback=move || view! { <NotOpened month data query/> }>
                <Summary data list/>
                <Unopened month data query/>
                <FilterBar list search="q" search_label=tr!(processes.search)>
                    <FilterChip list key="operator_id" label=tr!(processes.operator) options=operator_choices/>
                    <FilterChip list key="status" label=tr!(processes.status) options=Signal::derive(status_choices) multi=true/>
                    <ToggleChip list key="late" label=tr!(processes.late)/>
                </FilterBar>
                <Show when=move || data.with(|matrix| matrix.truncated)>
                    <Notice title=tr!(month.truncated) text=tr!(month.truncated_text)/>
                </Show>
                <Show when=move || data.with(|matrix| !matrix.rows.is_empty()) fallback=move || nothing_matches(list)>
                    <Matrix data selection live=query.freshness() narrowed=Signal::derive(move || list.is_filtered())/>
                </Show>
                <SelectionBar selection>
                    {move || single.get().map(|id| view! { <LinkButton small=true href=paths::process(id)>{tr!(month.open_process)}</LinkButton> })}
                    <BulkButtons bulk target/>
                    <Show when=move || !selection.all_matching.get() && single.with(Option::is_none)>
                        <Button small=true kind=Kind::Ghost on_click=move |()| selection.all_matching.set(true)>{tr!(month.select_all)}</Button>
                    </Show>
                </SelectionBar>
            </Show>
        </AsyncView>
        <BulkDialog bulk on_over=move |()| { selection.clear(); query.refetch(); }/>
    }
}

#[component]
fn Head(month: Month, wanted: Memo<MatrixQuery>, query: Query<MonthMatrixDto>) -> impl IntoView {
    let session = use_session();
    let navigate = use_navigate();
    let location = use_location();
    // The filters travel to the other month.
    let go = move |to: Month| {
        let search = location.search.get_untracked();
        let address = if search.is_empty() {
            paths::month(to)
        } else {
            format!("{}?{}", paths::month(to), search.trim_start_matches('?'))
        };
        navigate(&address, Default::default());
    };
    document().set_title(&format!("{} · Esteira", format::month(month)));
    let export = move || {
        let wanted = wanted.get();
        api::processes::export_address(&ProcessQuery {
            month: Some(month),
            operator_id: wanted.operator_id,
            status: wanted.status,
            late: wanted.late,
            q: wanted.q,
            ..ProcessQuery::default()
        })
    };
    let may_open = move || {
        session.may(Permission::OpenMonth)
            && query.data.with(|data| {
                data.as_ref()
                    .is_some_and(|data| data.unopened_accounts > 0 && !data.counts.is_empty())
            })
    };
    let has_any = move || {
        query
            .data
            .with(|data| data.as_ref().is_some_and(|data| !data.counts.is_empty()))
    };
    view! {
        <header class="page-head">
            <div class="page-head__text">
                <h1 class="sr-only">{tr!(month.heading, month = format::month(month))}</h1>
                <MonthPicker value=Signal::stored(month) on_change=go/>
            </div>
            <div class="page-head__actions">
                <Show when=has_any>
                    <a class="btn" href=export download="" rel="external"><Icon name=IconName::Download/>{tr!(processes.export)}</a>
                    <ReportButton month/>
                </Show>
                <Show when=may_open><OpenMonthButton month query/></Show>
            </div>
        </header>
    }
}

/// The same processes as the matrix shows, for bulk actions.
fn filter_of(month: Month, wanted: &MatrixQuery) -> ProcessFilter {
    ProcessFilter {
        month: Some(month),
        operator_id: wanted.operator_id,
        client_id: None,
        status: wanted.status.clone(),
        late: wanted.late,
        q: wanted.q.clone(),
    }
}

fn nothing_matches(list: ListQuery) -> impl IntoView {
    view! {
        <EmptyState icon=IconName::Find title=tr!(parts.empty_filtered_title) text=tr!(parts.empty_filtered_text)>
            <Button on_click=move |()| list.clear()>{tr!(parts.clear_filters)}</Button>
        </EmptyState>
    }
}

/// The month has no process yet.
#[component]
fn NotOpened(month: Month, data: Signal<MonthMatrixDto>, query: Query<MonthMatrixDto>) -> impl IntoView {
    let session = use_session();
    let unopened = move || data.with(|matrix| matrix.unopened_accounts);
    move || {
        let count = unopened();
        let name = format::month(month);
        if count == 0 {
            return view! {
                <EmptyState icon=IconName::Month title=tr!(month.no_accounts) text=tr!(month.no_accounts_text)>
                    <LinkButton href=paths::CLIENTS>{tr!(month.go_clients)}</LinkButton>
                </EmptyState>
            }
            .into_any();
        }
        let text = tr!(month.not_opened_text, count = format::count(count));
        let may = session.may(Permission::OpenMonth);
        view! {
            <EmptyState icon=IconName::Month title=tr!(month.not_opened, month = name) text>
                {may.then(|| view! { <OpenMonthButton month query primary=true/> })}
                {(!may).then(|| view! { <p class="small">{tr!(month.ask_manager)}</p> })}
            </EmptyState>
        }
        .into_any()
    }
}
