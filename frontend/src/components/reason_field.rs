//! `<ReasonField reason refused send/>`: why a document is refused, with the usual reasons at hand; Enter sends, Shift+Enter
//! breaks the line.

use leptos::prelude::*;

use super::{Field, TextArea};
use crate::i18n::tr;

#[component]
pub fn ReasonField(
    reason: RwSignal<String>,
    #[prop(into)] refused: Signal<Option<String>>,
    send: Callback<()>,
) -> impl IntoView {
    let usual = || {
        [
            tr!(processes.reason_month),
            tr!(processes.reason_client),
            tr!(processes.reason_value),
            tr!(processes.reason_unreadable),
        ]
    };
    view! {
        <div class="stack stack--tight" on:keydown=move |event| {
            let in_text = event.target().is_some_and(|target| {
                use wasm_bindgen::JsCast;
                target.dyn_ref::<web_sys::HtmlTextAreaElement>().is_some()
            });
            if in_text && event.key() == "Enter" && !event.shift_key() && !event.is_composing() {
                event.prevent_default();
                send.run(());
            }
        }>
            <Field label=tr!(processes.reason) hint=tr!(processes.reason_hint) error=refused>
                <TextArea value=reason autofocus=true/>
            </Field>
            <div class="line" role="group" aria-label=tr!(processes.usual_reasons)>
                {usual().into_iter().map(|text| view! {
                    <button type="button" class="chip" on:click=move |_| reason.set(text.to_owned())>{text}</button>
                }).collect_view()}
            </div>
        </div>
    }
    .into_any()
}
