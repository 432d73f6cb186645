//! Every calendar: the organisation's own, and the built-in ones.

use esteira_shared::{
    dto::calendars::{CalendarDto, CalendarQuery},
    event::Topic,
    permission::Permission,
};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

use super::{columns, form::CalendarDialog, words};
use crate::{
    api,
    components::{
        AsyncView, Button, Choice, DataTable, EmptyState, FilterBar, FilterChip, IconName, Kind, PageHead, Pager,
    },
    hooks::{use_list_query, use_query},
    i18n::tr,
    routes::paths,
    state::{
        keys::{Key, use_keys},
        session::use_session,
    },
};

#[component]
pub fn CalendarsPage() -> impl IntoView {
    let list = use_list_query();
    let calendars = use_query(&[Topic::Calendars, Topic::Schedules], move || {
        let query = list.read::<CalendarQuery>();
        async move { api::calendars::list_calendars(&query).await }
    });
    let may_write = untrack(|| use_session().may(Permission::WriteRegistry));
    let form = RwSignal::new(false);
    let create = move || form.set(true);
    if may_write {
        use_keys(tr!(parts.keys_here), vec![Key::new("n", tr!(calendars.create), create)]);
    }
    let new_button = move |kind| {
        may_write.then(|| {
            view! { <Button kind icon=IconName::Plus on_click=move |()| create()>{tr!(calendars.create)}</Button> }
        })
    };
    let nothing = move || {
        if list.get("built_in").is_some_and(|built_in| built_in == "false") && list.get("q").is_none() {
            view! {
                <EmptyState icon=IconName::Calendar title=tr!(calendars.empty_title) text=tr!(calendars.empty_text)>{new_button(Kind::Plain)}</EmptyState>
            }
            .into_any()
        } else {
            view! { <EmptyState icon=IconName::Find title=tr!(parts.empty_filtered_title) text=tr!(parts.empty_filtered_text)/> }
                .into_any()
        }
    };
    let origins = Choice::list([("false", tr!(calendars.own)), ("true", tr!(calendars.built_in))]);
    let navigate = StoredValue::new_local(use_navigate());
    let go = move |made: CalendarDto| {
        let address = paths::calendar(&made.name);
        navigate.with_value(|navigate| navigate(&address, leptos_router::NavigateOptions::default()));
    };
    view! {
        <PageHead title=tr!(frame.calendars) note=tr!(calendars.note)>{new_button(Kind::Primary)}</PageHead>
        <FilterBar
            list
            search="q"
            search_label=tr!(calendars.search)
            total=Signal::derive(move || calendars.data.with(|page| page.as_ref().and_then(|page| page.total)))
        >
            <FilterChip list key="built_in" label=tr!(calendars.origin) options=origins/>
        </FilterBar>
        <AsyncView query=calendars empty_when=|page| page.items.is_empty() empty=nothing let:page>
            <DataTable
                name="calendars"
                columns=columns::columns()
                rows=Signal::derive(move || page.with(|page| page.items.clone()))
                row_id=|calendar| calendar.name.clone()
                row_label=words::title
                list
                live=calendars.freshness()
            />
            <Pager list next=Signal::derive(move || page.with(|page| page.next_cursor.clone()))/>
        </AsyncView>
        {may_write.then(|| view! { <CalendarDialog open=form on_made=go/> })}
    }
}
