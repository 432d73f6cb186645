//! What it starts with which parameters, and what becomes of slots that cannot run.

use esteira_shared::{
    dto::{retention::CleanUpParameters, schedules::ScheduleDto},
    permission::Permission,
    status::{CatchUp, ScheduleKind},
};
use leptos::prelude::*;
use leptos_router::components::A;

use super::super::{parameters::Parameters, retention::RetentionPreview};
use crate::{
    components::Card,
    i18n::tr,
    routes::paths,
    state::session::use_session,
    text::{format, schedules},
};

#[component]
pub(super) fn Facts(data: Signal<ScheduleDto>) -> impl IntoView {
    let what = Memo::new(move |_| data.with(|one| (one.kind, one.parameters.clone())));
    let may_audit = untrack(|| use_session().may(Permission::ReadAudit));
    let may_manage = untrack(|| use_session().may(Permission::ManageSchedules));
    let wanted = Callback::new(move |()| {
        let (_, parameters) = what.get_untracked();
        serde_json::from_value::<CleanUpParameters>(parameters).map_err(|_| Vec::new())
    });
    view! {
        <div class="stack">
            <Card title=tr!(schedules.what)>
                {move || {
                    let (kind, parameters) = what.get();
                    view! {
                        <div class="stack stack--tight">
                            <p class="small muted">{schedules::kind_explained(kind)}</p>
                            <Parameters kind parameters/>
                            {(may_manage && kind == ScheduleKind::CleanUp).then(|| view! { <RetentionPreview wanted/> })}
                        </div>
                    }
                }}
            </Card>
            <Card title=tr!(schedules.rules)>{move || data.with(|one| rules(one, may_audit))}</Card>
        </div>
    }
}

fn rules(one: &ScheduleDto, may_audit: bool) -> impl IntoView + use<> {
    let description = one.description.clone();
    let zone = one.schedule.timezone.clone();
    let calendars = one.schedule.calendars.join(", ");
    let after = if one.pause_after_failures == 0 {
        tr!(schedules.pause_never).to_owned()
    } else {
        tr!(
            schedules.pause_after,
            count = format::count(one.pause_after_failures.into())
        )
    };
    let hours = tr!(
        schedules.catch_up_within,
        count = format::count(one.catch_up_hours.into())
    );
    let (catch_up, catch_up_text) = (
        schedules::catch_up(one.catch_up),
        schedules::catch_up_explained(one.catch_up),
    );
    let (overlap, overlap_text) = (
        schedules::overlap(one.overlap),
        schedules::overlap_explained(one.overlap),
    );
    let (created, updated, id) = (one.created_at, one.updated_at, one.id);
    let old = one.catch_up != CatchUp::None;
    view! {
        <p class="sched-rule">{description}</p>
        <dl class="facts">
            <dt>{tr!(schedules.zone)}</dt><dd>{zone}</dd>
            {(!calendars.is_empty()).then(|| view! { <dt>{tr!(schedules.calendars)}</dt><dd>{calendars}</dd> })}
            <dt>{tr!(schedules.catch_up)}</dt><dd title=catch_up_text>{catch_up}{old.then(|| view! { <small class="sched-quiet">{hours}</small> })}</dd>
            <dt>{tr!(schedules.overlap)}</dt><dd title=overlap_text>{overlap}</dd>
            <dt>{tr!(schedules.failures)}</dt><dd>{after}</dd>
            <dt>{tr!(schedules.created)}</dt><dd>{format::date_time(*created)}</dd>
            <dt>{tr!(schedules.updated)}</dt><dd>{format::date_time(*updated)}</dd>
            {may_audit.then(|| view! { <dt>{tr!(clients.history)}</dt><dd><A href=paths::audit_of(id) attr:class="link">{tr!(clients.see_audit)}</A></dd> })}
        </dl>
    }
}
