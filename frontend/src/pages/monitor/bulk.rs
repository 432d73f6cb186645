//! Repeating and cancelling many jobs. The action started last is remembered, also after the page was left.

mod last;

use esteira_shared::dto::bulk::{JobBulkAction, JobBulkCreate, JobTarget};
use leptos::prelude::*;

use super::words;
use crate::{
    api,
    components::{BulkAsk, BulkFlow, BulkWords, Button, IconName, Kind},
    i18n::{counted, tr},
};
pub(super) use last::{LastBulk, LastStarted, action};

impl BulkWords for JobBulkAction {
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
        tr!(monitor.bulk_failures_label)
    }

    fn none(&self, matching: String) -> String {
        tr!(monitor.bulk_none_text, matching = matching)
    }

    fn others(&self, count: String) -> String {
        tr!(monitor.bulk_others, count = count)
    }

    fn skipped(&self, count: i64) -> String {
        counted!(monitor.bulk_skipped_single, monitor.bulk_skipped_many, count)
    }

    fn note(&self) -> Option<&'static str> {
        Some(match self {
            Self::Retry => tr!(monitor.bulk_retry_note),
            Self::Cancel => tr!(monitor.bulk_cancel_note),
        })
    }

    fn is_danger(&self) -> bool {
        *self == Self::Cancel
    }

    fn leave(&self) -> &'static str {
        tr!(parts.close)
    }

    fn shows_job(&self) -> bool {
        true
    }
}

#[component]
pub(super) fn BulkButtons(
    bulk: BulkFlow,
    last: LastStarted,
    /// What the selection stands for at the moment of the click.
    #[prop(into)]
    target: Callback<(), Option<JobTarget>>,
) -> impl IntoView {
    let ask = move |action: JobBulkAction| {
        bulk.ask(target.run(()), |target| {
            BulkAsk::new(action, target, move |target, wish| async move {
                let create = JobBulkCreate {
                    action,
                    target,
                    dry_run: wish.dry_run,
                };
                api::jobs::bulk_jobs(&create).await
            })
            .telling(move |job| last.remember(job))
        });
    };
    view! {
        <Button small=true icon=IconName::Retry on_click=move |()| ask(JobBulkAction::Retry)>{tr!(monitor.retry)}</Button>
        <Button small=true kind=Kind::Danger icon=IconName::Close on_click=move |()| ask(JobBulkAction::Cancel)>{tr!(monitor.cancel)}</Button>
    }
    .into_any()
}
