//! What schedules did not run, and waits for somebody's word.

use esteira_shared::{dto::home::HomeDto, permission::Permission, status::Tone};
use leptos::prelude::*;

use crate::{
    components::{LinkButton, Notice},
    i18n::{counted, tr},
    routes::paths,
    state::session::use_session,
};

#[component]
pub(super) fn Missed(data: Signal<HomeDto>) -> impl IntoView {
    let may_see = untrack(|| use_session().may(Permission::ReadSchedules));
    let count = Memo::new(move |_| data.with(|home| home.missed));
    move || {
        let count = count.get();
        (may_see && count > 0).then(|| {
            let title = counted!(home.missed_single, home.missed_many, count);
            view! {
                <Notice tone=Tone::NeedsYou title text=tr!(home.missed_text)>
                    <LinkButton small=true href=paths::SCHEDULES_MISSED>{tr!(home.see_missed)}</LinkButton>
                </Notice>
            }
        })
    }
}
