//! A run whose end nobody knows: what is said of it, and what is asked before another one begins.

use esteira_shared::{
    dto::processes::ProcessError,
    status::{ExecutionType, Tone},
};
use leptos::prelude::*;

use super::words;
use crate::{
    components::{ConfirmDialog, Notice},
    i18n::tr,
    pages::processes::trouble_facts,
    text::reasons::{quotes, told},
};

/// `<UnknownNotice error can_resume>`buttons`</UnknownNotice>`
#[component]
pub fn UnknownNotice(
    error: Option<ProcessError>,
    /// Where asking the API cannot help, nobody is sent to do it.
    can_resume: bool,
    children: Children,
) -> impl IntoView {
    let text = if can_resume {
        tr!(executions.unknown_text)
    } else {
        tr!(executions.unknown_text_final)
    };
    view! {
        <Notice tone=Tone::NeedsYou title=tr!(executions.unknown_title) text>
            {error.map(|error| view! { <p class="break">{quotes(&told(&error.cause_coded))}</p>{trouble_facts(&error)} })}
            {children()}
        </Notice>
    }
    .into_any()
}

/// Asks before another robot begins: the one before may be at work, or may have done it.
#[component]
pub fn DoubtDialog(
    open: RwSignal<bool>,
    /// What the other robot is to do.
    #[prop(into)]
    tipo: Signal<ExecutionType>,
    /// The verb of the button.
    #[prop(into)]
    confirm: Signal<String>,
    #[prop(into)] on_confirm: Callback<()>,
    /// Another way out.
    #[prop(optional, into)]
    aside: Option<ViewFn>,
) -> impl IntoView {
    view! {
        <ConfirmDialog open title=tr!(executions.doubt_title) confirm danger=true on_confirm>
            <p>{move || words::doubt(tipo.get())}</p>
            {aside.as_ref().map(ViewFn::run)}
        </ConfirmDialog>
    }
    .into_any()
}
