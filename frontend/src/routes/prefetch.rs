//! Fetches parts before they are needed: when the pointer or the focus comes to a link, and when the browser is idle.

use gloo_timers::future::TimeoutFuture;
use leptos::{ev, prelude::*, task::spawn_local};
use wasm_bindgen::{JsCast, JsValue};

use super::{page_at, within_reach};
use crate::state::Session;

/// Time between two parts, in browsers that cannot say that they are idle.
const PAUSE_MS: u32 = 1_000;

/// For as long as somebody is signed in.
pub fn use_prefetch(session: Session) {
    let over = window_event_listener(ev::pointerover, move |event| near(session, &event));
    let focus = window_event_listener(ev::focusin, move |event| near(session, &event));
    let here = RwSignal::new(true);
    on_cleanup(move || {
        over.remove();
        focus.remove();
    });
    if wants_to_save_data() {
        return;
    }
    // One after the other, in the order of the rail, so that what somebody does meanwhile never waits for many.
    spawn_local(async move {
        let pages: Vec<_> = untrack(|| within_reach(session).collect());
        for page in pages {
            idle().await;
            if here.try_get_untracked().is_none() {
                return;
            }
            // One that does not come is asked for again when somebody goes there.
            let _ = (page.part.load)().await;
        }
    });
}

/// The pointer or the focus is at something: when it is a link to one of our pages, its part is fetched.
fn near(session: Session, event: &web_sys::Event) {
    let link = event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
        .and_then(|element| element.closest("a[href]").ok().flatten())
        .and_then(|element| element.dyn_into::<web_sys::HtmlAnchorElement>().ok());
    let Some(link) = link else { return };
    if window().location().origin().is_ok_and(|own| own == link.origin())
        && let Some(page) = page_at(&link.pathname())
        && untrack(|| page.is_open_to(session))
    {
        page.part.load(|_| ());
    }
}

/// Waits until the browser has nothing better to do.
async fn idle() {
    let mut refused = false;
    let waiting = js_sys::Promise::new(&mut |resolve, _| {
        refused = window().request_idle_callback(&resolve).is_err();
    });
    if refused {
        TimeoutFuture::new(PAUSE_MS).await;
    } else {
        let _ = wasm_bindgen_futures::JsFuture::from(waiting).await;
    }
}

/// The browser was told to spare the connection.
fn wants_to_save_data() -> bool {
    let navigator = window().navigator();
    let connection = js_sys::Reflect::get(&navigator, &JsValue::from_str("connection"));
    connection
        .and_then(|connection| js_sys::Reflect::get(&connection, &JsValue::from_str("saveData")))
        .is_ok_and(|saves| saves.is_truthy())
}
