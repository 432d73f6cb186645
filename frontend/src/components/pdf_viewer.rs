//! `<PdfViewer document=Signal<Option<ViewedDocument>> ahead=Signal<Vec<DocumentId>> on_ready=move |id| …/>`: a document with zoom,
//! pages and text that can be selected and read aloud. `ahead` is read and drawn in advance.
//!
//! The page that shows it registers `viewer_keys(&control)` where it wants the keys. When the first page is painted the
//! viewer carries `data-document-ready="<document id>"`.

mod module;

use esteira_shared::{ids::DocumentId, status::Tone};
use leptos::{html, prelude::*};

use super::{Button, ErrorCard, Icon, IconButton, IconName, Notice};
use crate::{
    api::{self, ApiError},
    i18n::tr,
    state::keys::Key,
    text::format,
};
use module::{Viewer, ViewerEvent};

/// What the viewer needs to know of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViewedDocument {
    pub id: DocumentId,
    pub filename: String,
}

/// Zoom and pages from outside, for keys. Copies freely; does nothing until the viewer is there.
#[derive(Clone, Copy)]
pub struct ViewerControl(StoredValue<Option<Viewer>, LocalStorage>);

impl ViewerControl {
    pub fn new() -> Self {
        Self(StoredValue::new_local(None))
    }

    fn with(self, act: impl FnOnce(&Viewer)) {
        self.0.try_with_value(|viewer| viewer.as_ref().map(act));
    }
}

/// `+`, `-` and `0` for the zoom.
pub fn viewer_keys(control: ViewerControl) -> Vec<Key> {
    vec![
        Key::new("+", tr!(parts.zoom_in), move || control.with(|viewer| viewer.zoom(1))),
        Key::new("-", tr!(parts.zoom_out), move || control.with(|viewer| viewer.zoom(-1))),
        Key::new("0", tr!(parts.zoom_fit), move || control.with(Viewer::fit)),
    ]
}

/// Arrows and Page Up/Down, for a page that has nothing else to scroll.
pub fn reading_keys(control: ViewerControl) -> Vec<Key> {
    let scroll = move |share: f64| control.with(|viewer| viewer.scroll(share));
    vec![
        Key::new("arrowdown", tr!(parts.scroll_down), move || scroll(0.15)),
        Key::new("arrowup", tr!(parts.scroll_up), move || scroll(-0.15)),
        Key::new("pagedown", tr!(parts.screen_down), move || scroll(0.9)),
        Key::new("pageup", tr!(parts.screen_up), move || scroll(-0.9)),
    ]
}

