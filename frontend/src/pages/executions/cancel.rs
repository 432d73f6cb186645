//! `<CancelDialog open execution=Signal on_changed=move |()| …/>`: asks before a robot is told to stop.

use esteira_shared::{dto::executions::ExecutionDto, status::ExecutionStatus};
use leptos::prelude::*;

use super::words;
use crate::{
    api,
    components::{ConfirmDialog, ErrorCard},
    hooks::use_mutation,
    i18n::tr,
    state::toasts::use_toasts,
};

#[component]
pub fn CancelDialog(
    open: RwSignal<bool>,
    #[prop(into)] execution: Signal<Option<ExecutionDto>>,
    /// Also after a refusal, which says that it stands differently by now.
    #[prop(into)]
    on_changed: Callback<()>,
) -> impl IntoView {
    let change = use_mutation();
    Effect::new(move |_| {
        if open.get() {
            change.clear();
        }
    });
    Effect::new(move |_| {
        if change
            .error
            .with(|error| error.as_ref().is_some_and(|error| error.status == 409))
        {
            on_changed.run(());
        }
    });
    let confirm = move |()| {
        let Some(id) = execution.with_untracked(|one| one.as_ref().map(|one| one.id)) else {
            return;
        };
        change.run_quietly(api::executions::cancel_execution(id), move |_| {
            // The page may be gone; the robot is told to stop all the same.
            if open.try_set(false).is_none() {
                on_changed.run(());
            }
            use_toasts().done(tr!(executions.cancel_asked));
        });
    };
    let name = move || execution.with(|one| one.as_ref().map(words::title).unwrap_or_default());
    let runs = Memo::new(move |_| {
        execution.with(|one| {
            one.as_ref()
                .is_some_and(|one| one.status == ExecutionStatus::Executando)
        })
    });
    view! {
        <ConfirmDialog
            open
            title=Signal::derive(move || tr!(executions.cancel_title, name = name()))
            confirm=tr!(executions.cancel_do)
            danger=true
            busy=change.busy
            on_confirm=confirm
        >
            {move || change.error.get().map(|error| view! { <ErrorCard error/> })}
            <p>{move || if runs.get() { tr!(executions.cancel_running_text) } else { tr!(executions.cancel_text) }}</p>
        </ConfirmDialog>
    }
    .into_any()
}
