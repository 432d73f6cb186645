//! Documents that the store does not hold any more as they were received: told here as well, because e-mail may be off.

use esteira_shared::{dto::home::HomeDto, status::Tone};
use leptos::prelude::*;

use crate::{components::Notice, i18n::tr, pages::processes::document_place};

#[component]
pub(super) fn Damaged(data: Signal<HomeDto>) -> impl IntoView {
    let places = Memo::new(move |_| data.with(|home| home.damaged.clone()));
    move || {
        let places = places.get();
        (!places.is_empty()).then(|| {
            view! {
                <Notice tone=Tone::Failed title=tr!(home.damaged) text=tr!(home.damaged_text)>
                    <ul class="places">{places.into_iter().map(document_place).collect_view()}</ul>
                </Notice>
            }
        })
    }
}
