//! What went wrong, and what to do about it.

use esteira_shared::{
    dto::processes::{ProcessDetailDto, ProcessDto, ProcessError},
    ids::ClientId,
    status::{ProcessStatus, Tone},
    transition::Move,
};
use leptos::prelude::*;

use super::{
    super::{change_password, trouble_facts, wants_password, words},
    actions::{Act, ProcessActions, acts, may_be_in_sat, undecided},
};
use crate::{
    components::{Button, Notice},
    i18n::tr,
    pages::executions::UnknownNotice,
    state::session::use_session,
    text::reasons::{quoted, told},
};

#[derive(Clone, PartialEq)]
enum Trouble {
    /// Who refused it, and why.
    Rejected(String, String),
    /// Whether asking the API may help, and what went wrong.
    Unknown(bool, Option<ProcessError>),
    Download(ProcessError, ClientId),
    Sending(ProcessError),
}

impl Trouble {
    fn of(detail: &ProcessDetailDto) -> Option<Self> {
        let process = &detail.process;
        if let Some(run) = undecided(detail) {
            return Some(Self::Unknown(detail.resumable.contains(&run.id), run.error.clone()));
        }
        match process.status {
            ProcessStatus::Rejeitado => Some(rejected(detail, process)),
            ProcessStatus::ErroDownload => {
                let error = process.error.clone()?;
                Some(Self::Download(error, process.client_id))
            }
            ProcessStatus::ErroEnvioSat => process.error.clone().map(Self::Sending),
            _ => None,
        }
    }
}

fn rejected(detail: &ProcessDetailDto, process: &ProcessDto) -> Trouble {
    let by = detail
        .moves
        .iter()
        .find(|one| one.by == Move::Reject)
        .map(|one| words::actor(&one.actor))
        .unwrap_or_default();
    Trouble::Rejected(by, quoted(process.rejection_reason.as_deref().unwrap_or_default()))
}

#[component]
pub(super) fn Troubles(data: Signal<ProcessDetailDto>, actions: ProcessActions) -> impl IntoView {
    let session = use_session();
    let trouble = Memo::new(move |_| data.with(Trouble::of));
    let offered = move |wanted: Act| {
        Memo::new(move |_| data.with(|detail| acts(detail, session).into_iter().find(|act| *act == wanted)))
    };
    let (ask, retry) = (offered(Act::Resume), offered(Act::RetryDownload));
    let (confirm, resend) = (offered(Act::Confirm), offered(Act::RetrySend));
    let button = move |act: Memo<Option<Act>>| {
        move || {
            act.get().map(|act| {
                view! {
                    <Button small=true icon=act.icon() busy=actions.busy() on_click=move |()| actions.run(act)>{act.label()}</Button>
                }
            })
        }
    };
    move || {
        trouble.get().map(|trouble| match trouble {
            Trouble::Rejected(by, text) => view! {
                <Notice tone=Tone::Failed title=tr!(processes.rejected_by, name = by) text>
                    <span class="small muted">{tr!(processes.rejected_next)}</span>
                </Notice>
            }
            .into_any(),
            Trouble::Unknown(can_resume, error) => view! {
                <UnknownNotice error can_resume>
                    {button(ask)}
                    {button(retry)}
                    {button(confirm)}
                </UnknownNotice>
            }
            .into_any(),
            Trouble::Download(error, client) => {
                let password = wants_password(&error).then(|| change_password(client));
                view! {
                    <Notice tone=Tone::Failed title=tr!(processes.download_failed) text=told(&error.cause_coded)>
                        {trouble_facts(&error)}
                        <div class="line">{password}{button(retry)}</div>
                    </Notice>
                }
                .into_any()
            }
            Trouble::Sending(error) => {
                let ways =
                    may_be_in_sat(&error).then(|| view! { <div class="line">{button(confirm)}{button(resend)}</div> });
                view! {
                    <Notice tone=Tone::Failed title=tr!(processes.send_failed) text=told(&error.cause_coded)>
                        {trouble_facts(&error)}
                        {ways}
                    </Notice>
                }
                .into_any()
            }
        })
    }
}
