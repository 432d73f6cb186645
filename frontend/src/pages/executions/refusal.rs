//! Why no robot began, with the way on where there is one.

use esteira_shared::{error::ErrorCode, permission::Permission, status::Tone};
use leptos::prelude::*;
use serde_json::Value;

use crate::{
    api::ApiError,
    components::{ErrorCard, LinkButton, Notice},
    i18n::tr,
    routes::paths,
    state::session::use_session,
};

pub fn refused(error: ApiError) -> AnyView {
    let may = |permission| untrack(|| use_session().may(permission));
    let way = match error.code() {
        Some(ErrorCode::ExecutionActive) => {
            let active = error.detail("execution_id").and_then(Value::as_str);
            active.map(|id| (paths::execution(id), tr!(executions.see_active)))
        }
        Some(ErrorCode::RpaNotConfigured) => may(Permission::ManageOrganization)
            .then(|| (paths::CONNECTIONS.to_string(), tr!(executions.go_connections))),
        Some(ErrorCode::OperatorWithoutRobot) => {
            may(Permission::ReadRegistry).then(|| (paths::OPERATORS.to_string(), tr!(executions.go_operators)))
        }
        _ => return view! { <ErrorCard error/> }.into_any(),
    };
    view! {
        <div role="alert">
            <Notice tone=Tone::NeedsYou title=tr!(executions.not_started) text=error.text()>
                {way.map(|(href, word)| view! { <LinkButton href small=true>{word}</LinkButton> })}
            </Notice>
        </div>
    }
    .into_any()
}
