//! A page the role may not open, reached by a typed or an old address.

use leptos::prelude::*;

use crate::{
    components::{EmptyState, IconName, LinkButton},
    i18n::tr,
    routes::paths,
};

/// In place of a page: nothing of it is read from the server.
#[component]
pub(super) fn NoAccess() -> impl IntoView {
    view! {
        <EmptyState icon=IconName::Hide title=tr!(parts.forbidden_title) text=tr!(errors.forbidden)>
            <LinkButton href=paths::HOME>{tr!(frame.go_home)}</LinkButton>
        </EmptyState>
    }
    .into_any()
}
