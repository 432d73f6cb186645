//! Cancelling many runs, and running many again.

use esteira_shared::dto::{
    executions::{ExecutionAction, ExecutionBulkCreate, ExecutionTarget},
    processes::BULK_IDS,
};
use leptos::prelude::*;

use super::words;
use crate::{
    api,
    components::{Button, IconName, Kind},
    i18n::tr,
    pages::processes::{BulkAnswer, BulkFlow, BulkWork},
    state::toasts::use_toasts,
    text::format,
};

struct ExecutionBulk {
    action: ExecutionAction,
    target: ExecutionTarget,
    names: Vec<String>,
}

impl BulkWork for ExecutionBulk {
    fn send(&self, _reason: Option<String>, dry_run: bool) -> BulkAnswer {
        let create = ExecutionBulkCreate {
            action: self.action,
            target: self.target.clone(),
            dry_run,
        };
        Box::pin(async move { api::executions::bulk_executions(&create).await })
    }

    fn title(&self) -> &'static str {
        words::bulk_title(self.action)
    }

    fn verb(&self, count: i64) -> String {
        words::bulk_verb(self.action, count)
    }

    fn eligible(&self, eligible: i64, matching: i64) -> String {
        words::bulk_eligible(self.action, eligible, matching)
    }

    fn done(&self, count: i64) -> String {
        words::bulk_done(self.action, count)
    }

    fn failures(&self) -> &'static str {
        tr!(executions.bulk_failures_label)
    }

    fn note(&self) -> Option<&'static str> {
        Some(match self.action {
            ExecutionAction::Cancel => tr!(executions.bulk_cancel_note),
            ExecutionAction::Rerun => tr!(executions.bulk_rerun_note),
        })
    }

    fn names(&self) -> &[String] {
        &self.names
    }

    fn is_danger(&self) -> bool {
        self.action == ExecutionAction::Cancel
    }

    fn leave(&self) -> &'static str {
        match self.action {
            // Two buttons that say "cancel" would be one too many.
            ExecutionAction::Cancel => tr!(parts.close),
            ExecutionAction::Rerun => tr!(parts.cancel),
        }
    }
}

#[component]
pub(super) fn BulkButtons(
    bulk: BulkFlow,
    /// What the selection stands for at the moment of the click.
    #[prop(into)]
    target: Callback<(), Option<ExecutionTarget>>,
    /// Those of them that the page shows and that take the action, by name.
    #[prop(into)]
    names: Callback<ExecutionAction, Vec<String>>,
) -> impl IntoView {
    let ask = move |action: ExecutionAction| match target.run(()) {
        Some(ExecutionTarget::Ids(ids)) if ids.len() > BULK_IDS => {
            let most = i64::try_from(BULK_IDS).unwrap_or(i64::MAX);
            use_toasts().fail_text(tr!(processes.bulk_too_many, count = format::count(most)));
        }
        Some(target) => bulk.ask(ExecutionBulk {
            action,
            target,
            names: names.run(action),
        }),
        None => {}
    };
    view! {
        <Button small=true icon=IconName::Retry on_click=move |()| ask(ExecutionAction::Rerun)>{tr!(executions.rerun)}</Button>
        <Button small=true kind=Kind::Danger icon=IconName::Close on_click=move |()| ask(ExecutionAction::Cancel)>{tr!(executions.cancel)}</Button>
    }
    .into_any()
}
