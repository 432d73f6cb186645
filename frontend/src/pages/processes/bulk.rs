//! What is done to many processes at once.

use esteira_shared::{
    dto::bulk::{BulkAction, BulkCreate, BulkTarget},
    permission::Permission,
};
use leptos::prelude::*;

use super::words;
use crate::{
    api,
    components::{BulkAsk, BulkDoubt, BulkFlow, BulkWords, Button, IconName, Kind},
    i18n::{counted, tr},
    state::session::use_session,
};

impl BulkWords for BulkAction {
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
        tr!(processes.bulk_failures_label)
    }

    fn note(&self) -> Option<&'static str> {
        match self {
            Self::Approve => Some(tr!(processes.bulk_approve_note)),
            Self::Download => Some(tr!(processes.bulk_download_note)),
            Self::Send | Self::Reject => None,
        }
    }

    fn doubt(&self, count: i64) -> Option<BulkDoubt> {
        (*self == Self::Send && count > 0).then(|| BulkDoubt {
            label: counted!(processes.bulk_doubt_single, processes.bulk_doubt_many, count),
            hint: tr!(processes.bulk_doubt_hint),
        })
    }

    fn afterwards(&self) -> Option<&'static str> {
        match self {
            Self::Send => Some(tr!(processes.bulk_send_note)),
            Self::Download => Some(tr!(processes.bulk_download_after)),
            Self::Approve | Self::Reject => None,
        }
    }

    fn needs_reason(&self) -> bool {
        *self == Self::Reject
    }

    fn is_danger(&self) -> bool {
        *self == Self::Reject
    }
}

/// The buttons beside a selection.
#[component]
pub fn BulkButtons(
    bulk: BulkFlow,
    /// What the selection stands for at the moment of the click.
    #[prop(into)]
    target: Callback<(), Option<BulkTarget>>,
) -> impl IntoView {
    let session = use_session();
    let ask = move |action: BulkAction| {
        bulk.ask(target.run(()), |target| {
            BulkAsk::new(action, target, move |target, wish| async move {
                let create = BulkCreate {
                    target,
                    reason: wish.reason,
                    despite_doubt: wish.despite_doubt,
                    dry_run: wish.dry_run,
                };
                api::processes::bulk(action, &create).await
            })
        });
    };
    view! {
        <Show when=move || session.may(Permission::ReviewProcesses)>
            <Button small=true kind=Kind::Primary icon=IconName::Check on_click=move |()| ask(BulkAction::Approve)>{tr!(processes.approve)}</Button>
        </Show>
        <Show when=move || session.may(Permission::RunRobots)>
            <Button small=true icon=IconName::Robot on_click=move |()| ask(BulkAction::Download)>{tr!(processes.download)}</Button>
        </Show>
        <Show when=move || session.may(Permission::SendProcesses)>
            <Button small=true icon=IconName::Send on_click=move |()| ask(BulkAction::Send)>{tr!(processes.send)}</Button>
        </Show>
        <Show when=move || session.may(Permission::ReviewProcesses)>
            <Button small=true kind=Kind::Danger icon=IconName::Close on_click=move |()| ask(BulkAction::Reject)>{tr!(processes.reject_ask)}</Button>
        </Show>
    }
    .into_any()
}
