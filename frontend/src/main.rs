//! The Esteira page.
//!
//! `routes` is the table of pages, `api` the only place that knows addresses of the server, `base` the path that stands
//! before all of them, `state` what outlives a page,
//! `components` every part a page is built from. Pages live in `pages/<application>/`.

#![expect(
    unreachable_pub,
    reason = "in a binary, `pub` says what the rest of the page may use"
)]

mod api;
mod app;
mod base;
mod components;
mod hooks;
mod i18n;
mod pages;
mod routes;
mod state;
mod text;

use wasm_bindgen::{JsCast, JsValue};

fn main() {
    std::panic::set_hook(Box::new(|info| {
        console_error_panic_hook::hook(info);
        show_reload_overlay(&info.to_string());
    }));
    base::find();
    leptos::mount::mount_to_body(app::App);
}

/// After a panic the program's memory cannot be trusted, so the overlay is drawn by boot.js, not by us.
fn show_reload_overlay(cause: &str) {
    let hook = js_sys::Reflect::get(&js_sys::global(), &JsValue::from_str("esteiraPanicked"));
    if let Some(hook) = hook.ok().and_then(|hook| hook.dyn_into::<js_sys::Function>().ok()) {
        let _ = hook.call1(&JsValue::NULL, &JsValue::from_str(cause));
    }
}
