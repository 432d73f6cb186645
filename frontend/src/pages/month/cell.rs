//! A process in the matrix: its mark, one word, and the days in it or its value.

use chrono::{DateTime, Utc};
use esteira_shared::{
    dto::processes::MatrixCell,
    status::{ProcessStatus, Tone},
};
use leptos::prelude::*;

use crate::{
    components::StatusBadge,
    i18n::tr,
    text::{format, reasons, status},
};

/// Tint of a cell that asks for somebody.
pub(super) fn tint(cell: &MatrixCell) -> &'static str {
    match cell.status.tone() {
        Tone::NeedsYou => "is-need",
        Tone::Failed => "is-fail",
        _ => "",
    }
}

/// Days in the status; a sent invoice shows its value.
fn detail(cell: &MatrixCell, now: DateTime<Utc>) -> String {
    if cell.status == ProcessStatus::UploadRealizado {
        return cell.valor_fatura.map_or_else(String::new, format::amount);
    }
    match (now - *cell.status_since).num_days() {
        ..1 => tr!(month.today).to_owned(),
        days => tr!(month.days, count = days),
    }
}

/// What the cell says in a sentence, for hover and screen readers.
pub(super) fn sentence(cell: &MatrixCell, client: &str, operator: &str, now: DateTime<Utc>) -> String {
    let mut words = vec![
        format!("{client} · {operator}"),
        status::process(cell.status).to_owned(),
        format::relative(*cell.status_since, now),
    ];
    words.extend(cell.late.then(|| tr!(month.is_late).to_owned()));
    words.extend(cell.valor_fatura.map(format::money));
    words.extend(
        cell.cause_coded
            .as_ref()
            .map(|cause| reasons::plain(&reasons::told(cause))),
    );
    words.join(", ")
}

/// The inside of a cell.
pub(super) fn face(cell: &MatrixCell, now: DateTime<Utc>) -> impl IntoView + use<> {
    view! {
        <StatusBadge status=cell.status short=true/>
        <span class="mx__detail" class:is-late=cell.late>{detail(cell, now)}</span>
    }
}
