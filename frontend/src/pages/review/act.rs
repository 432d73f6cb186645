//! The buttons and the keys of the review.

use esteira_shared::{permission::Permission, status::Tone};
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::desk::{Desk, Outcome};
use crate::{
    api,
    components::{Button, IconName, Kind, LinkButton, Mark, ViewedDocument},
    i18n::tr,
    routes::paths,
    state::{keys::Key, session::use_session},
};

pub(super) fn review_keys(desk: Desk, viewed: Signal<Option<ViewedDocument>>) -> Vec<Key> {
    let may = untrack(|| use_session().may(Permission::ReviewProcesses));
    let mut keys = Vec::new();
    if may {
        keys.push(Key::new("a", tr!(review.approve_next), move || desk.approve()));
        keys.push(Key::new("r", tr!(processes.reject_ask), move || {
            if untrack(|| desk.can_decide()) {
                desk.rejecting.set(true);
            }
        }));
    }
    keys.push(Key::new("j", tr!(review.key_next), move || desk.step(true)));
    keys.push(Key::new("k", tr!(review.key_previous), move || desk.step(false)));
    keys.push(Key::new("d", tr!(review.key_download), move || {
        if let Some(document) = viewed.get_untracked() {
            download(&document);
        }
    }));
    keys.push(Key::new("e", tr!(review.key_edit), move || {
        if desk.seen.with_untracked(Option::is_some) {
            desk.editing.set(true);
        }
    }));
    keys
}

/// As a click on a link that downloads.
fn download(wanted: &ViewedDocument) {
    let link = document()
        .create_element("a")
        .ok()
        .and_then(|link| link.dyn_into::<web_sys::HtmlAnchorElement>().ok());
    if let Some(link) = link {
        link.set_href(&api::processes::document_address(wanted.id));
        link.set_download(&wanted.filename);
        link.set_rel("external");
        link.click();
    }
}

#[component]
pub(super) fn ActBar(desk: Desk) -> impl IntoView {
    let session = use_session();
    let can = Memo::new(move |_| desk.can_decide());
    let outcome = Memo::new(move |_| {
        desk.entries.track();
        desk.current.get().and_then(|id| desk.outcome(id))
    });
    let stuck = Signal::derive(move || !can.get());
    let decided = move |tone: Tone, word: &'static str| {
        let address = desk.current.get().map(paths::process).unwrap_or_default();
        view! {
            <div class="line line--between">
                <Mark tone pill=true word/>
                <LinkButton small=true href=address>{tr!(review.open_process)}</LinkButton>
            </div>
        }
        .into_any()
    };
    let buttons = move || {
        view! {
            <Button kind=Kind::Primary wide=true key="A" disabled=stuck on_click=move |()| desk.approve()>{tr!(review.approve_next)}</Button>
            <div class="review__two">
                <Button kind=Kind::Danger wide=true key="R" disabled=stuck on_click=move |()| desk.rejecting.set(true)>{tr!(processes.reject_ask)}</Button>
                <Button wide=true key="J" icon=IconName::Right icon_last=true on_click=move |()| desk.step(true)>{tr!(review.skip)}</Button>
            </div>
        }
    };
    view! {
        <footer class="review__act">
            {move || match outcome.get() {
                Some(Outcome::Approved) => decided(Tone::Done, tr!(review.decided_approved)),
                Some(Outcome::Rejected) => decided(Tone::Failed, tr!(review.decided_rejected)),
                _ if session.may(Permission::ReviewProcesses) => buttons().into_any(),
                _ => view! { <p class="small muted">{tr!(review.not_allowed)}</p> }.into_any(),
            }}
            <small class="faint num" role="status">
                {move || {
                    let tally = desk.tally.get();
                    if tally.decided() > 0 { tally.words() } else { tr!(review.first).to_owned() }
                }}
            </small>
        </footer>
    }
}
