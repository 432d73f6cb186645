//! Início.

use leptos::prelude::*;

use crate::{components::PageHead, i18n::tr};

#[component]
pub fn HomePage() -> impl IntoView {
    view! { <PageHead title=tr!(home.title)/> }
}
