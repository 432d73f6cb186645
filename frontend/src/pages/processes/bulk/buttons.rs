//! The buttons beside a selection.

use esteira_shared::{
    dto::processes::{BULK_IDS, BulkAction, BulkTarget},
    permission::Permission,
};
use leptos::prelude::*;

use super::{BulkFlow, work::ProcessBulk};
use crate::{
    components::{Button, IconName, Kind},
    i18n::tr,
    state::{session::use_session, toasts::use_toasts},
    text::format,
};

#[component]
pub fn BulkButtons(
    bulk: BulkFlow,
    /// What the selection stands for at the moment of the click.
    #[prop(into)]
    target: Callback<(), Option<BulkTarget>>,
) -> impl IntoView {
    let session = use_session();
    let ask = move |action: BulkAction| match target.run(()) {
        Some(BulkTarget::Ids(ids)) if ids.len() > BULK_IDS => {
            let most = i64::try_from(BULK_IDS).unwrap_or(i64::MAX);
            use_toasts().fail_text(tr!(processes.bulk_too_many, count = format::count(most)));
        }
        Some(target) => bulk.ask(ProcessBulk { action, target }),
        None => {}
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
