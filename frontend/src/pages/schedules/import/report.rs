//! What an import would do, line by line.

use esteira_shared::dto::schedules::{ScheduleImportDto, ScheduleImportLineDto, ScheduleImportNoteDto};
use leptos::prelude::*;

use crate::{
    components::{Mark, Notice},
    i18n::tr,
    text::{
        format,
        reasons::{quotes, told},
        schedules,
    },
};

#[component]
pub(super) fn Report(report: ScheduleImportDto) -> impl IntoView {
    if report.lines.is_empty() {
        return view! { <div role="status"><Notice title=tr!(schedules.import_empty) text=tr!(schedules.import_empty_text)/></div> }
            .into_any();
    }
    let figures = [
        (tr!(schedules.import_created), report.created),
        (tr!(schedules.import_updated), report.updated),
        (tr!(schedules.import_unchanged), report.unchanged),
        (tr!(schedules.import_refused_count), report.refused),
    ];
    view! {
        <div class="stack stack--tight">
            <div role="status">
                <dl class="figures">
                    {figures.into_iter().map(|(label, value)| view! {
                        <div class:is-zero=value == 0><dt>{label}</dt><dd>{format::count(value)}</dd></div>
                    }).collect_view()}
                </dl>
            </div>
            {(report.refused > 0).then(|| view! { <p class="small muted">{tr!(schedules.import_refused_text)}</p> })}
            <div class="table-wrap sched-import" tabindex="0" role="region" aria-label=tr!(schedules.import_lines)>
                <table class="table">
                    <thead>
                        <tr>
                            <th class="num">{tr!(schedules.import_line)}</th>
                            <th>{tr!(schedules.import_outcome)}</th>
                            <th>{tr!(schedules.name)}</th>
                            <th>{tr!(schedules.import_what)}</th>
                        </tr>
                    </thead>
                    <tbody>{report.lines.iter().map(line).collect_view()}</tbody>
                </table>
            </div>
            {(!report.notes.is_empty()).then(|| notes(&report.notes))}
        </div>
    }
    .into_any()
}

/// What the file says beside its schedules.
fn notes(notes: &[ScheduleImportNoteDto]) -> AnyView {
    let rows = notes
        .iter()
        .map(|note| {
            let place = tr!(schedules.import_note, line = format::count(note.line));
            view! { <li>{place}": "{quotes(&told(&note.reason))}</li> }
        })
        .collect_view();
    view! { <Notice title=tr!(schedules.import_notes)><ul class="bullets">{rows}</ul></Notice> }.into_any()
}

fn line(line: &ScheduleImportLineDto) -> impl IntoView + use<> {
    let (tone, word) = schedules::outcome(line.outcome);
    let kind = line
        .kind
        .map_or_else(|| tr!(schedules.import_calendar), schedules::kind);
    let problems = line
        .problems
        .iter()
        .map(|problem| view! { <li>{quotes(&told(problem))}</li> })
        .collect_view();
    let (name, description) = (line.name.clone(), line.description.clone());
    let refused = !line.problems.is_empty();
    view! {
        <tr>
            <td class="num" data-label=tr!(schedules.import_line)>{format::count(line.line)}</td>
            <td data-label=tr!(schedules.import_outcome)><Mark tone word/></td>
            <td class="table__main">{name}</td>
            <td data-label=tr!(schedules.import_what)>
                <span class="sched-import__what">
                    <small class="muted">{kind}</small>
                    {(!description.is_empty()).then(|| view! { <span>{description}</span> })}
                    {refused.then(|| view! { <ul class="bullets small">{problems}</ul> })}
                </span>
            </td>
        </tr>
    }
}
