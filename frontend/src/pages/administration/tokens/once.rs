//! A new token, on the screen for the only time. It stands in the page and not in a dialog, so that no stray key or click
//! takes it away before it was copied.

use esteira_shared::{dto::administration::ApiTokenCreated, status::Tone};
use leptos::prelude::*;

use crate::{
    components::{Button, CopyText, Notice},
    i18n::tr,
};

#[component]
pub(super) fn ShownOnce(token: ApiTokenCreated, #[prop(into)] on_hide: Callback<()>) -> impl IntoView {
    let title = tr!(tokens.once_title, name = token.details.name);
    view! {
        <div role="status" class="once">
            <Notice tone=Tone::NeedsYou title text=tr!(tokens.once_text)>
                <code class="once__token">{token.token.clone()}</code>
                <div class="line">
                    <CopyText text=token.token shown=tr!(tokens.copy)/>
                    <Button small=true on_click=on_hide>{tr!(tokens.hide)}</Button>
                </div>
            </Notice>
        </div>
    }
}
