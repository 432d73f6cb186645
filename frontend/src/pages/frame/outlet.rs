//! What stands at an address: the page when its part has come, grey lines until then, a card when it does not come.

use leptos::prelude::*;

use super::no_access::NoAccess;
use crate::{
    components::{Button, Icon, IconName, Skeleton},
    i18n::tr,
    routes::{Page, Part},
    state::session::use_session,
};

/// Which program the page was last reloaded for, in the tab's own storage.
const RELOADED: &str = "esteira.reloaded";

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Coming,
    Here,
    /// It did not come; the server may have it.
    Late,
    /// The server has another version by now.
    Gone,
}

#[component]
pub fn PageOutlet(page: &'static Page) -> impl IntoView {
    if !untrack(|| page.is_open_to(use_session())) {
        return view! { <NoAccess/> }.into_any();
    }
    view! { <PartOutlet part=&page.part/> }.into_any()
}

/// The same for what is no page.
#[component]
pub fn PartOutlet(part: &'static Part) -> impl IntoView {
    let stage = RwSignal::new(Stage::Coming);
    let fetch = move || {
        part.load(move |came| {
            let next = match came {
                true => Stage::Here,
                false if !is_gone() => Stage::Late,
                // It stays as it is until the browser has the new page.
                false if reloads() => return,
                false => Stage::Gone,
            };
            // Somebody may have gone elsewhere meanwhile.
            let _ = stage.try_set(next);
        });
    };
    fetch();
    let again = move |()| {
        stage.set(Stage::Coming);
        fetch();
    };
    let shown = move || match stage.get() {
        Stage::Coming => view! { <Skeleton rows=8/> }.into_any(),
        Stage::Here => part.draw().unwrap_or_else(|| {
            view! { <Missing on_click=again text=tr!(errors.offline) word=tr!(parts.retry)/> }.into_any()
        }),
        Stage::Late => view! { <Missing on_click=again text=tr!(errors.offline) word=tr!(parts.retry)/> }.into_any(),
        Stage::Gone => {
            let reload = |()| {
                let _ = window().location().reload();
            };
            view! { <Missing on_click=reload text=tr!(frame.part_gone) word=tr!(frame.part_reload)/> }.into_any()
        }
    };
    view! { {shown} }.into_any()
}

/// In place of the page.
#[component]
fn Missing(
    text: &'static str,
    /// On the button.
    word: &'static str,
    #[prop(into)] on_click: Callback<()>,
) -> impl IntoView {
    view! {
        <div class="notice notice--fail" role="alert">
            <Icon name=IconName::Failed/>
            <b>{tr!(frame.part_missing)}</b>
            <p>{text}</p>
            <div class="line"><Button small=true icon=IconName::Retry on_click=on_click>{word}</Button></div>
        </div>
    }
    .into_any()
}

/// Whether the server answered that it has no such part: see `esteiraPart` in boot.js.
fn is_gone() -> bool {
    document()
        .document_element()
        .is_some_and(|root| root.has_attribute("data-gone"))
}

/// Reloads the page, which brings the new program; `false` when that was tried for this program already, so that a server
/// which lacks a part for good is not asked for ever.
fn reloads() -> bool {
    let program = document()
        .get_element_by_id("esteira-app")
        .and_then(|app| app.get_attribute("content"));
    let (Some(program), Ok(Some(storage))) = (program, window().session_storage()) else {
        return false;
    };
    if storage.get_item(RELOADED).ok().flatten().as_ref() == Some(&program) {
        return false;
    }
    storage.set_item(RELOADED, &program).is_ok() && window().location().reload().is_ok()
}