#[component]
pub fn PdfViewer(
    #[prop(into)] document: Signal<Option<ViewedDocument>>,
    /// Likely next, most likely first; two are kept.
    #[prop(optional, into)]
    ahead: Signal<Vec<DocumentId>>,
    #[prop(optional, into)] on_ready: Option<Callback<DocumentId>>,
    control: ViewerControl,
) -> impl IntoView {
    let scroller = NodeRef::<html::Div>::new();
    let page = RwSignal::new((0_u32, 0_u32));
    let percent = RwSignal::new(100_i64);
    let fitted = RwSignal::new(true);
    let ready = RwSignal::new(None::<String>);
    let error = RwSignal::new(None::<Option<ApiError>>);
    let again = RwSignal::new(0_u32);
    let module = RwSignal::new(false);

    let hear = move |said: ViewerEvent| match said {
        ViewerEvent::Page { number, count } => {
            let _ = page.try_set((number, count));
        }
        ViewerEvent::Zoom { to, fits } => {
            let _ = percent.try_set(to);
            let _ = fitted.try_set(fits);
        }
        ViewerEvent::Ready(id) => {
            let _ = ready.try_set(Some(id.clone()));
            if let (Some(on_ready), Ok(id)) = (on_ready, id.parse()) {
                let _ = on_ready.try_run(id);
            }
        }
        ViewerEvent::Failed(failed) => {
            let _ = error.try_set(Some(failed));
        }
    };
    Effect::new(move |_| {
        again.track();
        let Some(element) = scroller.get() else { return };
        if control.0.with_value(Option::is_some) {
            return;
        }
        leptos::task::spawn_local(async move {
            match Viewer::load(&element, hear).await {
                Ok(viewer) => {
                    // The page may be gone by now.
                    if control.0.try_set_value(Some(viewer)).is_none() {
                        let _ = module.try_set(true);
                    }
                }
                Err(failed) => {
                    let _ = error.try_set(Some(Some(failed)));
                }
            }
        });
    });
    let shown = Memo::new(move |_| document.get().map(|document| document.id));
    Effect::new(move |_| {
        again.track();
        let wanted = shown.get();
        ready.set(None);
        error.set(None);
        if module.get() {
            control.with(|viewer| match wanted {
                Some(id) => viewer.show(&id.to_string(), &api::processes::document_address(id)),
                None => viewer.hide(),
            });
        }
    });
    // Reading ahead begins when nothing more urgent is on its way.
    Effect::new(move |_| {
        if ready.with(Option::is_none) {
            return;
        }
        for id in ahead.get().into_iter().take(2) {
            control.with(|viewer| viewer.prefetch(&id.to_string(), &api::processes::document_address(id)));
        }
    });
    on_cleanup(move || {
        control.with(Viewer::destroy);
        let _ = control.0.try_set_value(None);
    });

    let waiting = move || shown.get().is_some() && ready.with(Option::is_none) && error.with(Option::is_none);
    let pages = move || {
        let (number, count) = page.get();
        (count > 0).then(|| tr!(parts.page_of, number = number, count = count))
    };
    let turn = move |step: i32| {
        let number = page.get_untracked().0;
        control.with(|viewer| viewer.go_to(number.saturating_add_signed(step)));
    };
    let name = move || document.with(|document| document.as_ref().map(|document| document.filename.clone()));
    view! {
        <section class="pdf" aria-label=tr!(parts.document) aria-busy=move || waiting().then_some("true") data-document-ready=move || ready.get()>
            <div class="pdf__tools" role="toolbar" aria-label=tr!(parts.document_tools)>
                <IconButton icon=IconName::Minus label=tr!(parts.zoom_out) on_click=move |()| control.with(|viewer| viewer.zoom(-1))/>
                <button type="button" class="pdf__fit num" class:is-on=move || fitted.get() title=tr!(parts.zoom_fit) aria-pressed=move || if fitted.get() { "true" } else { "false" } on:click=move |_| control.with(Viewer::fit)>
                    <span class="sr-only">{tr!(parts.zoom_fit)}": "</span>
                    {move || tr!(parts.progress, percent = format::count(percent.get()))}
                </button>
                <IconButton icon=IconName::Plus label=tr!(parts.zoom_in) on_click=move |()| control.with(|viewer| viewer.zoom(1))/>
                <span class="pdf__sep" aria-hidden="true"></span>
                <IconButton icon=IconName::Up label=tr!(parts.page_before) disabled=Signal::derive(move || page.get().0 <= 1) on_click=move |()| turn(-1)/>
                <span class="pdf__of num" role="status">{pages}</span>
                <IconButton icon=IconName::Down label=tr!(parts.page_after) disabled=Signal::derive(move || page.get().0 >= page.get().1) on_click=move |()| turn(1)/>
                {move || shown.get().map(|id| view! {
                    <span class="pdf__sep" aria-hidden="true"></span>
                    <a class="btn btn--icon" href=api::processes::document_address(id) download=name() rel="external" title=tr!(parts.download) aria-label=tr!(parts.download)>
                        <Icon name=IconName::Download/>
                    </a>
                })}
            </div>
            <div class="pdf__scroll" node_ref=scroller tabindex="0" role="document" aria-label=move || name().unwrap_or_default()></div>
            <Show when=waiting><div class="pdf__wait" role="status"><span class="skeleton"></span><span class="sr-only">{tr!(parts.loading)}</span></div></Show>
            {move || error.get().map(|failed| {
                let retry = Callback::new(move |()| again.update(|count| *count += 1));
                view! {
                    <div class="pdf__error" role="alert">
                        {match failed {
                            Some(error) => view! { <ErrorCard error on_retry=retry/> }.into_any(),
                            None => view! {
                                <Notice tone=Tone::Failed title=tr!(parts.document_broken) text=tr!(parts.document_broken_text)>
                                    <Button small=true icon=IconName::Retry on_click=retry>{tr!(parts.retry)}</Button>
                                </Notice>
                            }
                            .into_any(),
                        }}
                    </div>
                }
            })}
        </section>
    }
    .into_any()
}
