//! One process: what stands, what happened, and the one next thing to do.

mod actions;
mod confirm;
mod documents;
pub(super) mod edit;
mod executions;
mod facts;
mod head;
mod job;
mod troubles;

use esteira_shared::{
    dto::processes::ProcessDetailDto, event::Topic, ids::ProcessId, permission::Permission, transition::Move,
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::words;
use crate::{
    api,
    components::{AsyncView, Card, PdfViewer, Timeline, ViewedDocument, ViewerControl, viewer_keys},
    hooks::use_query,
    i18n::tr,
    pages::{
        executions::refused,
        frame::{Crumb, NotFound, use_crumbs},
    },
    routes::paths,
    state::{keys::use_keys, session::use_session},
};
use actions::ProcessActions;
use documents::{UploadCard, Versions};
use executions::Executions;
use facts::Facts;
use head::Head;
use job::JobCard;
use troubles::Troubles;

/// Id of the place where files are dropped; the next action may lead there.
const UPLOAD_ID: &str = "upload";

#[component]
pub fn ProcessPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").and_then(|text| text.parse::<ProcessId>().ok()));
    move || match id.get() {
        Some(id) => view! { <OneProcess id/> }.into_any(),
        None => view! { <NotFound/> }.into_any(),
    }
}

#[component]
fn OneProcess(id: ProcessId) -> impl IntoView {
    let query = use_query(
        &[Topic::Processes, Topic::Executions, Topic::Jobs],
        move || async move { api::processes::get_process(id).await },
    );
    use_crumbs(move || {
        let mut way = vec![Crumb::link(tr!(frame.processes), paths::PROCESSES)];
        way.extend(
            query
                .data
                .with(|detail| detail.as_ref().map(|detail| Crumb::here(words::title(&detail.process)))),
        );
        way
    });
    let actions = ProcessActions::new(id, query);
    view! {
        <AsyncView query let:data>
            <Head data actions/>
            <Body data actions/>
        </AsyncView>
        <actions::ActionDialogs actions/>
    }
}

#[component]
fn Body(data: Signal<ProcessDetailDto>, actions: ProcessActions) -> impl IntoView {
    let session = use_session();
    // The newest version, unless the person looks at an older one.
    let chosen = RwSignal::new(None);
    let viewed = Memo::new(move |_| {
        data.with(|detail| {
            let wanted = chosen.get();
            let one = detail
                .documents
                .iter()
                .find(|document| Some(document.id) == wanted)
                .or_else(|| detail.documents.first())?;
            Some(ViewedDocument {
                id: one.id,
                filename: one.filename.clone(),
            })
        })
    });
    let has_document = Memo::new(move |_| viewed.with(Option::is_some));
    let may_upload = Memo::new(move |_| {
        session.may(Permission::UploadDocuments) && data.with(|detail| detail.allowed.contains(&Move::Receive))
    });
    // Where the first invoice was dropped stays: it shows what became of each file.
    let began_empty = !has_document.get_untracked();
    let has_executions = Memo::new(move |_| data.with(|detail| !detail.executions.is_empty()));
    let has_job = Memo::new(move |_| data.with(|detail| detail.last_job.is_some()));
    let control = ViewerControl::new();
    use_keys(tr!(parts.document), viewer_keys(control));
    let moves = Signal::derive(move || data.with(|detail| words::timeline(&detail.moves)));
    view! {
        <div class="process">
            <div class="stack process__main">
                {move || actions.start.error.get().map(refused)}
                <Troubles data actions/>
                <Show when=move || has_document.get()>
                    <div class="process__viewer card"><PdfViewer document=viewed control/></div>
                </Show>
                <Show when=move || began_empty && may_upload.get()><UploadCard data actions first=true/></Show>
                <Show when=move || !has_document.get() && !may_upload.get()>
                    <div class="card card__body muted">{tr!(processes.no_document)}</div>
                </Show>
            </div>
            <div class="stack process__side">
                <Facts data actions/>
                <Show when=move || has_executions.get()><Executions data actions/></Show>
                <Show when=move || has_job.get()><JobCard data/></Show>
                <Show when=move || has_document.get()><Versions data chosen viewed/></Show>
                <Show when=move || !began_empty && may_upload.get()><UploadCard data actions/></Show>
                <Card title=tr!(processes.history)><Timeline items=moves/></Card>
            </div>
        </div>
    }
}
