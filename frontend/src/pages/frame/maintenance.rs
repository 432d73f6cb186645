//! The bar above every page while something rests, or will within the hour. It reads nothing again by the clock: what
//! begins and ends is known when it is planned.

use chrono::{DateTime, TimeDelta, Utc};
use esteira_shared::{
    dto::{maintenance::MaintenanceQuery, schedules::MaintenanceDto},
    event::Topic,
    permission::Permission,
};
use leptos::prelude::*;
use leptos_router::components::A;

use crate::{
    api,
    components::{Icon, IconButton, IconName},
    hooks::{use_now, use_query},
    i18n::tr,
    routes::paths,
    state::session::use_session,
    text::{format, schedules},
};

/// How long before its beginning one is announced.
const SOON: TimeDelta = TimeDelta::hours(1);
/// What was hidden, in the tab's own storage.
const HIDDEN: &str = "esteira.maintenance_hidden";
/// More at once would be no notice any more.
const MOST: i64 = 20;

#[component]
pub(super) fn MaintenanceBar() -> impl IntoView {
    let query = use_query(&[Topic::Maintenance], || async {
        let open = MaintenanceQuery {
            over: Some(false),
            limit: Some(MOST),
            ..MaintenanceQuery::default()
        };
        api::maintenance::list_maintenances(&open).await
    });
    let now = use_now();
    let hidden = RwSignal::new(kept());
    let shown = Memo::new(move |_| {
        let (now, all) = (now.get(), query.data.get());
        let all = all.map(|page| page.items).unwrap_or_default();
        let hidden = hidden.get();
        let told = all.into_iter().filter(|one| is_told(one, now)).map(|one| Told {
            begun: has_begun(&one, now),
            one,
        });
        told.filter(|told| told.begun || !hidden.contains(&told.one.id.to_string()))
            .collect::<Vec<_>>()
    });
    let hide = Callback::new(move |id: String| {
        hidden.update(|hidden| hidden.push(id));
        hidden.with_untracked(|hidden| keep(hidden));
    });
    view! {
        <div class="rest-bar" role="status" aria-label=tr!(maintenance.bar_label)>
            {move || shown.get().into_iter().map(|told| notice(told, hide)).collect_view()}
        </div>
    }
    .into_any()
}

/// One that is told, and whether it holds already.
#[derive(Clone, PartialEq)]
struct Told {
    one: MaintenanceDto,
    begun: bool,
}

fn notice(Told { one, begun }: Told, hide: Callback<String>) -> AnyView {
    let (area, until) = (schedules::area(one.area), moment(*one.ends_at));
    let title = if begun {
        tr!(maintenance.bar_active, until = until, area = area)
    } else {
        tr!(
            maintenance.bar_soon,
            from = moment(*one.starts_at),
            until = until,
            area = area
        )
    };
    let close = (!begun).then(|| {
        let (id, label) = (
            one.id.to_string(),
            tr!(maintenance.bar_hide, reason = one.reason.clone()),
        );
        view! { <IconButton icon=IconName::Close label on_click=move |()| hide.run(id.clone())/> }
    });
    let page = untrack(|| use_session().may(Permission::ManageEngine)).then(|| {
        view! { <A href=paths::MAINTENANCE.to_string() attr:class="link">{tr!(maintenance.bar_see)}</A> }
    });
    view! {
        <div class="rest-bar__one">
            <Icon name=IconName::Maintenance/>
            <p><b>{title}</b>" "<span class="break">{one.reason}</span></p>
            {page}
            {close}
        </div>
    }
    .into_any()
}

fn has_begun(one: &MaintenanceDto, now: DateTime<Utc>) -> bool {
    one.active || *one.starts_at <= now
}

/// It holds, or will within the hour.
fn is_told(one: &MaintenanceDto, now: DateTime<Utc>) -> bool {
    one.ended_at.is_none() && *one.ends_at > now && (one.active || *one.starts_at <= now + SOON)
}

/// The time alone where the day is today.
fn moment(at: DateTime<Utc>) -> String {
    if format::day_of(at) == format::today() {
        format::time(at)
    } else {
        format::date_time(at)
    }
}

fn storage() -> Option<web_sys::Storage> {
    window().session_storage().ok()?
}

fn kept() -> Vec<String> {
    let text = storage().and_then(|storage| storage.get_item(HIDDEN).ok().flatten());
    text.map(|text| text.split(',').map(str::to_owned).collect())
        .unwrap_or_default()
}

fn keep(hidden: &[String]) {
    if let Some(storage) = storage() {
        let _ = storage.set_item(HIDDEN, &hidden.join(","));
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at what is not there")]

    use esteira_shared::status::MaintenanceArea;

    use super::*;

    #[test]
    fn one_is_told_from_an_hour_before_until_its_end() {
        let at = |time: &str| format!("2026-10-20T{time}:00Z").parse::<DateTime<Utc>>().unwrap();
        let mut one = MaintenanceDto {
            id: "01936f5e-0000-7000-8000-000000000001".parse().unwrap(),
            area: MaintenanceArea::Robots,
            reason: "troca".to_owned(),
            starts_at: at("14:00").into(),
            ends_at: at("15:00").into(),
            ended_at: None,
            active: false,
            created_by: "Ana".to_owned(),
        };
        let told = |one: &MaintenanceDto| ["12:59", "13:00", "14:30", "15:00"].map(|time| is_told(one, at(time)));
        assert_eq!(told(&one), [false, true, true, false]);
        assert!(!has_begun(&one, at("13:30")) && has_begun(&one, at("14:00")));
        one.ended_at = Some(at("14:10").into());
        assert_eq!(told(&one), [false; 4]);
    }
}
