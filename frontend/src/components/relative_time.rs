//! `<RelativeTime at=process.status_since/>`: "há 3 h", the exact instant on hover.

use chrono::{DateTime, Utc};
use leptos::prelude::*;

use crate::{hooks::use_now, text::format};

#[component]
pub fn RelativeTime(#[prop(into)] at: DateTime<Utc>) -> impl IntoView {
    let now = use_now();
    view! {
        <time class="nowrap" datetime=at.to_rfc3339() title=format::date_time_seconds(at)>{move || format::relative(at, now.get())}</time>
    }
    .into_any()
}
