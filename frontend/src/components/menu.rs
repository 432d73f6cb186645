//! `<Popover label="Colunas" face=|| view! { <Icon name=IconName::Columns/> } class="btn">…</Popover>`: floats beside its button.
//! `<Menu label="Ações" icon=IconName::More><MenuItem icon=IconName::Edit on_click=move |()| edit()>"Editar"</MenuItem></Menu>`.
//!
//! Built on the browser's own popover: it stands above everything, closes on Escape or a click elsewhere, and gives the focus back.

use leptos::{context::Provider, ev, html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::{Icon, IconName, field::new_id};

/// Closes the popover that contains the caller.
#[derive(Clone, Copy)]
pub(super) struct PopoverClose(pub Callback<()>);

#[component]
pub fn Popover(
    /// What the button shows.
    #[prop(into)]
    face: ViewFn,
    /// Names the button when its face has no words, and the popover.
    #[prop(into)]
    label: Signal<String>,
    #[prop(default = "btn".into(), into)] class: Signal<String>,
    /// `menu` or `dialog`.
    #[prop(default = "dialog")]
    role: &'static str,
    #[prop(default = "popover")] body_class: &'static str,
    /// Grows to the right from the button's left edge, not to the left from its right edge.
    #[prop(optional)]
    start: bool,
    children: ChildrenFn,
) -> impl IntoView {
    let id = new_id("popover");
    let open = RwSignal::new(false);
    let button = NodeRef::<html::Button>::new();
    let body = NodeRef::<html::Div>::new();
    let close = move || {
        if let Some(body) = body.get_untracked() {
            let _ = body.hide_popover();
        }
    };
    let toggle = move |_| {
        let (Some(button), Some(body)) = (button.get_untracked(), body.get_untracked()) else {
            return;
        };
        if open.get_untracked() {
            let _ = body.hide_popover();
            return;
        }
        open.set(true);
        let _ = body.show_popover();
        // The content is drawn with the next effects; only then is its size known.
        request_animation_frame(move || {
            place(&button, &body, start);
            focus_first(&body);
        });
    };
    let on_toggle = move |_: web_sys::Event| {
        let shown = body
            .get_untracked()
            .is_some_and(|body| body.matches(":popover-open").unwrap_or(false));
        if !shown {
            let had_focus = body
                .get_untracked()
                .is_some_and(|body| body.contains(document().active_element().as_deref()));
            open.set(false);
            if had_focus && let Some(button) = button.get_untracked() {
                let _ = button.focus();
            }
        }
    };
    // A popover does not travel with the page below it.
    let scrolled = window_event_listener(ev::scroll, move |_| {
        if open.get_untracked() {
            close();
        }
    });
    on_cleanup(move || scrolled.remove());
    let children = StoredValue::new(children);
    let popup = if role == "menu" { "menu" } else { "dialog" };
    view! {
        <button
            type="button"
            node_ref=button
            class=move || class.get()
            aria-label=move || label.get()
            title=move || label.get()
            aria-haspopup=popup
            aria-expanded=move || if open.get() { "true" } else { "false" }
            aria-controls=id.clone()
            on:click=toggle
        >
            {face.run()}
        </button>
        <div
            node_ref=body
            id=id
            class=body_class
            role=role
            aria-label=move || label.get()
            popover="auto"
            on:toggle=on_toggle
            on:keydown=move |event| walk(&event)
        >
            <Show when=move || open.get()>
                <Provider value=PopoverClose(Callback::new(move |()| close()))>{children.with_value(|children| children())}</Provider>
            </Show>
        </div>
    }
    .into_any()
}

/// A button with a list of things to do.
#[component]
pub fn Menu(
    #[prop(into)] label: Signal<String>,
    #[prop(default = IconName::More)] icon: IconName,
    #[prop(default = "btn btn--icon".into(), into)] class: Signal<String>,
    /// In place of the icon.
    #[prop(optional, into)]
    face: Option<ViewFn>,
    #[prop(optional)] start: bool,
    children: ChildrenFn,
) -> impl IntoView {
    let face = face.unwrap_or_else(|| ViewFn::from(move || view! { <Icon name=icon/> }));
    view! { <Popover face label class role="menu" body_class="menu__list" start children/> }
}

#[component]
pub fn MenuItem(
    #[prop(optional, into)] icon: Option<IconName>,
    #[prop(into)] on_click: Callback<()>,
    #[prop(optional)] danger: bool,
    /// For one of several exclusive settings.
    #[prop(optional, into)]
    checked: Option<Signal<bool>>,
    children: Children,
) -> impl IntoView {
    let close = use_context::<PopoverClose>();
    view! {
        <button
            type="button"
            class="menu__item"
            class:menu__item--danger=danger
            role=if checked.is_some() { "menuitemradio" } else { "menuitem" }
            aria-checked=move || checked.map(|checked| if checked.get() { "true" } else { "false" })
            on:click=move |_| {
                if let Some(close) = close { close.0.run(()); }
                on_click.run(());
            }
        >
            {icon.map(|name| view! { <Icon name/> })}
            {children()}
        </button>
    }
    .into_any()
}

/// A file to download, in a menu.
#[component]
pub fn MenuDownload(href: String, children: Children) -> impl IntoView {
    let close = use_context::<PopoverClose>();
    view! {
        <a
            class="menu__item"
            role="menuitem"
            href=href
            download=""
            rel="external"
            on:click=move |_| {
                if let Some(close) = close { close.0.run(()); }
            }
        >
            {children()}
        </a>
    }
    .into_any()
}

/// Puts `body` below `anchor`, or above it where there is more room, and inside the window.
pub(super) fn place(anchor: &HtmlElement, body: &HtmlElement, start: bool) {
    const GAP: f64 = 4.0;
    const EDGE: f64 = 8.0;
    let (from, size) = (anchor.get_bounding_client_rect(), body.get_bounding_client_rect());
    let number =
        |value: Result<wasm_bindgen::JsValue, wasm_bindgen::JsValue>| value.ok().and_then(|value| value.as_f64());
    let width = number(window().inner_width()).unwrap_or(1_024.0);
    let height = number(window().inner_height()).unwrap_or(768.0);
    let wanted = if start {
        from.left()
    } else {
        from.right() - size.width()
    };
    let left = wanted.min(width - size.width() - EDGE).max(EDGE);
    let below = from.bottom() + GAP;
    let above = from.top() - GAP - size.height();
    let top = if below + size.height() > height - EDGE && above > EDGE {
        above
    } else {
        below
    };
    let style = web_sys::HtmlElement::style(body);
    let _ = style.set_property("left", &format!("{left}px"));
    let _ = style.set_property("top", &format!("{top}px"));
}

fn items(body: &HtmlElement) -> Vec<HtmlElement> {
    let Ok(found) = body.query_selector_all("[role^='menuitem']") else {
        return Vec::new();
    };
    (0..found.length())
        .filter_map(|index| found.get(index)?.dyn_into().ok())
        .collect()
}

fn focus_first(body: &HtmlElement) {
    let selector = "[aria-checked='true'], [role^='menuitem'], input, [aria-pressed='true'], button";
    if let Some(first) = body
        .query_selector(selector)
        .ok()
        .flatten()
        .and_then(|first| first.dyn_into::<HtmlElement>().ok())
    {
        let _ = first.focus();
    }
}

/// Arrow keys, Home and End among the items of a menu.
fn walk(event: &web_sys::KeyboardEvent) {
    let Some(body) = event
        .current_target()
        .and_then(|target| target.dyn_into::<HtmlElement>().ok())
    else {
        return;
    };
    let items = items(&body);
    if items.is_empty() {
        return;
    }
    let now = document().active_element();
    let here = items.iter().position(|item| {
        now.as_ref()
            .is_some_and(|now| now == item.as_ref() as &web_sys::Element)
    });
    let last = items.len() - 1;
    let next = match event.key().as_str() {
        "ArrowDown" => here.map_or(0, |here| if here == last { 0 } else { here + 1 }),
        "ArrowUp" => here.map_or(last, |here| if here == 0 { last } else { here - 1 }),
        "Home" => 0,
        "End" => last,
        _ => return,
    };
    event.prevent_default();
    if let Some(item) = items.get(next) {
        let _ = item.focus();
    }
}
