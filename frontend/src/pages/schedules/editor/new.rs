//! A new schedule.

use esteira_shared::dto::schedules::{ScheduleDto, ScheduleKindDto};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::page::{About, Editor};
use crate::{
    api,
    components::{AsyncView, PageHead},
    hooks::use_query,
    i18n::tr,
    pages::frame::{Crumb, use_crumbs},
    routes::paths,
    state::session::use_session,
};

#[component]
pub fn NewSchedule() -> impl IntoView {
    use_crumbs(|| {
        vec![
            Crumb::link(tr!(frame.schedules), paths::SCHEDULES),
            Crumb::here(tr!(schedules.create)),
        ]
    });
    let kinds = use_query(&[], || async { api::schedules::list_schedule_kinds().await });
    view! {
        <PageHead title=tr!(schedules.create)/>
        <AsyncView query=kinds let:all>
            <Fresh kinds=all.get_untracked().into_iter().filter(|kind| kind.may_make).collect()/>
        </AsyncView>
    }
    .into_any()
}

#[component]
fn Fresh(kinds: Vec<ScheduleKindDto>) -> impl IntoView {
    let timezone = untrack(|| use_session().get()).map(|session| session.organization.timezone);
    let navigate = StoredValue::new_local(use_navigate());
    let made = move |made: ScheduleDto| {
        let address = paths::schedule(made.id);
        navigate.with_value(|navigate| navigate(&address, NavigateOptions::default()));
    };
    let about = About::New {
        kinds,
        timezone: timezone.unwrap_or_default(),
    };
    view! { <Editor about on_saved=made/> }.into_any()
}
