//! `<ErrorCard error=error on_retry=move |()| query.refetch()/>`: what happened, what to do, and the id to give to support.
//! `<Notice tone=Tone::NeedsYou title="26 % acima da média" text="…"/>`: a fact beside what it is about.

use esteira_shared::{error::ErrorCode, status::Tone};
use leptos::prelude::*;

use super::{Button, CopyText, Icon, IconName, badge::look};
use crate::{api::ApiError, i18n::tr, text::reasons::quotes};

#[component]
pub fn ErrorCard(
    #[prop(into)] error: ApiError,
    #[prop(optional, into)] on_retry: Option<Callback<()>>,
) -> impl IntoView {
    let title = match error.code() {
        Some(ErrorCode::Forbidden) => tr!(parts.forbidden_title),
        Some(ErrorCode::NotFound) => tr!(parts.not_found_title),
        _ => tr!(parts.error_title),
    };
    // Trying again cannot help against a refusal.
    let on_retry = on_retry.filter(|_| !matches!(error.code(), Some(ErrorCode::Forbidden | ErrorCode::NotFound)));
    // A mistyped password is nothing support could look up.
    let request_id = error
        .request_id
        .clone()
        .filter(|_| error.code() != Some(ErrorCode::InvalidCredentials));
    view! {
        <div class="notice notice--fail" role="alert">
            <Icon name=IconName::Failed/>
            <b>{title}</b>
            <p>{error.text()}</p>
            <div class="line">
                {on_retry.map(|on_retry| view! { <Button small=true icon=IconName::Retry on_click=on_retry>{tr!(parts.retry)}</Button> })}
                {request_id.map(|id| view! {
                    <small class="faint">{tr!(parts.error_id)}": "<CopyText text=id mono=true/></small>
                })}
            </div>
        </div>
    }
    .into_any()
}

#[component]
pub fn Notice(
    #[prop(default = Tone::Waiting)] tone: Tone,
    #[prop(into)] title: String,
    #[prop(optional, into)] text: String,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let (suffix, mark) = look(tone);
    let name = if tone == Tone::Waiting { IconName::Info } else { mark };
    view! {
        <div class=format!("notice notice--{suffix}")>
            <Icon name/>
            <b>{title}</b>
            {(!text.is_empty()).then(|| view! { <p>{quotes(&text)}</p> })}
            {children.map(|children| view! { <div class="line">{children()}</div> })}
        </div>
    }
    .into_any()
}
