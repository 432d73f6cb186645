//! What ran for whom, how it stands, and what can be done.

use esteira_shared::{
    dto::executions::{ExecutionDetailDto, ExecutionDto},
    ids::ExecutionId,
    permission::Permission,
    status::{ExecutionType, Tone},
};
use leptos::prelude::*;
use leptos_router::components::A;

use super::{super::words, commands::ExecutionCommands};
use crate::{
    components::{Button, CopyText, IconName, Kind, Mark, PageHead},
    i18n::tr,
    routes::paths,
    state::{
        keys::{Key, use_keys},
        session::use_session,
    },
    text::{status, tasks},
};

/// Attempts before these are on their tab only.
const SHOWN: usize = 5;

#[component]
pub(super) fn Head(data: Signal<ExecutionDetailDto>, commands: ExecutionCommands) -> impl IntoView {
    let session = use_session();
    let may = Memo::new(move |_| session.may(Permission::RunRobots));
    let can_cancel = Memo::new(move |_| may.get() && data.with(|detail| detail.can_cancel));
    let can_rerun = Memo::new(move |_| may.get() && data.with(|detail| detail.can_rerun));
    // A sending takes nothing from a person but the approved document.
    let can_write = Memo::new(move |_| {
        can_rerun.get() && data.with(|detail| detail.execution.tipo == ExecutionType::DownloadFatura)
    });
    let can_resume = Memo::new(move |_| may.get() && data.with(|detail| detail.can_resume));
    use_keys(
        tr!(executions.keys),
        vec![
            Key::new("x", tr!(executions.cancel), move || {
                if can_cancel.get_untracked() {
                    commands.cancelling.set(true);
                }
            }),
            Key::new("r", tr!(executions.other_parameters), move || {
                if can_write.get_untracked() {
                    commands.writing.set(true);
                }
            }),
        ],
    );
    let busy = commands.change.busy;
    let title = Memo::new(move |_| data.with(|detail| heading(&detail.execution)));
    view! {
        <PageHead title>
            <Show when=move || can_resume.get()>
                <Button kind=Kind::Primary icon=IconName::Find busy on_click=move |()| commands.resume()>{tr!(executions.resume)}</Button>
            </Show>
            {move || can_rerun.get().then(|| {
                // Where the API may still tell, asking it comes first.
                let kind = if can_resume.get() { Kind::Plain } else { Kind::Primary };
                view! {
                    <Show when=move || can_write.get()>
                        <Button on_click=move |()| commands.writing.set(true)>{tr!(executions.other_parameters)}</Button>
                    </Show>
                    <Button kind icon=IconName::Retry busy on_click=move |()| commands.rerun()>{tr!(executions.rerun)}</Button>
                }
            })}
            <Show when=move || can_cancel.get()>
                <Button kind=Kind::Danger icon=IconName::Close on_click=move |()| commands.cancelling.set(true)>{tr!(executions.cancel)}</Button>
            </Show>
        </PageHead>
        <Line data/>
    }
}

/// `Download da fatura · VIVO · Clínica Saúde Total`
fn heading(execution: &ExecutionDto) -> String {
    format!(
        "{} · {} · {}",
        status::execution_type(execution.tipo),
        execution.operator_name,
        execution.client_name
    )
}

/// The status, which attempt it is among the others, and its id. Each by itself, so that a new line of the log draws
/// none of them anew.
#[component]
fn Line(data: Signal<ExecutionDetailDto>) -> impl IntoView {
    let id = data.with_untracked(|detail| detail.execution.id);
    let look = Memo::new(move |_| data.with(|detail| words::look(&detail.execution)));
    let chain = Memo::new(move |_| data.with(Chain::of));
    view! {
        <div class="process__line">
            {move || {
                let (tone, word) = look.get();
                view! { <Mark tone word pill=true/> }
            }}
            {move || chain.with(strip)}
            <CopyText text=id.to_string() shown=tasks::short_id(id) mono=true/>
        </div>
    }
}

/// The attempts as one chain, the oldest first.
#[derive(Clone, PartialEq)]
struct Chain {
    number: i32,
    most: i32,
    steps: Vec<Step>,
}

#[derive(Clone, PartialEq)]
struct Step {
    id: ExecutionId,
    number: i32,
    tone: Tone,
    word: &'static str,
}

impl Chain {
    fn of(detail: &ExecutionDetailDto) -> Self {
        let number = detail.execution.attempt;
        let newest = detail.chain.iter().take(SHOWN).map(|one| {
            let (tone, word) = words::look(one);
            Step {
                id: one.id,
                number: one.attempt,
                tone,
                word,
            }
        });
        let mut steps: Vec<Step> = newest.collect();
        steps.reverse();
        Self {
            number,
            most: detail.chain.iter().map(|one| one.attempt).max().unwrap_or(number),
            steps,
        }
    }
}

fn strip(chain: &Chain) -> AnyView {
    let links = (chain.steps.len() > 1).then(|| {
        view! {
            <ol class="run-chain" aria-label=tr!(executions.tab_attempts)>
                {chain.steps.iter().map(link).collect_view()}
            </ol>
        }
    });
    view! {
        <span class="num nowrap">{tr!(executions.attempt_of, number = chain.number, most = chain.most)}</span>
        {links}
    }
    .into_any()
}

fn link(step: &Step) -> impl IntoView + use<> {
    let said = tr!(executions.attempt_said, number = step.number, status = step.word);
    let (tone, number, title) = (step.tone, step.number.to_string(), said.clone());
    view! {
        <li>
            <A href=paths::execution(step.id) attr:title=title>
                <span class="sr-only">{said}</span>
                <span aria-hidden="true"><Mark tone word=number pill=true/></span>
            </A>
        </li>
    }
}
