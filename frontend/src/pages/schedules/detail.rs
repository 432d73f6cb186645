//! One schedule: what it does, when, what is different on some days, and how it went.

mod facts;
mod figures;
mod head;
mod history;
mod info;
mod strip;
mod upcoming;

use esteira_shared::{dto::schedules::ScheduleDto, event::Topic, ids::ScheduleId, permission::Permission};
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_params_map},
};

use self::{head::Head, history::History, info::Info};
use super::{
    dialogs::{Dialogs, ScheduleDialogs},
    editor::{ExceptionsTab, ScheduleTab},
    stopped::Paused,
};
use crate::{
    api,
    components::{AsyncView, Tab, TabPanel, Tabs},
    hooks::{ListQuery, Query, use_list_query_beside, use_query},
    i18n::tr,
    pages::frame::{Crumb, NotFound, PartOutlet, use_crumbs},
    routes::{part, paths},
    state::session::use_session,
};

/// What the address keeps besides the filter of the history.
const TAB: &str = "tab";
const TABS: &[&str] = &["info", "schedule", "exceptions", "history"];

#[component]
pub fn SchedulePage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").and_then(|text| text.parse::<ScheduleId>().ok()));
    move || match id.get() {
        Some(id) => view! { <OneSchedule id/> }.into_any(),
        None => view! { <NotFound/> }.into_any(),
    }
}

#[component]
fn OneSchedule(id: ScheduleId) -> impl IntoView {
    let list = use_list_query_beside(&[TAB]);
    let query = use_query(&[Topic::Schedules], move || async move {
        api::schedules::get_schedule(id).await
    });
    use_crumbs(move || {
        let mut way = vec![Crumb::link(tr!(frame.schedules), paths::SCHEDULES)];
        way.extend(
            query
                .data
                .with(|one| one.as_ref().map(|one| Crumb::here(one.name.clone()))),
        );
        way
    });
    let may_manage = untrack(|| use_session().may(Permission::ManageSchedules));
    let dialogs = ScheduleDialogs::new();
    let navigate = StoredValue::new_local(use_navigate());
    let to_list = move |()| {
        let address = paths::SCHEDULES.to_string();
        navigate.with_value(|navigate| navigate(&address, NavigateOptions::default()));
    };
    view! {
        <AsyncView query let:data>
            <Head data query dialogs may_manage/>
            <div class="stack">
                <Paused data query may_manage/>
                <Parts id list data query may_manage/>
            </div>
        </AsyncView>
        {may_manage.then(|| view! { <Dialogs dialogs on_changed=move |()| query.refetch() on_removed=to_list/> })}
    }
}

#[component]
fn Parts(
    id: ScheduleId,
    list: ListQuery,
    data: Signal<ScheduleDto>,
    query: Query<ScheduleDto>,
    may_manage: bool,
) -> impl IntoView {
    provide_context(Edited(data));
    let active = list.bound(TAB, TABS);
    let exceptions = Memo::new(move |_| data.with(|one| one.schedule.exceptions.len()));
    // The number says that there is something to see behind the word.
    let tabs = Signal::derive(move || {
        let exceptions = match exceptions.get() {
            0 => tr!(schedules.tab_exceptions).to_owned(),
            count => format!("{} {count}", tr!(schedules.tab_exceptions)),
        };
        vec![
            Tab::new("info", tr!(schedules.tab_info)),
            Tab::new("schedule", tr!(schedules.tab_schedule)),
            Tab::new("exceptions", exceptions),
            Tab::new("history", tr!(schedules.tab_history)),
        ]
    });
    view! {
        <div>
            <Tabs label=tr!(schedules.tabs) active tabs/>
            <TabPanel of="info" active><Info id data active/></TabPanel>
            <TabPanel of="schedule" active><PartOutlet part=&rule::PART/></TabPanel>
            <TabPanel of="exceptions" active><PartOutlet part=&exceptions::PART/></TabPanel>
            <TabPanel of="history" active><History id list may_manage on_changed=move |()| query.refetch()/></TabPanel>
        </div>
    }
}

/// What the tabs in the editor's part are about.
#[derive(Clone, Copy)]
struct Edited(Signal<ScheduleDto>);

part!(rule, super::rule_tab, in schedule_editor);
part!(exceptions, super::exceptions_tab, in schedule_editor);

fn rule_tab() -> impl IntoView {
    let Edited(schedule) = expect_context();
    view! { <ScheduleTab schedule/> }
}

fn exceptions_tab() -> impl IntoView {
    let Edited(schedule) = expect_context();
    view! { <ExceptionsTab schedule/> }
}
