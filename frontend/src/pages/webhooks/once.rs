//! A new secret, on the screen for the only time. It stands in the page and not in a dialog, so that no stray key or click
//! takes it away before it was copied.

use esteira_shared::{dto::webhooks::WebhookSecretDto, status::Tone};
use leptos::prelude::*;

use crate::{
    components::{Button, CopyText, Notice},
    i18n::tr,
};

/// Where receivers find how to check what they get, with a library for most languages.
const GUIDE: &str = "https://www.standardwebhooks.com";

#[component]
pub(super) fn ShownOnce(made: WebhookSecretDto, #[prop(into)] on_hide: Callback<()>) -> impl IntoView {
    let title = tr!(webhooks.once_title, name = made.endpoint.name);
    view! {
        <div role="status" class="once">
            <Notice tone=Tone::NeedsYou title text=tr!(webhooks.once_text)>
                <code class="once__token">{made.secret.clone()}</code>
                <p class="small">{tr!(webhooks.once_standard)}</p>
                <div class="line">
                    <CopyText text=made.secret shown=tr!(webhooks.copy_secret)/>
                    <Button small=true on_click=on_hide>{tr!(webhooks.hide)}</Button>
                    <a class="link small once__guide" href=GUIDE target="_blank" rel="noopener noreferrer">{tr!(webhooks.once_guide)}</a>
                </div>
            </Notice>
        </div>
    }
}
