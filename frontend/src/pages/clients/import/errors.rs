//! Bad rows: why each was refused, on the screen, in the clipboard and as a file.

use esteira_shared::{dto::clients::ImportRowError, error::FieldCode};
use leptos::prelude::*;

use crate::{
    components::{Button, Column, CopyText, DataTable, IconName},
    i18n::tr,
    state::toasts::use_toasts,
    text::{csv, errors, format},
};

#[component]
pub(super) fn BadRows(errors: Vec<ImportRowError>, count: i64) -> impl IntoView {
    let shown = errors.len();
    let rows = StoredValue::new(errors);
    let lines = move || {
        rows.with_value(|rows| {
            rows.iter()
                .map(|row| {
                    [
                        row.line.to_string(),
                        row.error.field.clone(),
                        reason(row),
                        row.value.clone(),
                    ]
                })
                .collect::<Vec<_>>()
        })
    };
    let header = [
        tr!(import.line),
        tr!(import.column),
        tr!(import.reason),
        tr!(import.value),
    ];
    let download = move |()| {
        let text: String = std::iter::once(csv::line(&header))
            .chain(lines().iter().map(|line| csv::line(line)))
            .collect();
        if csv::save("importacao-erros.csv", &text).is_err() {
            use_toasts().fail_text(tr!(import.save_failed));
        }
    };
    // Tabs: pasted into a spreadsheet, each value lands in its own cell.
    let copied = move || {
        let mut all = vec![header.join("\t")];
        all.extend(lines().iter().map(|line| line.join("\t")));
        all.join("\n")
    };
    let columns = vec![
        Column::new("line", tr!(import.line), |row: &ImportRowError| format::count(row.line)).main(),
        Column::new(
            "column",
            tr!(import.column),
            |row: &ImportRowError| view! { <code>{row.error.field.clone()}</code> },
        ),
        Column::new("reason", tr!(import.reason), |row: &ImportRowError| reason(row)),
        Column::new("value", tr!(import.value), |row: &ImportRowError| {
            match row.value.as_str() {
                "" => view! { <span class="faint">{tr!(import.blank)}</span> }.into_any(),
                value => view! { <code class="break">{value.to_owned()}</code> }.into_any(),
            }
        }),
    ];
    let capped = i64::try_from(shown).is_ok_and(|shown| shown < count);
    view! {
        <div class="line line--between">
            <h2>{tr!(import.errors_title)}</h2>
            <div class="line">
                <span class="small"><CopyText text=copied() shown=tr!(import.copy)/></span>
                <Button small=true icon=IconName::Download on_click=download>{tr!(import.download)}</Button>
            </div>
        </div>
        <DataTable
            name="import-errors"
            columns
            rows=Signal::derive(move || rows.get_value())
            row_id=|row| format!("{} {}", row.line, row.error.field)
            row_label=|row| row.line.to_string()
        />
        {capped.then(|| view! {
            <p class="small muted">{tr!(import.errors_capped, shown = format::count(i64::try_from(shown).unwrap_or_default()), count = format::count(count))}</p>
        })}
    }
}

/// What to change in the row, in words of its column.
fn reason(row: &ImportRowError) -> String {
    match (row.error.field.as_str(), row.error.code) {
        ("operadora", FieldCode::Unknown) => tr!(import.unknown_operator).to_owned(),
        ("operadora", FieldCode::Taken) => match first_line(&row.error.message) {
            Some(line) => tr!(import.repeats_line, line = line),
            None => tr!(import.repeats).to_owned(),
        },
        ("cnpj", FieldCode::Invalid) => tr!(import.bad_cnpj).to_owned(),
        ("ativo", _) => tr!(import.bad_active).to_owned(),
        ("linha", _) => tr!(import.bad_line).to_owned(),
        (_, code) => errors::field(code).to_owned(),
    }
}

/// The number in "line 12 has the same client and operator".
fn first_line(message: &str) -> Option<i64> {
    message.strip_prefix("line ")?.split(' ').next()?.parse().ok()
}
