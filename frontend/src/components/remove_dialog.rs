//! `<RemoveDialog open title="Excluir a operadora VIVO?" confirm="Excluir operadora" remove in_use=… on_confirm=… on_deactivate=…>what goes</RemoveDialog>`:
//! asks before deleting, and says what to do instead where something depends on the record.

use esteira_shared::error::ErrorCode;
use leptos::prelude::*;

use super::{Button, Dialog, ErrorCard, Kind};
use crate::{hooks::Mutation, i18n::tr};

#[component]
pub fn RemoveDialog(
    open: RwSignal<bool>,
    #[prop(into)] title: Signal<String>,
    #[prop(into)] confirm: Signal<String>,
    remove: Mutation,
    /// Known before asking: it cannot go because others need it.
    #[prop(optional, into)]
    in_use: Signal<bool>,
    /// Why it cannot go, and what deactivating does instead.
    #[prop(into)]
    in_use_text: Signal<String>,
    /// Whether deactivating is still to be offered.
    #[prop(into)]
    active: Signal<bool>,
    #[prop(into)] on_confirm: Callback<()>,
    #[prop(into)] on_deactivate: Callback<()>,
    children: ChildrenFn,
) -> impl IntoView {
    let blocked = Memo::new(move |_| {
        in_use.get()
            || remove
                .error
                .with(|error| error.as_ref().is_some_and(|error| error.is(ErrorCode::InUse)))
    });
    // What was told about another record does not concern this one.
    Effect::new(move |_| {
        if open.get() {
            remove.clear();
        }
    });
    let heading = Signal::derive(move || {
        if blocked.get() {
            tr!(forms.in_use_title).to_owned()
        } else {
            title.get()
        }
    });
    let actions = move || {
        view! {
            <Button on_click=move |()| open.set(false)>{move || if blocked.get() { tr!(parts.close) } else { tr!(parts.cancel) }}</Button>
            <Show when=move || !blocked.get()>
                <Button kind=Kind::DangerSolid busy=remove.busy on_click=on_confirm>{move || confirm.get()}</Button>
            </Show>
            <Show when=move || blocked.get() && active.get()>
                <Button kind=Kind::Primary busy=remove.busy on_click=on_deactivate>{tr!(forms.deactivate_instead)}</Button>
            </Show>
        }
    };
    let children = StoredValue::new(children);
    view! {
        <Dialog open title=heading actions>
            {move || remove.error.get().filter(|error| !error.is(ErrorCode::InUse)).map(|error| view! { <ErrorCard error/> })}
            <Show when=move || blocked.get() fallback=move || children.with_value(|children| children())>
                <p>{move || in_use_text.get()}</p>
            </Show>
        </Dialog>
    }
}
