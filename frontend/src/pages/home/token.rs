//! The robots' API refuses the token: told here as well, because e-mail may be off and nobody looks at Conexões each day.

use esteira_shared::{event::Topic, permission::Permission, status::Tone};
use leptos::prelude::*;

use crate::{
    api,
    components::{LinkButton, Notice},
    hooks::use_query,
    i18n::tr,
    routes::paths,
    state::session::use_session,
    text::format,
};

/// An operator may have an address of its own.
const TOPICS: &[Topic] = &[Topic::Organization, Topic::Operators];

#[component]
pub(super) fn TokenRefused() -> impl IntoView {
    let session = use_session();
    // Nobody else may read how robots are reached, nor change it.
    let may = untrack(|| session.may(Permission::ManageOrganization));
    let settings = may.then(|| use_query(TOPICS, api::executions::get_robot_settings));
    let refused = Memo::new(move |_| {
        settings?.data.with(|now| {
            let (at, endpoint) = now.as_ref()?.refusal()?;
            Some((at, endpoint.to_owned()))
        })
    });
    move || {
        refused.get().map(|(at, endpoint)| {
            let text = tr!(
                home.token_refused_text,
                at = format::date_time(*at),
                endpoint = endpoint
            );
            view! {
                <div class="home__notice">
                    <Notice tone=Tone::NeedsYou title=tr!(home.token_refused) text>
                        <LinkButton href=paths::CONNECTIONS small=true>{tr!(home.token_refused_go)}</LinkButton>
                    </Notice>
                </div>
            }
        })
    }
}
