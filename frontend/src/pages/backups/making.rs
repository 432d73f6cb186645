//! How far a backup is that is being made.

use esteira_shared::{event::Topic, ids::JobId};
use leptos::prelude::*;
use leptos_router::components::A;

use crate::{
    api,
    components::ProgressBar,
    hooks::use_query,
    i18n::tr,
    routes::paths,
    text::reasons::{quotes, told},
};

#[component]
pub(super) fn Making(job: JobId) -> impl IntoView {
    let query = use_query(&[Topic::Jobs], move || api::jobs::get_job(job));
    let share = Signal::derive(move || {
        query.data.with(|detail| {
            let progress = detail.as_ref().map(|detail| detail.job.progress);
            progress
                .filter(|percent| *percent > 0)
                .map(|percent| f64::from(percent) / 100.0)
        })
    });
    let step = move || {
        let said = query.data.with(|detail| {
            let step = detail
                .as_ref()
                .and_then(|detail| detail.job.progress_message_coded.as_ref());
            step.map(told)
        });
        said.map(|said| view! { <small class="faint backup-why">{quotes(&said)}</small> })
    };
    view! {
        <span class="backup-state backup-making">
            <A href=paths::job(job) attr:class="link">{tr!(backups.making)}</A>
            <ProgressBar share label=tr!(backups.making)/>
            {step}
        </span>
    }
    .into_any()
}
