//! What is known of a failure beyond its cause.

use esteira_shared::{dto::processes::ProcessError, ids::ClientId, permission::Permission};
use leptos::prelude::*;

use crate::{
    components::LinkButton,
    i18n::tr,
    routes::paths,
    state::session::use_session,
    text::reasons::{quotes, told},
};

/// The failing step and what to do, inside a `Notice`.
pub fn trouble_facts(error: &ProcessError) -> impl IntoView + use<> {
    view! {
        <dl class="trouble">
            {error.step.clone().map(|step| view! { <dt>{tr!(processes.failing_step)}</dt><dd class="mono" translate="no">{step}</dd> })}
            {error.recommended_action_coded.as_ref().map(|act| view! { <dt>{tr!(processes.recommended)}</dt><dd>{quotes(&told(act))}</dd> })}
        </dl>
    }
}

/// The portal refused the password, as far as one can tell: someone has to change it before a robot is of any use.
pub fn wants_password(error: &ProcessError) -> bool {
    const STEP: &str = "LOGIN_PORTAL";
    let speaks_of_it = |text: &str| {
        let text = text.to_lowercase();
        ["senha", "password", "credenciais"]
            .iter()
            .any(|word| text.contains(word))
    };
    error.step.as_deref() == Some(STEP) || error.recommended_action.as_deref().is_some_and(speaks_of_it)
}

/// Where the portal's password is kept, for those who may change it and those who may only ask for it.
pub fn change_password(client: ClientId) -> impl IntoView + use<> {
    let may = untrack(|| use_session().may(Permission::WriteRegistry));
    let word = if may {
        tr!(processes.change_password)
    } else {
        tr!(processes.see_accounts)
    };
    view! { <LinkButton href=paths::client(client) small=true>{word}</LinkButton> }
}
