//! Sends a change: pending, toast and field errors in one place.

use std::{collections::BTreeMap, future::Future, pin::Pin};

use esteira_shared::{
    error::{ErrorCode, FieldError},
    validate::Validate,
};
use leptos::{prelude::*, task::spawn_local};

use crate::{
    api::{ApiError, ApiResult},
    state::toasts::use_toasts,
};

/// How the last sending went.
#[derive(Clone, Copy)]
pub struct Mutation {
    pub busy: RwSignal<bool>,
    /// The last failure, for an `ErrorCard` or `Notice` inside a form.
    pub error: RwSignal<Option<ApiError>>,
    fields: RwSignal<BTreeMap<String, String>>,
}

/// `let save = use_mutation();` then
/// `save.run(api::clients::create_client(create), move |client| { … });`
pub fn use_mutation() -> Mutation {
    Mutation {
        busy: RwSignal::new(false),
        error: RwSignal::new(None),
        fields: RwSignal::new(BTreeMap::new()),
    }
}

impl Mutation {
    /// Sends once at a time. Field errors go to their fields, everything else to a toast.
    pub fn run<T: 'static>(self, call: impl Future<Output = ApiResult<T>> + 'static, done: impl FnOnce(T) + 'static) {
        self.start(Box::pin(sent(call, done)), true);
    }

    /// The same without a toast, where the page itself shows `error`.
    pub fn run_quietly<T: 'static>(
        self,
        call: impl Future<Output = ApiResult<T>> + 'static,
        done: impl FnOnce(T) + 'static,
    ) {
        self.start(Box::pin(sent(call, done)), false);
    }

    /// Checks with the server's own rules; refused fields are marked and nothing is sent.
    pub fn accepts(self, form: &impl Validate) -> bool {
        match form.validate() {
            Ok(()) => {
                self.clear();
                true
            }
            Err(fields) => {
                self.refuse(fields);
                false
            }
        }
    }

    /// Marks fields with what is wrong.
    pub fn refuse(self, fields: Vec<FieldError>) {
        let error = ApiError::refused_here(ErrorCode::Validation, fields);
        self.fields.set(error.field_texts());
        self.error.set(Some(error));
        focus_first_invalid();
    }

    /// Marks one field with a sentence of the page's own.
    pub fn refuse_field(self, field: &str, text: impl Into<String>) {
        self.fields.update(|fields| {
            fields.insert(field.to_owned(), text.into());
        });
        focus_first_invalid();
    }

    /// The sentence under a field: `<Field label="Nome" error=save.field("name")>`.
    pub fn field(self, name: &'static str) -> Signal<Option<String>> {
        Signal::derive(move || self.fields.with(|fields| fields.get(name).cloned()))
    }

    pub fn clear(self) {
        self.error.set(None);
        self.fields.set(BTreeMap::new());
    }

    // Boxed by the callers, so that this is compiled once and not once per call.
    fn start(self, call: Pin<Box<dyn Future<Output = ApiResult<Done>>>>, toast: bool) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.clear();
        spawn_local(async move {
            let result = call.await;
            // The page that asked may be gone; the change was made all the same, and a failure is still told.
            let _ = self.busy.try_set(false);
            match result {
                Ok(done) => done(),
                Err(error) => {
                    let texts = error.field_texts();
                    let on_fields = !texts.is_empty();
                    let gone =
                        self.fields.try_set(texts).is_some() || self.error.try_set(Some(error.clone())).is_some();
                    if on_fields && !gone {
                        focus_first_invalid();
                    } else if toast || gone {
                        use_toasts().fail(&error);
                    }
                }
            }
        });
    }
}

/// What to do with an answer.
type Done = Box<dyn FnOnce()>;

async fn sent<T: 'static>(call: impl Future<Output = ApiResult<T>>, done: impl FnOnce(T) + 'static) -> ApiResult<Done> {
    let value = call.await?;
    Ok(Box::new(move || done(value)))
}

/// After the page has marked them.
fn focus_first_invalid() {
    use wasm_bindgen::JsCast;
    request_animation_frame(|| {
        let found = document().query_selector("[aria-invalid='true']").ok().flatten();
        if let Some(element) = found.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
            let _ = element.focus();
        }
    });
}
