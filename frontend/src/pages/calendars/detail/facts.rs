//! What a calendar is, and which schedules go by it.

use esteira_shared::{dto::calendars::CalendarDetailDto, permission::Permission};
use leptos::prelude::*;

use super::super::words;
use crate::{components::CopyText, i18n::tr, routes::paths, state::session::use_session, text::format};

#[component]
pub(super) fn Facts(data: Signal<CalendarDetailDto>) -> impl IntoView {
    let may_audit = untrack(|| use_session().may(Permission::ReadAudit));
    move || data.with(|data| facts(data, may_audit))
}

fn facts(data: &CalendarDetailDto, may_audit: bool) -> AnyView {
    let calendar = &data.calendar;
    let history = calendar.id.filter(|_| may_audit).map(paths::audit_of);
    let more = calendar.used_by > i64::try_from(data.schedules.len()).unwrap_or(i64::MAX);
    view! {
        <dl class="facts">
            <dt>{tr!(calendars.name)}</dt>
            <dd translate="no"><CopyText text=calendar.name.clone() mono=true/></dd>
            <dt>{tr!(calendars.origin)}</dt>
            <dd>{words::origin(calendar)}</dd>
            <dt>{tr!(calendars.days)}</dt>
            <dd>{format::count(calendar.days)}</dd>
            {history.map(|address| view! {
                <dt>{tr!(calendars.history)}</dt>
                <dd><a class="link" href=address>{tr!(calendars.see_audit)}</a></dd>
            })}
        </dl>
        <h3 class="calendar__used">{tr!(calendars.used_by_title)}</h3>
        {if data.schedules.is_empty() {
            view! { <p class="small muted">{tr!(calendars.used_by_none)}</p> }.into_any()
        } else {
            words::schedules(&data.schedules)
        }}
        {more.then(|| view! { <p class="small muted">{tr!(calendars.used_by_more, count = format::count(calendar.used_by))}</p> })}
        {calendar.built_in.then(|| view! { <p class="small muted calendar__about">{tr!(calendars.built_in_about)}</p> })}
    }
    .into_any()
}
