//! Columns of the list of calendars and of the days of one.

use esteira_shared::dto::calendars::{CalendarDayDto, CalendarDto};
use leptos::prelude::*;
use leptos_router::components::A;

use super::{dialogs::CalendarDialogs, words};
use crate::{
    components::{Column, IconName, Menu, MenuItem},
    i18n::tr,
    routes::paths,
    text::format,
};

pub(super) fn columns() -> Vec<Column<CalendarDto>> {
    vec![
        Column::new("title", tr!(calendars.title), |calendar: &CalendarDto| {
            let (address, title) = (paths::calendar(&calendar.name), words::titled(calendar));
            view! { <A href=address>{title}</A> }
        })
        .main(),
        Column::new("name", tr!(calendars.name), |calendar: &CalendarDto| {
            view! { <code translate="no">{calendar.name.clone()}</code> }
        }),
        Column::new("origin", tr!(calendars.origin), words::origin),
        Column::new("days", tr!(calendars.days), |calendar: &CalendarDto| {
            format::count(calendar.days)
        })
        .numeric(),
        Column::new("used_by", tr!(calendars.used_by), |calendar: &CalendarDto| {
            let class = if calendar.used_by == 0 { "faint" } else { "" };
            view! { <span class=class>{format::count(calendar.used_by)}</span> }
        })
        .numeric(),
    ]
}

/// `may_write`: the days can be changed.
pub(super) fn days(dialogs: CalendarDialogs, may_write: bool, built_in: bool) -> Vec<Column<CalendarDayDto>> {
    let mut columns = vec![
        Column::new("date", tr!(calendars.date), move |day: &CalendarDayDto| {
            let date = format!("{} · {}", format::date(day.date), weekday(day));
            if !may_write {
                return view! { <span class="num">{date}</span> }.into_any();
            }
            let day = day.clone();
            view! { <button type="button" class="row-open num" on:click=move |_| dialogs.on(Some(day.clone()), dialogs.day)>{date}</button> }
                .into_any()
        })
        .main(),
        Column::new("name", tr!(calendars.holiday), |day: &CalendarDayDto| {
            view! { <span data-quoted="">{day.name.clone()}</span> }
        }),
        Column::new("kind", tr!(calendars.kind), |day: &CalendarDayDto| words::kind(day.kind)),
    ];
    if built_in {
        columns.push(Column::new("source", tr!(calendars.source), |day: &CalendarDayDto| {
            let source = day.source.clone().unwrap_or_default();
            let since = day.since.map(|year| tr!(calendars.since, year = year));
            view! { <span data-quoted="">{source}</span>{since.map(|since| view! { <span class="faint">" · "{since}</span> })} }
        }));
    } else {
        columns.push(Column::new("yearly", tr!(calendars.repeats), |day: &CalendarDayDto| {
            if day.yearly {
                tr!(calendars.each_year)
            } else {
                tr!(calendars.only_once)
            }
        }));
    }
    if may_write {
        columns.push(Column::actions(move |day: &CalendarDayDto| actions(day, dialogs)));
    }
    columns
}

fn actions(day: &CalendarDayDto, dialogs: CalendarDialogs) -> AnyView {
    let row = StoredValue::new(day.clone());
    let on = move |dialog| dialogs.on(Some(row.get_value()), dialog);
    view! {
        <Menu label=tr!(forms.actions_of, name = day.name.clone())>
            <MenuItem icon=IconName::Edit on_click=move |()| on(dialogs.day)>{tr!(forms.edit)}</MenuItem>
            <div class="menu__sep" role="separator"></div>
            <MenuItem icon=IconName::Trash danger=true on_click=move |()| on(dialogs.day_removal)>{tr!(forms.delete)}</MenuItem>
        </Menu>
    }
    .into_any()
}

/// `seg`
fn weekday(day: &CalendarDayDto) -> &'static str {
    use chrono::Datelike as _;
    let place = day.date.weekday().num_days_from_sunday() as usize;
    tr!(calendars.weekdays).split(' ').nth(place).unwrap_or_default()
}
