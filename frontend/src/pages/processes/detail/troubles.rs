//! What went wrong, and what to do about it.

use esteira_shared::{
    dto::processes::ProcessDetailDto,
    status::{ProcessStatus, Tone},
    transition::Move,
};
use leptos::prelude::*;

use super::words;
use crate::{components::Notice, i18n::tr};

#[component]
pub(super) fn Troubles(data: Signal<ProcessDetailDto>) -> impl IntoView {
    move || {
        data.with(|detail| {
            let process = &detail.process;
            if process.status == ProcessStatus::Rejeitado {
                let by = detail
                    .moves
                    .iter()
                    .find(|one| one.by == Move::Reject)
                    .map(|one| words::actor(&one.actor))
                    .unwrap_or_default();
                let text = process.rejection_reason.clone().unwrap_or_default();
                return Some(
                    view! {
                        <Notice tone=Tone::Failed title=tr!(processes.rejected_by, name = by) text>
                            <span class="small muted">{tr!(processes.rejected_next)}</span>
                        </Notice>
                    }
                    .into_any(),
                );
            }
            let failing = matches!(process.status, ProcessStatus::ErroDownload | ProcessStatus::ErroEnvioSat);
            let error = process.error.clone().filter(|_| failing)?;
            let title = match process.status {
                ProcessStatus::ErroDownload => tr!(processes.download_failed),
                _ => tr!(processes.send_failed),
            };
            Some(
                view! {
                    <Notice tone=Tone::Failed title text=error.cause>
                        <dl class="trouble">
                            {error.step.map(|step| view! { <dt>{tr!(processes.failing_step)}</dt><dd class="mono">{step}</dd> })}
                            {error.recommended_action.map(|act| view! { <dt>{tr!(processes.recommended)}</dt><dd>{act}</dd> })}
                        </dl>
                    </Notice>
                }
                .into_any(),
            )
        })
    }
}
