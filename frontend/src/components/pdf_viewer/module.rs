//! The JavaScript side, `js/viewer.js`, loaded with the first document.

use std::rc::Rc;

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::HtmlElement;

use crate::api::{ApiError, ApiResult};

/// From where boot.js lies, which imports it.
const MODULE: &str = "./js/viewer.js";

/// What the viewer tells the page.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum ViewerEvent {
    Page {
        number: u32,
        count: u32,
    },
    Zoom {
        to: i64,
        fits: bool,
    },
    Ready(String),
    /// Without an error: the bytes came, but cannot be drawn.
    Failed(Option<ApiError>),
}

type Ear = Closure<dyn Fn(String, f64, f64, String)>;

/// A viewer inside one element.
#[derive(Clone)]
pub(super) struct Viewer {
    module: JsValue,
    this: JsValue,
    scroller: HtmlElement,
    /// Lives as long as the viewer may call it.
    _ear: Rc<Ear>,
}

impl Viewer {
    /// # Errors
    /// When the program's own files do not arrive.
    pub(super) async fn load(scroller: &HtmlElement, hear: impl Fn(ViewerEvent) + 'static) -> ApiResult<Self> {
        let lost = |error: JsValue| ApiError::offline(format!("{error:?}"));
        let import = function(&js_sys::global(), "esteiraImport").ok_or_else(|| lost("no loader".into()))?;
        let loading: Promise = import
            .call1(&JsValue::NULL, &MODULE.into())
            .and_then(JsCast::dyn_into)
            .map_err(lost)?;
        let module = wasm_bindgen_futures::JsFuture::from(loading).await.map_err(lost)?;
        let ear = Ear::new(move |kind: String, a: f64, b: f64, text: String| {
            if let Some(said) = said(&kind, a, b, text) {
                hear(said);
            }
        });
        let create = function(&module, "createViewer").ok_or_else(|| lost("no viewer".into()))?;
        let this = create.call2(&JsValue::NULL, scroller, ear.as_ref()).map_err(lost)?;
        Ok(Self {
            module,
            this,
            scroller: scroller.clone(),
            _ear: Rc::new(ear),
        })
    }

    pub(super) fn show(&self, id: &str, address: &str) {
        self.call("show", &[id.into(), address.into()]);
    }

    pub(super) fn hide(&self) {
        self.call("hide", &[]);
    }

    /// In or out by one step.
    pub(super) fn zoom(&self, direction: i32) {
        self.call("zoom", &[direction.into()]);
    }

    pub(super) fn fit(&self) {
        self.call("fit", &[]);
    }

    /// By a share of what is seen.
    pub(super) fn scroll(&self, share: f64) {
        self.call("scroll", &[share.into()]);
    }

    /// Counts from 1.
    pub(super) fn go_to(&self, page: u32) {
        self.call("goTo", &[page.into()]);
    }

    pub(super) fn destroy(&self) {
        self.call("destroy", &[]);
    }

    /// Reads a document in advance and draws its first page as wide as it will be shown.
    pub(super) fn prefetch(&self, id: &str, address: &str) {
        if let Some(prefetch) = function(&self.module, "prefetch") {
            let width = self.scroller.client_width();
            let _ = prefetch.call3(&JsValue::NULL, &id.into(), &address.into(), &width.into());
        }
    }

    fn call(&self, name: &str, arguments: &[JsValue]) {
        if let Some(method) = function(&self.this, name) {
            let _ = method.apply(&self.this, &arguments.iter().collect());
        }
    }
}

fn function(holder: &JsValue, name: &str) -> Option<Function> {
    Reflect::get(holder, &name.into()).ok()?.dyn_into().ok()
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "small whole numbers, as JavaScript keeps them"
)]
fn said(kind: &str, a: f64, b: f64, text: String) -> Option<ViewerEvent> {
    Some(match kind {
        "page" => ViewerEvent::Page {
            number: a as u32,
            count: b as u32,
        },
        "zoom" => ViewerEvent::Zoom {
            to: a as i64,
            fits: b > 0.0,
        },
        "ready" => ViewerEvent::Ready(text),
        "refused" => ViewerEvent::Failed(Some(ApiError::from_answer(a as u16, &text, None))),
        "offline" => ViewerEvent::Failed(Some(ApiError::offline(text))),
        "broken" => ViewerEvent::Failed(None),
        _ => return None,
    })
}
