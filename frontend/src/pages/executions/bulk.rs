//! Cancelling many runs, and running many again.

use esteira_shared::dto::bulk::{ExecutionAction, ExecutionBulkCreate, ExecutionTarget};
use leptos::prelude::*;

use super::words;
use crate::{
    api,
    components::{BulkAsk, BulkFlow, BulkWords, Button, IconName, Kind},
    i18n::tr,
};

impl BulkWords for ExecutionAction {
    fn title(&self) -> &'static str {
        words::bulk_title(*self)
    }

    fn verb(&self, count: i64) -> String {
        words::bulk_verb(*self, count)
    }

    fn eligible(&self, eligible: i64, matching: i64) -> String {
        words::bulk_eligible(*self, eligible, matching)
    }

    fn done(&self, count: i64) -> String {
        words::bulk_done(*self, count)
    }

    fn failures(&self) -> &'static str {
        tr!(executions.bulk_failures_label)
    }

    fn note(&self) -> Option<&'static str> {
        Some(match self {
            Self::Cancel => tr!(executions.bulk_cancel_note),
            Self::Rerun => tr!(executions.bulk_rerun_note),
        })
    }

    fn is_danger(&self) -> bool {
        *self == Self::Cancel
    }

    fn leave(&self) -> &'static str {
        match self {
            // Two buttons that say "cancel" would be one too many.
            Self::Cancel => tr!(parts.close),
            Self::Rerun => tr!(parts.cancel),
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
    let ask = move |action: ExecutionAction| {
        bulk.ask(target.run(()), |target| {
            BulkAsk::new(action, target, move |target, wish| async move {
                let create = ExecutionBulkCreate {
                    action,
                    target,
                    dry_run: wish.dry_run,
                };
                api::executions::bulk_executions(&create).await
            })
            .named(names.run(action))
        });
    };
    view! {
        <Button small=true icon=IconName::Retry on_click=move |()| ask(ExecutionAction::Rerun)>{tr!(executions.rerun)}</Button>
        <Button small=true kind=Kind::Danger icon=IconName::Close on_click=move |()| ask(ExecutionAction::Cancel)>{tr!(executions.cancel)}</Button>
    }
    .into_any()
}
