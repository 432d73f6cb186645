//! `<ToastList/>` once, in the app; `use_toasts().done("Cliente salvo.")` anywhere.

use leptos::{html, prelude::*};

use super::{CopyText, Icon, IconButton, IconName};
use crate::{
    i18n::tr,
    state::toasts::{ToastKind, use_toasts},
};

#[component]
pub fn ToastList() -> impl IntoView {
    let toasts = use_toasts();
    let node = NodeRef::<html::Div>::new();
    // Shown as a popover, so that a notice raised from a modal dialog stands above it. Shown anew for each notice,
    // because the last one shown is the one on top.
    Effect::new(move |_| {
        let any = toasts.list.with(|list| !list.is_empty());
        let Some(list) = node.get() else { return };
        let _ = list.hide_popover();
        if any {
            let _ = list.show_popover();
        }
    });
    view! {
        <div node_ref=node class="toasts" popover="manual" role="region" aria-label=tr!(parts.notices)>
            <div role="status" aria-live="polite">
                <For each=move || toasts.list.get() key=|toast| toast.id let:toast>
                    {
                        let (class, icon) = match toast.kind {
                            ToastKind::Done => ("toast toast--done", IconName::Done),
                            ToastKind::Fail => ("toast toast--fail", IconName::Failed),
                        };
                        let id = toast.id;
                        view! {
                            <div class=class role=(toast.kind == ToastKind::Fail).then_some("alert")>
                                <Icon name=icon/>
                                <div class="toast__text">
                                    <span>{toast.text}</span>
                                    {toast.request_id.map(|id| view! { <small class="faint">{tr!(parts.error_id)}": "<CopyText text=id mono=true/></small> })}
                                </div>
                                <IconButton icon=IconName::Close label=tr!(parts.dismiss) on_click=move |()| toasts.dismiss(id)/>
                            </div>
                        }
                    }
                </For>
            </div>
        </div>
    }
    .into_any()
}
