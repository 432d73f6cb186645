//! Twelve small months with their holidays marked.

use chrono::{Datelike as _, NaiveDate};
use esteira_shared::{
    dto::calendars::{CALENDAR_YEARS, CalendarDayDto, CalendarYearDto},
    schedule::HolidayKind,
};
use leptos::prelude::*;

use super::super::{dialogs::CalendarDialogs, words};
use crate::{
    components::{IconButton, IconName},
    hooks::{ListQuery, Query},
    i18n::tr,
    text::format,
};

/// The year before, the year on screen, the year after.
#[component]
pub(super) fn YearSteps(list: ListQuery, year: Memo<i32>) -> impl IntoView {
    let go = move |step: i32| {
        let there = year.get_untracked() + step;
        if CALENDAR_YEARS.contains(&there) {
            let this = format::today().year();
            list.set("year", Some(there.to_string()).filter(|_| there != this));
        }
    };
    view! {
        <div class="year-steps">
            <IconButton icon=IconName::Left label=tr!(parts.previous_year) on_click=move |()| go(-1)/>
            <b class="num" role="status">{move || year.get()}</b>
            <IconButton icon=IconName::Right label=tr!(parts.next_year) on_click=move |()| go(1)/>
        </div>
    }
    .into_any()
}

#[component]
pub(super) fn Months(
    year: Memo<i32>,
    days: Query<CalendarYearDto>,
    dialogs: CalendarDialogs,
    may_change: bool,
) -> impl IntoView {
    let today = format::today();
    let months = move || {
        // While another year is on its way its months are shown bare.
        let holidays = days.data.with(|days| {
            let days = days.as_ref().filter(|days| days.year == year.get());
            days.map(|days| days.days.clone()).unwrap_or_default()
        });
        let firsts = (1..=12).filter_map(|month| NaiveDate::from_ymd_opt(year.get(), month, 1));
        firsts
            .map(|first| month(first, &holidays, today, dialogs, may_change))
            .collect_view()
    };
    view! {
        <div class="year">{months}</div>
        <p class="legend small muted">
            {HolidayKind::ALL.iter().map(|kind| words::kind(*kind)).collect_view()}
        </p>
    }
    .into_any()
}

fn month(
    first: NaiveDate,
    holidays: &[CalendarDayDto],
    today: NaiveDate,
    dialogs: CalendarDialogs,
    may_change: bool,
) -> AnyView {
    let before = u64::from(first.weekday().num_days_from_sunday());
    let all = first.iter_days().take_while(|day| day.month() == first.month());
    let cells = all.map(|date| {
        let found = holidays.iter().find(|holiday| holiday.date == date);
        let is_today = date == today;
        let Some(holiday) = found else {
            return view! { <span class="year__day" class:is-today=is_today>{date.day()}</span> }.into_any();
        };
        let title = format!("{}: {}", format::date(date), holiday.name);
        let class = format!("year__day {}", words::mark(holiday.kind));
        if !may_change {
            return view! { <span class=class class:is-today=is_today title=title>{date.day()}</span> }.into_any();
        }
        let holiday = holiday.clone();
        view! {
            <button
                type="button"
                class=class
                class:is-today=is_today
                title=title.clone()
                aria-label=title
                on:click=move |_| dialogs.on(Some(holiday.clone()), dialogs.day)
            >{date.day()}</button>
        }
        .into_any()
    });
    let blanks = (0..before).map(|_| view! { <span class="year__day"></span> });
    let name = format::month_name(first.month());
    view! {
        <section class="year__month" aria-label=name>
            <h3>{name}</h3>
            <div class="year__grid">
                {tr!(format.weekdays).split(' ').map(|day| view! { <span class="year__dow" aria-hidden="true">{day}</span> }).collect_view()}
                {blanks.collect_view()}
                {cells.collect_view()}
            </div>
        </section>
    }
    .into_any()
}
