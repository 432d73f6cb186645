//! Four numbers; each leads to the list it counts.

use esteira_shared::{
    dto::{
        home::HomeDto,
        processes::{ProcessQuery, StatusList},
    },
    month::Month,
    permission::Permission,
    status::{ProcessStatus, Tone},
};
use leptos::prelude::*;
use leptos_router::components::A;

use super::counts::{FAILED, MISSING, TO_APPROVE, sum};
use crate::{
    components::{IconName, Mark},
    hooks::use_now,
    i18n::{counted, tr},
    routes::paths,
    state::session::use_session,
    text::format,
};

#[component]
pub(super) fn Kpis(data: Signal<HomeDto>, month: Month) -> impl IntoView {
    let session = use_session();
    let now = use_now();
    let list = move |statuses: &[ProcessStatus]| {
        paths::processes_where(&ProcessQuery {
            month: Some(month),
            status: StatusList(statuses.to_vec()),
            ..ProcessQuery::default()
        })
    };
    let review = move || {
        if untrack(|| session.may(Permission::ReviewProcesses)) {
            paths::review_of(month)
        } else {
            list(TO_APPROVE)
        }
    };
    let late = paths::processes_where(&ProcessQuery {
        late: true,
        ..ProcessQuery::default()
    });
    let count =
        move |statuses: &'static [ProcessStatus]| move || format::count(data.with(|home| sum(&home.counts, statuses)));
    let oldest = move || match data.with(|home| home.oldest_waiting_since) {
        Some(since) => tr!(home.oldest, ago = format::relative(*since, now.get())),
        None => tr!(home.none_waiting).to_owned(),
    };
    let failed = move || {
        data.with(|home| {
            let of = |status| format::count(sum(&home.counts, &[status]));
            tr!(
                home.failed_note,
                download = of(ProcessStatus::ErroDownload),
                sat = of(ProcessStatus::ErroEnvioSat),
                rejected = of(ProcessStatus::Rejeitado)
            )
        })
    };
    let due = move || match data.with(|home| home.due_soon) {
        0 => tr!(home.due_none).to_owned(),
        count => counted!(home.due_single, home.due_many, count),
    };
    let days = move || session.get().map_or(0, |session| session.organization.late_after_days);
    view! {
        <div class="grid grid--4">
            <A href=review() attr:class="card kpi">
                <Mark tone=Tone::NeedsYou word=tr!(home.to_approve)/>
                <b>{count(TO_APPROVE)}</b>
                <span>{oldest}</span>
            </A>
            <A href=list(FAILED) attr:class="card kpi">
                <Mark tone=Tone::Failed word=tr!(home.need_you)/>
                <b>{count(FAILED)}</b>
                <span>{failed}</span>
            </A>
            <A href=list(MISSING) attr:class="card kpi">
                <Mark tone=Tone::Waiting word=tr!(home.missing)/>
                <b>{count(MISSING)}</b>
                <span>{due}</span>
            </A>
            <A href=late attr:class="card kpi">
                <Mark tone=Tone::Waiting icon=IconName::Clock word=tr!(home.late)/>
                <b>{move || format::count(data.with(|home| home.late))}</b>
                <span>{move || tr!(home.late_note, days = days())}</span>
            </A>
        </div>
    }
}
