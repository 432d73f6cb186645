//! What a person has to know or to decide: no end known, an end asked for, a failure with what to do about it.

use esteira_shared::{
    dto::{executions::ExecutionDetailDto, processes::ProcessError},
    ids::ClientId,
    instant::Instant,
    permission::Permission,
    status::{ExecutionStatus, Tone},
};
use leptos::prelude::*;

use super::{
    super::{UnknownNotice, refused, words},
    commands::ExecutionCommands,
};
use crate::{
    components::{Button, IconName, Notice},
    hooks::use_now,
    i18n::tr,
    pages::processes::{change_password, trouble_facts, wants_password},
    state::session::use_session,
    text::{format, reasons::told},
};

#[derive(Clone, PartialEq)]
enum Trouble {
    /// Since when, and until when at the latest.
    Ending(Instant, Option<Instant>),
    /// Whether asking the API may help, and what went wrong.
    Unknown(bool, Option<ProcessError>),
    Failed(ProcessError, ClientId),
    /// The robot is at work or over: its status is not understood.
    Unclear(ProcessError),
}

impl Trouble {
    fn of(detail: &ExecutionDetailDto) -> Option<Self> {
        let execution = &detail.execution;
        if execution.outcome_unknown {
            return Some(Self::Unknown(detail.can_resume, execution.error.clone()));
        }
        if words::is_ending(execution) {
            let since = execution.cancel_requested_at?;
            return Some(Self::Ending(since, execution.cancel_deadline));
        }
        if let Some(error) = words::unclear(execution) {
            return Some(Self::Unclear(error.clone()));
        }
        let failed = execution.status == ExecutionStatus::Falhou;
        let error = execution.error.clone().filter(|_| failed)?;
        Some(Self::Failed(error, execution.client_id))
    }
}

#[component]
pub(super) fn Troubles(data: Signal<ExecutionDetailDto>, commands: ExecutionCommands) -> impl IntoView {
    let session = use_session();
    let trouble = Memo::new(move |_| data.with(Trouble::of));
    let may = Memo::new(move |_| session.may(Permission::RunRobots));
    let can_rerun = Memo::new(move |_| may.get() && data.with(|detail| detail.can_rerun));
    let can_resume = Memo::new(move |_| may.get() && data.with(|detail| detail.can_resume));
    // Dialogs show their own refusals.
    let refusal = move || {
        commands
            .change
            .error
            .get()
            .filter(|_| !commands.writing.get())
            .map(refused)
    };
    let busy = commands.change.busy;
    let retry = move || {
        view! {
            <Show when=move || can_rerun.get()>
                <Button small=true icon=IconName::Retry busy on_click=move |()| commands.rerun()>{tr!(executions.rerun)}</Button>
            </Show>
        }
    };
    let resume = move || {
        view! {
            <Show when=move || can_resume.get()>
                <Button small=true icon=IconName::Find busy on_click=move |()| commands.resume()>{tr!(executions.resume)}</Button>
            </Show>
        }
    };
    view! {
        {refusal}
        {move || trouble.get().map(|trouble| match trouble {
            Trouble::Ending(since, until) => ending(since, until),
            Trouble::Unknown(can_resume, error) => view! {
                <UnknownNotice error can_resume>
                    {resume()}
                    {retry()}
                </UnknownNotice>
            }
            .into_any(),
            Trouble::Failed(error, client) => {
                let password = wants_password(&error).then(|| change_password(client));
                view! {
                    <Notice tone=Tone::Failed title=tr!(executions.failed_title) text=told(&error.cause_coded)>
                        {trouble_facts(&error)}
                        <div class="line">{password}{retry()}</div>
                    </Notice>
                }
                .into_any()
            }
            Trouble::Unclear(error) => view! {
                <div role="status">
                    <Notice tone=Tone::NeedsYou title=tr!(executions.unclear_title) text=told(&error.cause_coded)>
                        {trouble_facts(&error)}
                    </Notice>
                </div>
            }
            .into_any(),
        })}
    }
}

/// When it is over at the latest.
fn ending(since: Instant, until: Option<Instant>) -> AnyView {
    let now = use_now();
    let title = until.map_or_else(
        || tr!(executions.cancelling).to_owned(),
        |until| tr!(executions.cancelling_until, time = words::clock(*until)),
    );
    let text = tr!(executions.cancelling_text, ago = format::relative(*since, now.get()));
    view! { <div role="status"><Notice tone=Tone::Running title text/></div> }.into_any()
}
