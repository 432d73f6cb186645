//! Slots that did not run: why, and what becomes of them.

mod act;
mod columns;

use std::collections::BTreeSet;

use esteira_shared::{
    dto::schedules::{MissedQuery, MissedTarget, ScheduleQuery, ScheduleRunDto},
    event::Topic,
    page::{Page, Total},
    permission::Permission,
    status::{MissedCause, ScheduleKind},
};
use leptos::prelude::*;

use self::{
    act::{Act, ActDialog, Asked, MissedFlow},
    columns::columns,
};
use super::words;
use crate::{
    api,
    components::{
        AsyncView, Button, Choice, DataTable, EmptyState, FilterBar, FilterChip, IconName, LinkButton, PageHead, Pager,
        Selection, SelectionBar,
    },
    hooks::{ListQuery, Query, use_list_query, use_query},
    i18n::tr,
    pages::frame::{Crumb, use_crumbs},
    routes::paths,
    state::session::use_session,
    text::schedules,
};

#[component]
pub fn MissedPage() -> impl IntoView {
    use_crumbs(|| {
        vec![
            Crumb::link(tr!(frame.schedules), paths::SCHEDULES),
            Crumb::here(tr!(schedules.missed_title)),
        ]
    });
    let list = use_list_query();
    let wanted = Memo::new(move |_| list.read::<MissedQuery>());
    let query = use_query(&[Topic::Schedules], move || {
        let wanted = wanted.get();
        async move { api::schedules::list_missed(&wanted).await }
    });
    let kinds = use_query(&[], api::schedules::list_schedule_kinds);
    let total = Signal::derive(move || query.data.with(|page| page.as_ref().and_then(|page| page.total)));
    let selection = Selection::new();
    let filter = Memo::new(move |_| wanted.with(|wanted| (wanted.schedule_id, wanted.cause)));
    selection.clear_with(filter);
    let may_manage = untrack(|| use_session().may(Permission::ManageSchedules));
    let flow = MissedFlow::new();
    let to_people = move |kind: ScheduleKind| {
        kinds
            .data
            .with_untracked(|kinds| kinds.iter().flatten().any(|one| one.kind == kind && one.to_people))
    };
    let rows = move || {
        query
            .data
            .with_untracked(|page| page.iter().flat_map(|page| page.items.clone()).collect::<Vec<_>>())
    };
    let everything = move || {
        let (schedule_id, cause) = filter.get_untracked();
        MissedTarget::All { schedule_id, cause }
    };
    // Of all that match only this page is known.
    let ask_all = move |act: Act| {
        let writes = rows().iter().any(|run| to_people(run.kind));
        flow.ask(Asked {
            act,
            target: everything(),
            count: total
                .get_untracked()
                .filter(|total| !total.capped)
                .map(|total| total.count),
            to_people: writes,
        });
    };
    let ask_chosen = Callback::new(move |act: Act| {
        if selection.all_matching.get_untracked() {
            return ask_all(act);
        }
        let Some(target) = selection.target(everything, MissedTarget::Ids) else {
            return;
        };
        let chosen: BTreeSet<String> = selection.ids.get_untracked();
        let writes = rows()
            .iter()
            .any(|run| chosen.contains(&run.id.to_string()) && to_people(run.kind));
        let count = i64::try_from(chosen.len()).ok();
        flow.ask(Asked {
            act,
            target,
            count,
            to_people: writes,
        });
    });
    let ask_one = Callback::new(move |(act, run): (Act, ScheduleRunDto)| {
        flow.ask(Asked {
            act,
            target: MissedTarget::Ids(vec![run.id]),
            count: Some(1),
            to_people: to_people(run.kind),
        });
    });
    let some = Memo::new(move |_| {
        query
            .data
            .with(|page| page.as_ref().is_some_and(|page| !page.items.is_empty()))
    });
    view! {
        <PageHead title=tr!(schedules.missed_title)>
            <Show when=move || may_manage && some.get()>
                <Button icon=IconName::Play on_click=move |()| ask_all(Act::Run)>{tr!(schedules.missed_run_all)}</Button>
                <Button icon=IconName::Close on_click=move |()| ask_all(Act::Dismiss)>{tr!(schedules.missed_dismiss_all)}</Button>
            </Show>
        </PageHead>
        <Filters list total/>
        <AsyncView query empty_when=|page| page.items.is_empty() empty=move || nothing(list) let:data>
            {table(data, query, may_manage.then_some((selection, ask_one)))}
            <Pager list next=Signal::derive(move || data.with(|page| page.next_cursor.clone()))/>
            {may_manage.then(|| view! {
                <SelectionBar selection total>
                    <Button small=true icon=IconName::Play on_click=move |()| ask_chosen.run(Act::Run)>{tr!(schedules.missed_run)}</Button>
                    <Button small=true icon=IconName::Close on_click=move |()| ask_chosen.run(Act::Dismiss)>{tr!(schedules.missed_dismiss)}</Button>
                </SelectionBar>
            })}
        </AsyncView>
        {may_manage.then(|| view! { <ActDialog flow on_over=move |()| { selection.clear(); query.refetch(); }/> })}
    }
}

#[component]
fn Filters(list: ListQuery, total: Signal<Option<Total>>) -> impl IntoView {
    let all = use_query(&[Topic::Schedules], || async {
        let wanted = ScheduleQuery {
            limit: Some(200),
            ..ScheduleQuery::default()
        };
        api::schedules::list_schedules(&wanted).await
    });
    let names = Signal::derive(move || {
        all.data.with(|page| {
            page.iter()
                .flat_map(|page| &page.items)
                .map(|one| Choice::new(one.id.to_string(), one.name.clone()))
                .collect::<Vec<_>>()
        })
    });
    let causes = Choice::list(
        MissedCause::ALL
            .iter()
            .map(|one| (one.as_str(), schedules::cause(*one))),
    );
    view! {
        <FilterBar list total>
            <FilterChip list key="schedule_id" label=tr!(schedules.schedule) options=names/>
            <FilterChip list key="cause" label=tr!(schedules.cause) options=causes/>
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
    view! {
        <EmptyState icon=IconName::Done title=tr!(schedules.missed_none) text=tr!(schedules.missed_none_text)>
            <LinkButton href=paths::SCHEDULES icon=IconName::Schedule>{tr!(schedules.see_all)}</LinkButton>
        </EmptyState>
    }
    .into_any()
}

/// Rows are only selected by those who can do something with them.
fn table(
    data: Signal<Page<ScheduleRunDto>>,
    query: Query<Page<ScheduleRunDto>>,
    acts: Option<(Selection, Callback<(Act, ScheduleRunDto)>)>,
) -> AnyView {
    let rows = Signal::derive(move || data.with(|page| page.items.clone()));
    let total = Signal::derive(move || data.with(|page| page.total));
    let row_id = |run: &ScheduleRunDto| run.id.to_string();
    let row_label = words::run_label;
    let live = query.freshness();
    match acts {
        Some((selection, ask)) => view! {
            <DataTable name="missed_schedules" columns=columns(Some(ask)) rows row_id row_label selection total live/>
        }
        .into_any(),
        None => view! { <DataTable name="missed_schedules" columns=columns(None) rows row_id row_label total live/> }
            .into_any(),
    }
}
