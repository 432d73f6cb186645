//! The lines that the page's address points at.
//!
//! Written past the router, which would take each click on a line for another page.

use leptos::{ev, prelude::*};
use leptos_router::hooks::use_location;
use wasm_bindgen::JsValue;

use super::{permalink::Marked, viewer::Viewer};

/// Goes where the address points, now and when it changes.
pub(super) fn follow(viewer: Viewer) {
    // The router knows the address before the browser does, while it is on its way to this page.
    let hash = use_location().hash;
    viewer.marked.set(hash.with_untracked(|hash| Marked::parse(hash)));
    Effect::new(move |first: Option<()>| {
        let marked = hash.with(|hash| Marked::parse(hash));
        if let Some(marked) = marked.filter(|_| first.is_some()) {
            viewer.point_at(marked);
        }
    });
    // Typed into the address bar: the router does not notice when it is what it was before our own writing.
    let changed = window_event_listener(ev::hashchange, move |_| {
        let hash = window().location().hash().unwrap_or_default();
        if let Some(marked) = Marked::parse(&hash) {
            viewer.point_at(marked);
        }
    });
    on_cleanup(move || changed.remove());
}

/// Leaves the rest of the address, and the way back, as they are.
pub(super) fn write(marked: Option<Marked>) {
    let location = window().location();
    let (Ok(history), Ok(path), Ok(search)) = (window().history(), location.pathname(), location.search()) else {
        return;
    };
    let hash = marked.map(Marked::hash).unwrap_or_default();
    let state = history.state().unwrap_or(JsValue::NULL);
    let _ = history.replace_state_with_url(&state, "", Some(&format!("{path}{search}{hash}")));
}
