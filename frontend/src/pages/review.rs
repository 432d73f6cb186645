//! Revisão: one document after the other, without a pointer.

mod act;
mod decide;
mod desk;
mod facts;
mod flags;
mod queue;
mod tally;

use esteira_shared::{
    dto::processes::{ProcessQuery, ProcessSort, StatusList},
    event::Topic,
    page::MAX_LIMIT,
    status::ProcessStatus,
};
use leptos::prelude::*;

use crate::{
    api,
    components::{
        AsyncView, Button, EmptyState, IconName, LinkButton, PdfViewer, Skeleton, ViewedDocument, ViewerControl,
        reading_keys, viewer_keys,
    },
    hooks::{ListQuery, use_list_query, use_query},
    i18n::tr,
    pages::processes::{EditFacts, RejectDialog, words},
    routes::paths,
    state::keys::use_keys,
};
use act::{ActBar, review_keys};
use desk::{Desk, Outcome};
use facts::FactsPane;
use queue::QueueStrip;

#[component]
pub fn ReviewPage() -> impl IntoView {
    let list = use_list_query();
    let query = use_query(&[Topic::Processes], move || {
        let filter = list.read::<ProcessQuery>();
        async move {
            api::processes::list_processes(&ProcessQuery {
                status: StatusList(vec![ProcessStatus::AguardandoAprovacao]),
                sort: Some(ProcessSort::LongestWaiting),
                limit: Some(MAX_LIMIT),
                cursor: None,
                ..filter
            })
            .await
        }
    });
    let desk = Desk::new(query);
    // Another filter is another queue.
    let filter = Memo::new(move |_| list.read::<ProcessQuery>().filter());
    Effect::new(move |before: Option<()>| {
        filter.track();
        if before.is_some() {
            desk.begin_again();
        }
    });
    document().set_title(&format!("{} · Esteira", tr!(review.title)));
    view! {
        <h1 class="sr-only">{tr!(review.title)}</h1>
        <AsyncView query loading=|| view! { <div class="review"><Skeleton rows=8/></div> } let:_page>
            <Show when=move || desk.current.with(Option::is_some) fallback=move || nothing(desk, list)>
                <Work desk list/>
            </Show>
        </AsyncView>
    }
}

/// Nothing waits, or nothing any more. Drawn anew while the last decisions are on their way to the server.
fn nothing(desk: Desk, list: ListQuery) -> impl IntoView {
    move || {
        let tally = desk.tally.get();
        let saving = desk
            .entries
            .with(|entries| entries.iter().any(|entry| entry.outcome == Outcome::Sending));
        let filtered = untrack(|| list.is_filtered());
        let (title, text) = if saving {
            (tr!(review.finished_title), tr!(review.sending).to_owned())
        } else if tally.decided() > 0 {
            (tr!(review.finished_title), tally.words())
        } else if filtered {
            (tr!(review.empty_title), tr!(review.empty_filtered).to_owned())
        } else {
            (tr!(review.empty_title), tr!(review.empty_text).to_owned())
        };
        view! {
            <EmptyState icon=IconName::Done title text>
                <div class="line">
                    {filtered.then(|| view! { <Button on_click=move |()| list.clear()>{tr!(parts.clear_filters)}</Button> })}
                    <LinkButton href=paths::MONTH icon=IconName::Month>{tr!(review.go_month)}</LinkButton>
                </div>
            </EmptyState>
        }
    }
}

#[component]
fn Work(desk: Desk, list: ListQuery) -> impl IntoView {
    let control = ViewerControl::new();
    let viewed = Signal::derive(move || {
        desk.seen.with(|seen| {
            let current = seen.as_ref()?.documents.first()?;
            Some(ViewedDocument {
                id: current.id,
                filename: current.filename.clone(),
            })
        })
    });
    let mut keys = review_keys(desk, viewed);
    keys.extend(viewer_keys(control));
    keys.extend(reading_keys(control));
    use_keys(tr!(review.title), keys);
    let name = Signal::derive(move || {
        desk.seen
            .with(|seen| seen.as_ref().map(|seen| words::title(&seen.process)))
            .unwrap_or_default()
    });
    view! {
        <div class="review">
            <QueueStrip desk list/>
            <div class="review__doc"><PdfViewer document=viewed ahead=desk.ahead() on_ready=move |id| desk.painted(id) control/></div>
            <aside class="review__facts" aria-label=name>
                <FactsPane desk/>
                <ActBar desk/>
            </aside>
        </div>
        <RejectDialog open=desk.rejecting name on_reject=move |reason| desk.reject(reason)/>
        <EditFacts
            open=desk.editing
            process=Signal::derive(move || desk.seen.with(|seen| seen.as_ref().map(|seen| seen.process.clone())))
            on_saved=move |detail| desk.keep(detail)
            on_conflict=move |()| desk.reload()
        />
    }
}
