//! The list of schedules, and what is done to many at once.

use esteira_shared::{
    dto::schedules::{MissedQuery, ScheduleDto, ScheduleQuery, ScheduleState, SchedulesTarget},
    event::Topic,
    page::{Page, Total},
    permission::Permission,
    status::ScheduleKind,
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::{
    bulk::{Bulk, BulkButtons, BulkDialogs},
    columns::{RowActions, columns},
    dialogs::{Dialogs, ScheduleDialogs, use_resume},
    import::Import,
    stopped::Stopped,
};
use crate::{
    api,
    components::{
        AsyncView, Button, Choice, DataTable, EmptyState, FilterBar, FilterChip, Icon, IconName, Kind, LinkButton,
        PageHead, Pager, Selection, SelectionBar, ToggleChip,
    },
    hooks::{ListQuery, Query, use_list_query, use_query},
    i18n::tr,
    routes::paths,
    state::{
        keys::{Key, use_keys},
        session::use_session,
    },
    text::{format, schedules},
};

/// The kinds as choices of a filter.
fn kind_choices() -> Vec<Choice> {
    Choice::list(
        ScheduleKind::ALL
            .iter()
            .map(|one| (one.as_str(), schedules::kind(*one))),
    )
}

#[component]
pub fn SchedulesPage() -> impl IntoView {
    let list = use_list_query();
    let wanted = Memo::new(move |_| list.read::<ScheduleQuery>());
    let query = use_query(&[Topic::Schedules], move || {
        let wanted = wanted.get();
        async move { api::schedules::list_schedules(&wanted).await }
    });
    let total = Signal::derive(move || query.data.with(|page| page.as_ref().and_then(|page| page.total)));
    let selection = Selection::new();
    // What stands for a place in the list is no filter.
    let filter = Memo::new(move |_| ScheduleQuery {
        cursor: None,
        limit: None,
        ..wanted.get()
    });
    selection.clear_with(filter);
    let target = move |()| selection.target(|| SchedulesTarget::Filter(filter.get_untracked()), SchedulesTarget::Ids);
    let may_manage = untrack(|| use_session().may(Permission::ManageSchedules));
    let (bulk, dialogs, import) = (Bulk::new(), ScheduleDialogs::new(), RwSignal::new(false));
    let changed = Callback::new(move |()| query.refetch());
    let (resume, _) = use_resume(changed);
    let open = use_open();
    let acts = may_manage.then_some(RowActions { dialogs, resume, open });
    view! {
        <PageHead title=tr!(frame.schedules)><Buttons may_manage import/></PageHead>
        <div class="stack">
            <Stopped/>
            <div>
                <Filters list total/>
                <AsyncView query empty_when=|page| page.items.is_empty() empty=move || nothing(list, may_manage) let:data>
                    {table(data, query, list, acts, may_manage.then_some(selection))}
                    <Pager list next=Signal::derive(move || data.with(|page| page.next_cursor.clone()))/>
                    {may_manage.then(|| view! { <SelectionBar selection total><BulkButtons bulk target/></SelectionBar> })}
                </AsyncView>
            </div>
        </div>
        {may_manage.then(|| view! {
            <Dialogs dialogs on_changed=changed on_removed=changed/>
            <BulkDialogs bulk on_over=move |()| { selection.clear(); query.refetch(); }/>
            <Import open=import on_taken=changed/>
        })}
    }
}

/// Goes to a schedule's page.
fn use_open() -> Callback<ScheduleDto> {
    let navigate = StoredValue::new_local(use_navigate());
    Callback::new(move |schedule: ScheduleDto| {
        let address = paths::schedule(schedule.id);
        navigate.with_value(|navigate| navigate(&address, NavigateOptions::default()));
    })
}

#[component]
fn Buttons(may_manage: bool, import: RwSignal<bool>) -> impl IntoView {
    let missed = use_query(&[Topic::Schedules], || async {
        let first = MissedQuery {
            limit: Some(1),
            ..MissedQuery::default()
        };
        api::schedules::list_missed(&first).await
    });
    let count = Memo::new(move |_| missed.data.with(|page| page.as_ref().and_then(|page| page.total)));
    let words = move || match count.get() {
        Some(total) if total.count > 0 => tr!(schedules.missed_count, count = count_words(total)),
        _ => tr!(schedules.missed_button).to_owned(),
    };
    if may_manage {
        let navigate = StoredValue::new_local(use_navigate());
        let create = move || {
            let address = paths::SCHEDULES_NEW.to_string();
            navigate.with_value(|navigate| navigate(&address, NavigateOptions::default()));
        };
        use_keys(tr!(parts.keys_here), vec![Key::new("n", tr!(schedules.create), create)]);
    }
    view! {
        <LinkButton href=paths::SCHEDULES_MISSED icon=IconName::Needs>{words}</LinkButton>
        <a class="btn" href=api::schedules::schedules_export_address() download="agendamentos.json" rel="external">
            <Icon name=IconName::Download/>
            {tr!(schedules.export)}
        </a>
        {may_manage.then(|| view! {
            <Button icon=IconName::Upload on_click=move |()| import.set(true)>{tr!(schedules.import)}</Button>
            <LinkButton href=paths::SCHEDULES_NEW kind=Kind::Primary icon=IconName::Plus>{tr!(schedules.create)}</LinkButton>
        })}
    }
}

fn count_words(total: Total) -> String {
    let count = format::count(total.count);
    if total.capped { format!("{count}+") } else { count }
}

#[component]
fn Filters(list: ListQuery, total: Signal<Option<Total>>) -> impl IntoView {
    let states = Choice::list(
        ScheduleState::ALL
            .iter()
            .map(|one| (one.as_str(), schedules::state(*one))),
    );
    view! {
        <FilterBar list search="q" search_label=tr!(schedules.search) total>
            <FilterChip list key="kind" label=tr!(schedules.kind) options=kind_choices() multi=true/>
            <FilterChip list key="state" label=tr!(schedules.state) options=states/>
            <ToggleChip list key="failing" label=tr!(schedules.failing)/>
        </FilterBar>
    }
}

fn nothing(list: ListQuery, may_manage: bool) -> AnyView {
    if list.is_filtered() {
        return view! {
            <EmptyState icon=IconName::Find title=tr!(parts.empty_filtered_title) text=tr!(parts.empty_filtered_text)>
                <Button on_click=move |()| list.clear()>{tr!(parts.clear_filters)}</Button>
            </EmptyState>
        }
        .into_any();
    }
    view! {
        <EmptyState icon=IconName::Schedule title=tr!(schedules.empty_title) text=tr!(schedules.empty_text)>
            {may_manage.then(|| view! { <LinkButton href=paths::SCHEDULES_NEW icon=IconName::Plus>{tr!(schedules.create)}</LinkButton> })}
        </EmptyState>
    }
    .into_any()
}

/// Rows are only selected by those who can do something with them.
fn table(
    data: Signal<Page<ScheduleDto>>,
    query: Query<Page<ScheduleDto>>,
    list: ListQuery,
    acts: Option<RowActions>,
    selection: Option<Selection>,
) -> AnyView {
    let rows = Signal::derive(move || data.with(|page| page.items.clone()));
    let total = Signal::derive(move || data.with(|page| page.total));
    let row_id = |one: &ScheduleDto| one.id.to_string();
    let row_label = |one: &ScheduleDto| one.name.clone();
    let live = query.freshness();
    match selection {
        Some(selection) => view! {
            <DataTable name="schedules" columns=columns(acts) rows row_id row_label list selection total live/>
        }
        .into_any(),
        None => view! {
            <DataTable name="schedules" columns=columns(acts) rows row_id row_label list total live/>
        }
        .into_any(),
    }
}
