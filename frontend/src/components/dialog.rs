//! `<Dialog open=open title="Nova operadora" actions=move || view! { <Button …/> }>…</Dialog>`
//! `<ConfirmDialog open=asking title="Excluir a operadora VIVO?" confirm="Excluir operadora" danger=true busy=delete.busy on_confirm=…>"12 contas …"</ConfirmDialog>`
//!
//! The browser's own modal dialog: it keeps the focus inside, makes the rest inert, closes on Escape and gives the focus back.

use leptos::{html, prelude::*};

use super::{Button, IconButton, IconName, Kind, field::new_id};
use crate::i18n::tr;

#[component]
pub fn Dialog(
    open: RwSignal<bool>,
    #[prop(into)] title: Signal<String>,
    #[prop(optional)] wide: bool,
    /// Buttons of the foot, the one that does it last.
    #[prop(optional, into)]
    actions: Option<ViewFn>,
    children: ChildrenFn,
) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    let title_id = new_id("dialog");
    let heading_id = title_id.clone();
    Effect::new(move |_| {
        let Some(dialog) = node.get() else { return };
        match (open.get(), dialog.open()) {
            (true, false) => {
                let _ = dialog.show_modal();
            }
            (false, true) => dialog.close(),
            _ => {}
        }
    });
    let children = StoredValue::new(children);
    let actions = StoredValue::new(actions);
    view! {
        <dialog
            node_ref=node
            class="dialog"
            class:dialog--wide=wide
            aria-labelledby=title_id
            on:close=move |_| open.set(false)
            // A press on the backdrop is a press on the dialog itself, outside everything it holds.
            on:mousedown=move |event| {
                let outside = node.get_untracked().is_some_and(|dialog| {
                    event.target().is_some_and(|target| &target == dialog.as_ref() as &web_sys::EventTarget)
                });
                if outside { open.set(false); }
            }
        >
            <Show when=move || open.get()>
                <header class="dialog__head">
                    <h2 id=heading_id.clone()>{move || title.get()}</h2>
                    <IconButton icon=IconName::Close label=tr!(parts.close) on_click=move |()| open.set(false)/>
                </header>
                <div class="dialog__body">{children.with_value(|children| children())}</div>
                {actions.with_value(|actions| actions.as_ref().map(|actions| view! { <footer class="dialog__foot">{actions.run()}</footer> }))}
            </Show>
        </dialog>
    }
    .into_any()
}

/// Asks before something that cannot be undone. `title` names the thing, the children say what goes with it, and the
/// button says the verb, never "OK".
#[component]
pub fn ConfirmDialog(
    open: RwSignal<bool>,
    #[prop(into)] title: Signal<String>,
    #[prop(into)] confirm: Signal<String>,
    #[prop(optional)] danger: bool,
    #[prop(optional, into)] busy: Signal<bool>,
    #[prop(optional, into)] disabled: Signal<bool>,
    /// The dialog stays open until the page closes it, so that a failure can be read.
    #[prop(into)]
    on_confirm: Callback<()>,
    children: ChildrenFn,
) -> impl IntoView {
    let kind = if danger { Kind::DangerSolid } else { Kind::Primary };
    let actions = move || {
        view! {
            <Button on_click=move |()| open.set(false)>{tr!(parts.cancel)}</Button>
            <Button kind busy disabled on_click=on_confirm>{move || confirm.get()}</Button>
        }
    };
    view! { <Dialog open title actions children/> }
}
