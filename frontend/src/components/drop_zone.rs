//! `<DropZone upload=call max_bytes=organization.max_document_bytes multiple=true on_done=move |()| query.refetch()/>`: drop or choose PDFs;
//! each file shows its progress, can be stopped and sent again, and says why it was refused.
//!
//! `call` is `UploadCall::new(move |upload: Upload| async move { api::processes::upload_document(id, &upload).await.map(drop) })`.
//! `refused=Arc::new(|refusal: Refusal| …)` draws what the person can choose, for example for a document kept already:
//! `refusal.accept` sends it again with `accept_duplicate`.

mod files;

use std::{future::Future, pin::Pin, rc::Rc, sync::Arc};

use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;

use super::{Icon, IconName};
use crate::{
    api::{ApiError, ApiResult, UploadAbort, UploadProgress},
    i18n::tr,
    text::format,
};
use files::{FileRow, Queue};

/// One try to send one file.
pub struct Upload {
    pub file: web_sys::File,
    /// The person said: keep it although the same bytes are kept elsewhere.
    pub accept_duplicate: bool,
    pub progress: UploadProgress,
    pub abort: UploadAbort,
}

type Call = Rc<dyn Fn(Upload) -> Pin<Box<dyn Future<Output = ApiResult<()>>>>>;

/// How a file gets to the server. Copies freely.
#[derive(Clone, Copy)]
pub struct UploadCall(StoredValue<Call, LocalStorage>);

impl UploadCall {
    pub fn new<Fut>(call: impl Fn(Upload) -> Fut + 'static) -> Self
    where
        Fut: Future<Output = ApiResult<()>> + 'static,
    {
        let call: Call = Rc::new(move |upload| Box::pin(call(upload)));
        Self(StoredValue::new_local(call))
    }

    fn start(self, upload: Upload) -> Option<Pin<Box<dyn Future<Output = ApiResult<()>>>>> {
        self.0.try_with_value(|call| call(upload))
    }
}

/// A file the server refused, with what the person may answer.
#[derive(Clone)]
pub struct Refusal {
    pub error: ApiError,
    /// Sends it again and keeps it as a duplicate.
    pub accept: Callback<()>,
    /// Takes it off the list.
    pub forget: Callback<()>,
}

/// Draws more than the reason of a refusal; `None` for the reason alone.
pub type RefusedView = Arc<dyn Fn(Refusal) -> Option<AnyView> + Send + Sync>;

#[component]
pub fn DropZone(
    upload: UploadCall,
    /// Checked before sending; the server checks again while it streams.
    #[prop(into)]
    max_bytes: Signal<i64>,
    #[prop(optional)] multiple: bool,
    /// After each file that was taken.
    #[prop(optional, into)]
    on_done: Option<Callback<()>>,
    #[prop(optional)] refused: Option<RefusedView>,
) -> impl IntoView {
    let queue = Queue::new(upload, max_bytes, on_done);
    let refused = StoredValue::new(refused);
    let over = RwSignal::new(false);
    let input = NodeRef::<html::Input>::new();
    let take = move |files: Option<web_sys::FileList>| {
        let Some(files) = files else { return };
        let most = if multiple { files.length() } else { 1 };
        queue.add(
            (0..files.length())
                .filter_map(|index| files.get(index))
                .take(most as usize),
        );
    };
    let on_drop = move |event: web_sys::DragEvent| {
        event.prevent_default();
        over.set(false);
        take(event.data_transfer().and_then(|data| data.files()));
    };
    let chosen = move |event: web_sys::Event| {
        let Some(input) = event
            .target()
            .and_then(|target| target.dyn_into::<web_sys::HtmlInputElement>().ok())
        else {
            return;
        };
        take(input.files());
        // So that choosing the same file again is a change again.
        input.set_value("");
    };
    let title = if multiple {
        tr!(parts.drop_title)
    } else {
        tr!(parts.drop_single)
    };
    view! {
        <div
            class="drop"
            class:is-over=move || over.get()
            on:dragenter=move |event| { event.prevent_default(); over.set(true); }
            on:dragover=move |event| { event.prevent_default(); over.set(true); }
            on:dragleave=move |_| over.set(false)
            on:drop=on_drop
        >
            <Icon name=IconName::Upload/>
            <p>
                {title}" "
                <button type="button" class="btn btn--small" on:click=move |_| if let Some(input) = input.get_untracked() { input.click() }>
                    {tr!(parts.drop_choose)}
                </button>
            </p>
            <input node_ref=input type="file" accept="application/pdf,.pdf" multiple=multiple hidden tabindex="-1" aria-label=title on:change=chosen/>
            <small class="faint">{move || tr!(parts.drop_hint, size = format::limit(max_bytes.get()))}</small>
        </div>
        <Show when=move || queue.items.with(|items| !items.is_empty())>
            <ul class="files" aria-label=tr!(parts.drop_files)>
                <For each=move || queue.items.get() key=|item| item.id let:item>
                    <FileRow item queue refused=refused.get_value()/>
                </For>
            </ul>
        </Show>
    }
    .into_any()
}
