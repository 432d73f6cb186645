//! What it does, what comes next, and how it did.

use esteira_shared::{dto::schedules::ScheduleDto, ids::ScheduleId};
use leptos::prelude::*;

use super::{facts::Facts, figures::Figures, upcoming::Upcoming};

#[component]
pub(super) fn Info(id: ScheduleId, data: Signal<ScheduleDto>, active: RwSignal<String>) -> impl IntoView {
    view! {
        <div class="grid grid--side">
            <div class="stack">
                <Figures id/>
                <Upcoming id data active/>
            </div>
            <Facts data/>
        </div>
    }
}
