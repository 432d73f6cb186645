//! What a clean-up would remove, before it does.

use std::collections::BTreeMap;

use esteira_shared::{
    dto::retention::{CleanUpParameters, RetentionKind, RetentionLineDto, RetentionPreviewDto},
    error::FieldError,
    status::Tone,
};
use leptos::prelude::*;

use super::parameters;
use crate::{
    api::{self, ApiError},
    components::{Button, ErrorCard, Notice},
    hooks::use_mutation,
    i18n::tr,
    text::format,
};

/// `wanted` answers with what is to be tried, or with the fields that are no numbers.
#[component]
pub(super) fn RetentionPreview(wanted: Callback<(), Result<CleanUpParameters, Vec<FieldError>>>) -> impl IntoView {
    let send = use_mutation();
    let found = RwSignal::new(None::<RetentionPreviewDto>);
    let try_it = move |()| {
        found.set(None);
        match wanted.run(()) {
            Ok(parameters) if send.accepts(&parameters) => {
                let call = async move { api::retention::preview_retention(&parameters).await };
                send.run_quietly(call, move |answer| {
                    let _ = found.try_set(Some(answer));
                });
            }
            Ok(_) => {}
            Err(fields) => send.refuse(fields),
        }
    };
    view! {
        <div class="stack stack--tight">
            <div class="line"><Button small=true busy=send.busy on_click=try_it>{tr!(schedules.retention_try)}</Button></div>
            <div role="alert">{move || send.error.get().map(refused)}</div>
            <div role="status">{move || found.get().map(|found| view! { <Table found/> })}</div>
        </div>
    }
    .into_any()
}

fn refused(error: ApiError) -> AnyView {
    if error.fields.is_empty() {
        return view! { <ErrorCard error/> }.into_any();
    }
    let texts: BTreeMap<String, String> = error.field_texts();
    let said = texts
        .into_iter()
        .map(|(field, text)| {
            let name = field.strip_prefix("parameters.").unwrap_or(&field);
            let name = parameters::word(name).unwrap_or(name).to_owned();
            view! { <li>{name}": "{text}</li> }
        })
        .collect_view();
    view! { <Notice tone=Tone::NeedsYou title=tr!(schedules.retention_refused)><ul class="bullets">{said}</ul></Notice> }
        .into_any()
}

#[component]
fn Table(found: RetentionPreviewDto) -> impl IntoView {
    let sum = |part: fn(&RetentionLineDto) -> i64| found.lines.iter().map(part).sum::<i64>();
    let (count, bytes) = (sum(|line| line.count), sum(|line| line.bytes));
    if count == 0 {
        return view! { <Notice title=tr!(schedules.retention_nothing) text=tr!(schedules.retention_nothing_text)/> }
            .into_any();
    }
    let whole = found.lines.iter().all(|line| line.complete);
    view! {
        <div class="stack stack--tight">
            <div class="table-wrap" tabindex="0" role="region" aria-label=tr!(schedules.retention_table)>
                <table class="table">
                    <thead>
                        <tr>
                            <th>{tr!(schedules.retention_what)}</th>
                            <th class="num">{tr!(schedules.retention_count)}</th>
                            <th class="num">{tr!(schedules.retention_bytes)}</th>
                            <th>{tr!(schedules.retention_oldest)}</th>
                        </tr>
                    </thead>
                    <tbody>{found.lines.iter().map(line).collect_view()}</tbody>
                    <tfoot>
                        <tr>
                            <th>{tr!(schedules.retention_all)}</th>
                            <td class="num">{at_least(whole, format::count(count))}</td>
                            <td class="num">{at_least(whole, format::bytes(bytes))}</td>
                            <td></td>
                        </tr>
                    </tfoot>
                </table>
            </div>
            <p class="small muted">{tr!(schedules.retention_space)}</p>
        </div>
    }
    .into_any()
}

fn line(line: &RetentionLineDto) -> impl IntoView + use<> {
    let oldest = line
        .oldest
        .map_or_else(|| tr!(forms.nothing).to_owned(), |at| format::date(format::day_of(*at)));
    view! {
        <tr>
            <td>{name(line.what)}</td>
            <td class="num">{at_least(line.complete, format::count(line.count))}</td>
            <td class="num">{at_least(line.complete, format::bytes(line.bytes))}</td>
            <td class="num">{oldest}</td>
        </tr>
    }
}

fn at_least(complete: bool, figure: String) -> String {
    if complete {
        figure
    } else {
        tr!(schedules.retention_at_least, figure = figure)
    }
}

fn name(what: RetentionKind) -> &'static str {
    match what {
        RetentionKind::Executions => tr!(schedules.retention_executions),
        RetentionKind::Jobs => tr!(schedules.retention_jobs),
        RetentionKind::Groups => tr!(schedules.retention_groups),
        RetentionKind::Runs => tr!(schedules.retention_runs),
        RetentionKind::Webhooks => tr!(schedules.retention_webhooks),
        RetentionKind::Emails => tr!(schedules.retention_emails),
        RetentionKind::Uploads => tr!(schedules.retention_uploads),
    }
}
