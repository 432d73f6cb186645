//! What a run waits for: its turn here, its robot's turn at the API, or to be followed on.

use esteira_shared::dto::executions::ExecutionDetailDto;
use leptos::prelude::*;

use super::super::words;
use crate::{components::Notice, i18n::tr, pages::monitor::Waiting, text::reasons::told};

#[component]
pub(super) fn Waits(data: Signal<ExecutionDetailDto>) -> impl IntoView {
    let waiting = Memo::new(move |_| data.with(|detail| detail.waiting.clone()));
    let is_waiting = Memo::new(move |_| waiting.with(Option::is_some));
    let cause = Memo::new(move |_| data.with(|detail| detail.waiting_cause_coded.as_ref().map(told)));
    let there =
        Memo::new(move |_| data.with(|detail| detail.waiting.is_none() && words::waits_there(&detail.execution)));
    let unfollowed =
        Memo::new(move |_| data.with(|detail| detail.waiting.is_some() && detail.execution.external_job_id.is_some()));
    let run_at = Signal::derive(move || data.with(|detail| detail.execution.created_at));
    view! {
        <Show when=move || there.get()>
            <Notice title=tr!(executions.waits_there) text=tr!(executions.waits_there_text)/>
        </Show>
        <Show when=move || unfollowed.get()>
            <Notice title=tr!(executions.unfollowed) text=tr!(executions.unfollowed_text)/>
        </Show>
        {move || cause.get().map(|text| view! { <Notice title=tr!(executions.failed_before) text/> })}
        <Show when=move || is_waiting.get()><Waiting waiting queue=words::QUEUE run_at/></Show>
    }
}
