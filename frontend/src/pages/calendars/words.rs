//! How calendars and their days are written.

use chrono::Datelike as _;
use esteira_shared::{
    dto::calendars::{CalendarDto, CalendarScheduleDto},
    schedule::{CalendarDay, HolidayKind},
};
use leptos::prelude::*;
use leptos_router::components::A;

use crate::{
    components::Badge,
    i18n::tr,
    routes::paths,
    text::{calendars, format},
};

/// The two calendars of the whole country have names in the reader's language; all others are names.
pub(super) fn title(calendar: &CalendarDto) -> String {
    match calendar.name.as_str() {
        "br-national" => tr!(calendars.national_title).to_owned(),
        "br-banking" => tr!(calendars.banking_title).to_owned(),
        _ => calendar.title.clone(),
    }
}

/// The title on the screen, marked as somebody's own words.
pub(super) fn titled(calendar: &CalendarDto) -> AnyView {
    let own = title(calendar) == calendar.title;
    let title = title(calendar);
    if own {
        view! { <bdi data-quoted="">{title}</bdi> }.into_any()
    } else {
        title.into_any()
    }
}

/// `24/06/2026`, or `24/06` of a day that returns each year.
pub(super) fn date(day: &CalendarDay) -> String {
    if day.yearly {
        format!("{:02}/{:02}", day.date.day(), day.date.month())
    } else {
        format::date(day.date)
    }
}

/// Colour and shape of a kind, in the months and in the legend.
pub(super) fn mark(kind: HolidayKind) -> &'static str {
    match kind {
        HolidayKind::National => "holiday holiday--national",
        HolidayKind::Optional => "holiday holiday--optional",
        HolidayKind::Local => "holiday holiday--local",
    }
}

pub(super) fn kind(kind: HolidayKind) -> AnyView {
    view! { <span class="holiday-kind"><i class=mark(kind) aria-hidden="true"></i>{calendars::kind(kind)}</span> }
        .into_any()
}

pub(super) fn origin(calendar: &CalendarDto) -> AnyView {
    if calendar.built_in {
        view! { <Badge>{tr!(calendars.built_in)}</Badge> }.into_any()
    } else {
        view! { <span class="muted">{tr!(calendars.own)}</span> }.into_any()
    }
}

/// Links to schedules.
pub(super) fn schedules(all: &[CalendarScheduleDto]) -> AnyView {
    view! {
        <ul class="bullets">
            {all.iter().map(|one| {
                let (address, name) = (paths::schedule(one.id), one.name.clone());
                view! { <li><A href=address attr:class="link"><bdi data-quoted="">{name}</bdi></A></li> }
            }).collect_view()}
        </ul>
    }
    .into_any()
}
