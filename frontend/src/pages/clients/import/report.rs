//! What an import would do or did, and why a file was refused as a whole.

use esteira_shared::{
    dto::clients::ClientImportDto,
    error::{FieldCode, FieldError},
    status::Tone,
};
use leptos::prelude::*;

use super::errors::BadRows;
use crate::{
    api::ApiError,
    components::{Button, ErrorCard, Kind, LinkButton, Notice},
    i18n::{counted, tr},
    routes::paths,
    text::format,
};

#[component]
pub(super) fn Report(
    report: ClientImportDto,
    #[prop(into)] busy: Signal<bool>,
    #[prop(into)] on_apply: Callback<()>,
    #[prop(into)] on_again: Callback<()>,
) -> impl IntoView {
    let changes = report.clients_created + report.clients_updated + report.accounts_created + report.accounts_updated;
    let figures = [
        (tr!(import.rows), report.rows),
        (tr!(import.clients_created), report.clients_created),
        (tr!(import.clients_updated), report.clients_updated),
        (tr!(import.accounts_created), report.accounts_created),
        (tr!(import.accounts_updated), report.accounts_updated),
        (tr!(import.unchanged), report.unchanged),
    ];
    let verdict = if report.applied {
        view! {
            <Notice tone=Tone::Done title=tr!(import.applied) text=tr!(import.applied_text)>
                <LinkButton small=true href=paths::CLIENTS>{tr!(import.see_clients)}</LinkButton>
                <Button small=true on_click=on_again>{tr!(import.again)}</Button>
            </Notice>
        }
        .into_any()
    } else if report.error_count > 0 {
        view! { <Notice tone=Tone::Failed title=counted!(import.has_errors_single, import.has_errors_many, report.error_count) text=tr!(import.has_errors_text)/> }.into_any()
    } else if report.rows == 0 {
        view! { <Notice tone=Tone::NeedsYou title=tr!(import.no_rows) text=tr!(import.no_rows_text)/> }.into_any()
    } else if changes == 0 {
        view! { <Notice tone=Tone::Done title=tr!(import.nothing_new) text=tr!(import.nothing_new_text)/> }.into_any()
    } else {
        view! {
            <Notice tone=Tone::Done title=tr!(import.ready) text=tr!(import.ready_text)>
                <Button kind=Kind::Primary busy on_click=on_apply>{counted!(import.apply_single, import.apply_many, report.rows)}</Button>
            </Notice>
        }
        .into_any()
    };
    let bad = (report.error_count > 0).then(|| view! { <BadRows errors=report.errors count=report.error_count/> });
    view! {
        <div class="stack" role="status">
            {verdict}
            <dl class="figures" class:is-past=report.applied>
                {figures.into_iter().map(|(label, value)| view! {
                    <div class:is-zero=value == 0><dt>{label}</dt><dd>{format::count(value)}</dd></div>
                }).collect_view()}
            </dl>
        </div>
        {bad}
    }
}

/// A file that could not be judged row by row: its head is wrong, or it did not arrive.
#[component]
pub(super) fn Refused(error: ApiError, #[prop(into)] on_retry: Callback<()>) -> impl IntoView {
    if error.fields.is_empty() {
        return view! { <ErrorCard error on_retry/> }.into_any();
    }
    let problems = error
        .fields
        .iter()
        .map(|field| view! { <li>{problem(field)}</li> })
        .collect_view();
    view! {
        <div role="alert">
            <Notice tone=Tone::Failed title=tr!(import.bad_head) text=tr!(import.bad_head_text)>
                <ul class="bullets">{problems}</ul>
            </Notice>
        </div>
    }
    .into_any()
}

fn problem(field: &FieldError) -> String {
    let name = field.field.clone();
    match field.code {
        FieldCode::Required => tr!(import.column_missing, name = name),
        FieldCode::Unknown => tr!(import.column_unknown, name = name),
        _ => tr!(import.unreadable).to_owned(),
    }
}
