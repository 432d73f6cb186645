//! Where else a document is kept.

use esteira_shared::dto::processes::DocumentPlace;
use leptos::prelude::*;
use leptos_router::components::A;

use crate::{routes::paths, text::format};

/// Where a document with the same bytes is kept, as a link.
pub fn document_place(place: DocumentPlace) -> impl IntoView {
    let words = format!(
        "{} · {} · {} (v{})",
        place.client_name,
        place.operator_name,
        format::month_digits(place.mes_ano),
        place.number
    );
    view! { <li><A href=paths::process(place.process_id) attr:class="link">{words}</A></li> }
}
