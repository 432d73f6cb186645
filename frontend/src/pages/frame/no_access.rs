//! `needs(Permission::ManageUsers, || view! { <Users/> })`: a page the role may not open, reached by a typed or an old address.

use esteira_shared::permission::Permission;
use leptos::prelude::*;

use crate::{
    components::{EmptyState, IconName, LinkButton},
    i18n::tr,
    routes::paths,
    state::session::use_session,
};

/// Draws the page for those who may open it; the others are told so, and nothing of it is read from the server.
pub fn needs<V: IntoView + 'static>(permission: Permission, page: impl FnOnce() -> V) -> AnyView {
    if untrack(|| use_session().may(permission)) {
        return page().into_any();
    }
    view! {
        <EmptyState icon=IconName::Hide title=tr!(parts.forbidden_title) text=tr!(errors.forbidden)>
            <LinkButton href=paths::HOME>{tr!(frame.go_home)}</LinkButton>
        </EmptyState>
    }
    .into_any()
}
