//! `<Skeleton rows=6/>` while a list or a card is on its way.

use leptos::prelude::*;

use crate::i18n::tr;

#[component]
pub fn Skeleton(#[prop(default = 5)] rows: usize) -> impl IntoView {
    // Uneven lengths read as text; the same every time, so that nothing flickers.
    let shares = [0.92, 0.64, 0.78, 0.55, 0.84];
    view! {
        <div class="skeletons" role="status">
            <span class="sr-only">{tr!(parts.loading)}</span>
            {shares.into_iter().cycle().take(rows).map(|share| view! { <span class="skeleton" style:--share=share.to_string()></span> }).collect_view()}
        </div>
    }
    .into_any()
}
