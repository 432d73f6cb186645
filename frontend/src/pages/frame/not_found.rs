//! An address that leads nowhere.

use leptos::prelude::*;

use crate::{
    components::{EmptyState, IconName, Kind, LinkButton},
    i18n::tr,
    routes::paths,
};

#[component]
pub fn NotFound() -> impl IntoView {
    view! {
        <EmptyState icon=IconName::Find title=tr!(frame.not_found_title) text=tr!(frame.not_found_text) whole_page=true>
            <LinkButton kind=Kind::Primary href=paths::HOME>{tr!(frame.go_home)}</LinkButton>
        </EmptyState>
    }
}
