//! `<CodeBlock title="Resultado" text=signal/>`: text as it is, in a box that scrolls, with a button that copies it. What
//! went wrong is in our words, all else is data in whatever language.

use leptos::prelude::*;

use super::CopyButton;
use crate::text::reasons::{plain, quotes};

#[component]
pub fn CodeBlock(
    #[prop(into)] title: String,
    #[prop(into)] text: Signal<String>,
    /// It says what went wrong.
    #[prop(optional)]
    failed: bool,
) -> impl IntoView {
    // What is copied has no marks of quotes in it.
    let copied = Signal::derive(move || text.with(|text| plain(text)));
    view! {
        <section class="card">
            <header class="card__head"><h2>{title.clone()}</h2><div><CopyButton text=copied label=title.clone()/></div></header>
            // A box that scrolls must be reachable by keyboard.
            <pre class="code" class:is-fail=failed translate=(!failed).then_some("no") tabindex="0" role="region" aria-label=title>{move || text.with(|text| quotes(text))}</pre>
        </section>
    }
    .into_any()
}
