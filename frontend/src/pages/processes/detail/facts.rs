//! The invoice's facts.

use esteira_shared::dto::processes::ProcessDetailDto;
use leptos::prelude::*;

use super::actions::ProcessActions;
use crate::{
    components::{Button, Card, CopyText, IconName, Kind, RelativeTime},
    i18n::tr,
    state::session::use_session,
    text::format,
};
use esteira_shared::{permission::Permission, status::ProcessStatus};

#[component]
pub(super) fn Facts(data: Signal<ProcessDetailDto>, actions: ProcessActions) -> impl IntoView {
    let session = use_session();
    let may_edit = Memo::new(move |_| {
        session.may(Permission::UploadDocuments)
            && data.with(|detail| detail.process.status != ProcessStatus::UploadRealizado)
    });
    let aside = move || {
        view! {
            <Show when=move || may_edit.get()>
                <Button small=true kind=Kind::Ghost icon=IconName::Edit on_click=move |()| actions.editing.set(true)>{tr!(processes.edit)}</Button>
            </Show>
        }
    };
    view! { <Card title=tr!(processes.invoice) aside><dl class="facts">{move || data.with(rows)}</dl></Card> }
}

fn rows(detail: &ProcessDetailDto) -> AnyView {
    let process = &detail.process;
    let unknown = || tr!(processes.unknown).to_owned();
    let value = process.valor_fatura.map_or_else(unknown, format::money);
    let due = process.data_vencimento.map_or_else(unknown, format::date);
    let review = &detail.review;
    view! {
        <dt>{tr!(processes.value)}</dt><dd>{value}</dd>
        <dt>{tr!(processes.due)}</dt><dd>{due}</dd>
        {review.previous_value.map(|value| view! { <dt>{tr!(processes.previous_value)}</dt><dd class="is-quiet">{format::money(value)}</dd> })}
        {review.average_value.map(|value| view! { <dt>{tr!(processes.average_value)}</dt><dd class="is-quiet">{format::money(value)}</dd> })}
        <dt>{tr!(processes.in_status)}</dt><dd><RelativeTime at=process.status_since/></dd>
        <dt>{tr!(processes.origin)}</dt><dd>{origin(detail)}</dd>
        {process.approved_by.clone().map(|name| view! {
            <dt>{tr!(processes.approved_by)}</dt>
            <dd>{name}{process.approved_at.map(|at| view! { " · "<RelativeTime at/> })}</dd>
        })}
        {process.data_envio_sat.map(|at| view! { <dt>{tr!(processes.sent_at)}</dt><dd>{format::date_time(*at)}</dd> })}
        {process.sat_protocol.clone().map(|text| view! { <dt>{tr!(processes.protocol)}</dt><dd><CopyText text mono=true/></dd> })}
        {process.fatura_sha256.clone().map(|hash| {
            let shown = format!("{}…", hash.get(..10).unwrap_or(&hash));
            view! { <dt>"SHA-256"</dt><dd><CopyText text=hash shown mono=true/></dd> }
        })}
    }
    .into_any()
}

/// Who brought the document.
fn origin(detail: &ProcessDetailDto) -> String {
    let Some(current) = detail.documents.first() else {
        return tr!(processes.no_document_yet).to_owned();
    };
    match detail.process.data_upload_manual {
        Some(_) => tr!(processes.origin_person, name = current.uploaded_by.clone()),
        None => tr!(processes.origin_robot).to_owned(),
    }
}
