//! Versions of the document, and the way a new one comes in.

use std::sync::Arc;

use esteira_shared::{
    dto::processes::{DocumentDto, DocumentPlace, ProcessDetailDto},
    error::ErrorCode,
    ids::DocumentId,
};
use leptos::prelude::*;

use super::{super::place::document_place, UPLOAD_ID, actions::ProcessActions};
use crate::{
    api,
    components::{
        Badge, Button, Card, DropZone, Icon, IconName, Refusal, RelativeTime, Upload, UploadCall, ViewedDocument,
    },
    i18n::tr,
    state::{session::use_session, toasts::use_toasts},
    text::format,
};

#[component]
pub(super) fn Versions(
    data: Signal<ProcessDetailDto>,
    /// The one the person chose to look at.
    chosen: RwSignal<Option<DocumentId>>,
    viewed: Memo<Option<ViewedDocument>>,
) -> impl IntoView {
    let documents = Memo::new(move |_| data.with(|detail| detail.documents.clone()));
    let row = move |place: usize, document: DocumentDto| {
        let id = document.id;
        let shown = Memo::new(move |_| viewed.with(|viewed| viewed.as_ref().is_some_and(|viewed| viewed.id == id)));
        view! {
            <li class="version" class:is-shown=move || shown.get()>
                <Badge accent=place == 0>{format!("v{}", document.number)}</Badge>
                <div class="version__text">
                    <span class="break">{document.filename.clone()}</span>
                    <small class="faint">
                        {tr!(processes.pages, count = document.pages)}" · "{format::bytes(document.size_bytes)}" · "
                        {super::words::actor(&document.uploaded_by)}" · "<RelativeTime at=document.created_at/>
                    </small>
                </div>
                <div class="version__acts">
                    {move || (!shown.get()).then(|| view! { <Button small=true on_click=move |()| chosen.set(Some(id))>{tr!(processes.view)}</Button> })}
                    <a class="btn btn--icon" href=api::processes::document_address(id) download=document.filename.clone() rel="external" title=tr!(parts.download) aria-label=tr!(processes.download_version, number = document.number)>
                        <Icon name=IconName::Download/>
                    </a>
                </div>
            </li>
        }
    };
    view! {
        <Card title=tr!(processes.versions) flush=true>
            <ul class="versions">{move || documents.get().into_iter().enumerate().map(|(place, document)| row(place, document)).collect_view()}</ul>
        </Card>
    }
}

#[component]
pub(super) fn UploadCard(
    data: Signal<ProcessDetailDto>,
    actions: ProcessActions,
    /// There is no document yet.
    #[prop(optional)]
    first: bool,
) -> impl IntoView {
    let session = use_session();
    let id = data.with_untracked(|detail| detail.process.id);
    let max_bytes = Signal::derive(move || {
        session
            .get()
            .map_or(0, |session| session.organization.max_document_bytes)
    });
    let upload = UploadCall::new(move |upload: Upload| async move {
        api::processes::upload_document(id, &upload.file, upload.accept_duplicate, upload.progress, upload.abort)
            .await
            .map(|detail| {
                // The page may be gone; the document is kept all the same.
                let _ = actions.query.data.try_set(Some(detail));
            })
    });
    let (title, note) = if first {
        (tr!(processes.upload_first), tr!(processes.upload_first_note))
    } else {
        (tr!(processes.upload_new), tr!(processes.upload_new_note))
    };
    view! {
        <div id=UPLOAD_ID>
            <Card title>
                <div class="stack stack--tight">
                    <p class="small muted">{note}</p>
                    <DropZone
                        upload
                        max_bytes
                        multiple=true
                        on_done=move |()| use_toasts().done(tr!(processes.received))
                        refused=Arc::new(|refusal: Refusal| duplicate(&refusal))
                    />
                </div>
            </Card>
        </div>
    }
}

/// The same bytes are kept already: where, and the choice to keep them here too.
fn duplicate(refusal: &Refusal) -> Option<AnyView> {
    if !refusal.error.is(ErrorCode::DuplicateDocument) {
        return None;
    }
    let places: Vec<DocumentPlace> = refusal
        .error
        .details
        .clone()
        .and_then(|details| serde_json::from_value(details).ok())
        .unwrap_or_default();
    let (accept, forget) = (refusal.accept, refusal.forget);
    Some(
        view! {
            <ul class="places">{places.into_iter().map(document_place).collect_view()}</ul>
            <div class="line">
                <Button small=true on_click=accept>{tr!(processes.keep_anyway)}</Button>
                <Button small=true on_click=forget>{tr!(processes.discard)}</Button>
            </div>
        }
        .into_any(),
    )
}

/// Leads to the place where files are dropped.
pub(super) fn go_to_upload() {
    let Some(place) = document().get_element_by_id(UPLOAD_ID) else {
        return;
    };
    place.scroll_into_view();
    if let Ok(Some(button)) = place.query_selector("button") {
        use wasm_bindgen::JsCast;
        if let Some(button) = button.dyn_ref::<web_sys::HtmlElement>() {
            let _ = button.focus();
        }
    }
}
