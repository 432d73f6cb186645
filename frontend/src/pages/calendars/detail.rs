//! One calendar: a year of it, its days, and the files that they came from.

mod facts;
mod head;
mod year;

use chrono::Datelike as _;
use esteira_shared::{
    dto::calendars::{CALENDAR_YEARS, CalendarDetailDto, CalendarYearDto},
    event::Topic,
    permission::Permission,
    status::Tone,
};
use leptos::prelude::*;
use leptos_router::hooks::{use_navigate, use_params_map};

use super::{
    check::CheckDialog,
    columns,
    day_form::DayDialog,
    dialogs::CalendarDialogs,
    form::RenameDialog,
    import::ImportDialog,
    imports::Imports,
    removal::{RemoveCalendar, RemoveDay},
    words,
};
use crate::{
    api,
    components::{AsyncView, Button, Card, DataTable, EmptyState, IconName, Notice},
    hooks::{ListQuery, Query, use_list_query_beside, use_query},
    i18n::tr,
    pages::frame::{Crumb, use_crumbs},
    routes::paths,
    state::{
        keys::{Key, use_keys},
        session::use_session,
    },
    text::format,
};
use facts::Facts;
use head::Head;
use year::{Months, YearSteps};

#[component]
pub fn CalendarPage() -> impl IntoView {
    let params = use_params_map();
    let name = Memo::new(move |_| params.read().get("name").unwrap_or_default());
    move || view! { <OneCalendar name=name.get()/> }.into_any()
}

#[component]
fn OneCalendar(name: String) -> impl IntoView {
    let name = StoredValue::new(name);
    // The address keeps the year beside the place in the list of imports.
    let list = use_list_query_beside(&["year"]);
    let year = Memo::new(move |_| {
        let asked = list.get("year").and_then(|year| year.parse::<i32>().ok());
        asked
            .filter(|year| CALENDAR_YEARS.contains(year))
            .unwrap_or_else(|| format::today().year())
    });
    let detail = use_query(&[Topic::Calendars, Topic::Schedules], move || {
        let name = name.get_value();
        async move { api::calendars::get_calendar(&name).await }
    });
    let days = use_query(&[Topic::Calendars], move || {
        let (name, year) = (name.get_value(), year.get());
        async move { api::calendars::calendar_days(&name, year).await }
    });
    use_crumbs(move || {
        let mut way = vec![Crumb::link(tr!(frame.calendars), paths::CALENDARS)];
        way.extend(detail.data.with(|detail| {
            detail
                .as_ref()
                .map(|detail| Crumb::here(words::title(&detail.calendar)))
        }));
        way
    });
    let may_write = untrack(|| use_session().may(Permission::WriteRegistry));
    let dialogs = CalendarDialogs::new();
    let changed = Callback::new(move |()| {
        detail.refetch();
        days.refetch();
    });
    view! {
        <AsyncView query=detail let:data>
            <One name data days list year dialogs may_write changed/>
        </AsyncView>
    }
}

#[component]
fn One(
    name: StoredValue<String>,
    data: Signal<CalendarDetailDto>,
    days: Query<CalendarYearDto>,
    list: ListQuery,
    year: Memo<i32>,
    dialogs: CalendarDialogs,
    may_write: bool,
    changed: Callback<()>,
) -> impl IntoView {
    let built_in = data.with_untracked(|data| data.calendar.built_in);
    let may_change = may_write && !built_in;
    let navigate = StoredValue::new_local(use_navigate());
    let to_list = move |()| {
        let address = paths::CALENDARS.to_string();
        navigate.with_value(|navigate| navigate(&address, leptos_router::NavigateOptions::default()));
    };
    let add = move || dialogs.on(None, dialogs.day);
    if may_change {
        use_keys(
            tr!(parts.keys_here),
            vec![Key::new("n", tr!(calendars.day_create), add)],
        );
    }
    let calendar = Signal::derive(move || data.with(|data| data.calendar.clone()));
    let version = Signal::derive(move || days.data.with(|days| days.as_ref().map_or(0, |days| days.version)));
    view! {
        <Head data year dialogs may_write/>
        <div class="stack">
            <Stopped dialogs/>
            <div class="grid grid--side">
                <div class="stack">
                    <Card title=tr!(calendars.year_title) aside=move || view! { <YearSteps list year/> }.into_any()>
                        <Months year days dialogs may_change/>
                    </Card>
                    <AsyncView query=days empty_when=|year| year.days.is_empty() empty=move || nothing(may_change, add) let:of_year>
                        <DataTable
                            name="calendar-days"
                            columns=columns::days(dialogs, may_change, built_in)
                            rows=Signal::derive(move || of_year.with(|year| year.days.clone()))
                            row_id=|day| format!("{} {}", day.date, day.key)
                            row_label=|day| day.name.clone()
                            live=days.freshness()
                        />
                    </AsyncView>
                    {(!built_in).then(|| view! { <Imports calendar=name list dialogs may_change on_changed=changed/> })}
                </div>
                <Card title=tr!(calendars.facts)><Facts data/></Card>
            </div>
        </div>
        {may_change.then(|| view! {
            <DayDialog calendar=name dialogs version on_saved=changed/>
            <RemoveDay calendar=name dialogs on_removed=changed/>
            <RenameDialog open=dialogs.rename calendar on_saved=changed/>
            <RemoveCalendar data dialogs on_removed=to_list/>
            <ImportDialog calendar=name dialogs on_applied=changed/>
        })}
        {move || (may_write && data.with(|data| data.can_check)).then(|| view! { <CheckDialog calendar=name year dialogs/> })}
    }
}

fn nothing(may_change: bool, add: impl Fn() + Copy + Send + Sync + 'static) -> AnyView {
    let text = if may_change {
        tr!(calendars.no_days_text)
    } else {
        tr!(calendars.no_days_read)
    };
    view! {
        <EmptyState icon=IconName::Calendar title=tr!(calendars.no_days_title) text>
            {may_change.then(|| view! { <Button icon=IconName::Plus on_click=move |()| add()>{tr!(calendars.day_create)}</Button> })}
        </EmptyState>
    }
    .into_any()
}

/// What the last change did to schedules.
#[component]
fn Stopped(dialogs: CalendarDialogs) -> impl IntoView {
    move || {
        let stopped = dialogs.stopped.get();
        (!stopped.is_empty()).then(|| {
            view! {
                <div role="alert">
                    <Notice tone=Tone::NeedsYou title=tr!(calendars.stopped_title) text=tr!(calendars.stopped_text)>
                        {words::schedules(&stopped)}
                        <Button small=true on_click=move |()| dialogs.stopped.set(Vec::new())>{tr!(parts.dismiss)}</Button>
                    </Notice>
                </div>
            }
        })
    }
}
