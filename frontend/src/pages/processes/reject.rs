//! `<RejectDialog open name=Signal busy on_reject=move |reason| …/>`: asks why; Enter sends, Shift+Enter breaks the line.

use leptos::prelude::*;

use crate::{
    components::{Button, Dialog, Kind, ReasonField},
    i18n::tr,
};

/// As the server checks it.
const LONGEST: usize = 500;

#[component]
pub fn RejectDialog(
    open: RwSignal<bool>,
    /// What is rejected, for the title.
    #[prop(into)]
    name: Signal<String>,
    #[prop(optional, into)] busy: Signal<bool>,
    /// The page closes the dialog.
    #[prop(into)]
    on_reject: Callback<String>,
) -> impl IntoView {
    let reason = RwSignal::new(String::new());
    let refused = RwSignal::new(None::<String>);
    Effect::new(move |_| {
        if open.get() {
            reason.set(String::new());
            refused.set(None);
        }
    });
    let send = move || {
        let text = reason.get_untracked().trim().to_owned();
        if text.is_empty() {
            refused.set(Some(tr!(processes.reject_needs_reason).to_owned()));
        } else if text.chars().count() > LONGEST {
            refused.set(Some(tr!(errors.field_too_long).to_owned()));
        } else if !busy.get_untracked() {
            on_reject.run(text);
        }
    };
    let actions = move || {
        view! {
            <Button on_click=move |()| open.set(false)>{tr!(parts.cancel)}</Button>
            <Button kind=Kind::DangerSolid busy on_click=move |()| send()>{tr!(processes.reject)}</Button>
        }
    };
    view! {
        <Dialog open title=Signal::derive(move || tr!(processes.reject_title, name = name.get())) actions>
            <ReasonField reason refused send=Callback::new(move |()| send())/>
        </Dialog>
    }
}
