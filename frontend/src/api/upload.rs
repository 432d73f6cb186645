//! Sends a file with its progress, which `fetch` cannot tell: `XMLHttpRequest` still can.

use std::{cell::RefCell, rc::Rc};

use futures_util::future::{Either, select};
use serde::de::DeserializeOwned;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{File, ProgressEvent, XmlHttpRequest};

use super::{
    ApiError, ApiResult,
    client::{CSRF, address, tell_session_over},
};

/// Called with the share sent, 0 to 1.
pub type UploadProgress = Rc<dyn Fn(f64)>;

/// Lets the person stop an upload.
#[derive(Clone, Default)]
pub struct UploadAbort(Rc<RefCell<Option<XmlHttpRequest>>>);

impl UploadAbort {
    pub fn abort(&self) {
        if let Some(request) = self.0.borrow().as_ref() {
            let _ = request.abort();
        }
    }
}

/// Sends the file as the body of `method path`.
///
/// # Errors
/// `Cancelled` when aborted, `Offline` when cut, otherwise what the server says.
pub(super) async fn upload<T: DeserializeOwned>(
    method: &str,
    path: &str,
    content_type: &str,
    file: &File,
    progress: UploadProgress,
    abort: UploadAbort,
) -> ApiResult<T> {
    let broken = |error: JsValue| ApiError::offline(format!("{error:?}"));
    let request = XmlHttpRequest::new().map_err(broken)?;
    request.open_with_async(method, &address(path), true).map_err(broken)?;
    request.set_request_header(CSRF.0, CSRF.1).map_err(broken)?;
    request
        .set_request_header("accept", "application/json")
        .map_err(broken)?;
    request
        .set_request_header("content-type", content_type)
        .map_err(broken)?;

    let on_progress = Closure::<dyn Fn(ProgressEvent)>::new(move |event: ProgressEvent| {
        if event.length_computable() && event.total() > 0.0 {
            progress(event.loaded() / event.total());
        }
    });
    request
        .upload()
        .map_err(broken)?
        .set_onprogress(Some(on_progress.as_ref().unchecked_ref()));

    let ended = event(&request, "load");
    let failed = select(event(&request, "error"), event(&request, "abort"));
    *abort.0.borrow_mut() = Some(request.clone());
    request.send_with_opt_blob(Some(file)).map_err(broken)?;
    let outcome = select(ended, failed).await;
    *abort.0.borrow_mut() = None;

    match outcome {
        Either::Left(_) => {}
        Either::Right((Either::Right(_), _)) => return Err(ApiError::cancelled()),
        Either::Right((Either::Left(_), _)) => return Err(ApiError::offline("the upload was cut")),
    }
    let status = request.status().unwrap_or_default();
    let body = request.response_text().ok().flatten().unwrap_or_default();
    if (200..300).contains(&status) {
        let body = if body.is_empty() { "null" } else { &body };
        return serde_json::from_str(body).map_err(|error| ApiError::unreadable(status, error.to_string()));
    }
    let retry_after = request.get_response_header("retry-after").ok().flatten();
    let error = ApiError::from_answer(status, &body, retry_after.and_then(|seconds| seconds.parse().ok()));
    if error.is(esteira_shared::error::ErrorCode::Unauthenticated) {
        tell_session_over();
    }
    Err(error)
}

/// The next event of that name, as a future.
fn event(request: &XmlHttpRequest, name: &str) -> wasm_bindgen_futures::JsFuture {
    let request = request.clone();
    let name = name.to_owned();
    wasm_bindgen_futures::JsFuture::from(js_sys::Promise::new(&mut |resolve, _| {
        let options = web_sys::AddEventListenerOptions::new();
        options.set_once(true);
        let _ = request.add_event_listener_with_callback_and_add_event_listener_options(&name, &resolve, &options);
    }))
}
