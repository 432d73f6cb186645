//! `<CopyText text=id mono=true/>`, `<CopyText text=token shown="9f41c0…"/>`: click to copy, with an answer.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};

use super::{Icon, IconName};
use crate::{i18n::tr, state::toasts::use_toasts};

/// `<CopyButton text=signal label="Erro"/>`: for a text that stands beside the button.
#[component]
pub fn CopyButton(
    #[prop(into)] text: Signal<String>,
    /// What is copied, for who does not see where the button stands.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    let copied = RwSignal::new(false);
    let name = format!("{}: {label}", tr!(parts.copy));
    view! {
        <button type="button" class="btn btn--small btn--ghost" aria-label=name on:click=move |_| copy(text.get_untracked(), copied)>
            {move || view! { <Icon name=if copied.get() { IconName::Check } else { IconName::Copy }/> }}
            {tr!(parts.copy)}
            <span class="sr-only" role="status">{move || copied.get().then(|| tr!(parts.copied))}</span>
        </button>
    }
    .into_any()
}

/// Copies, and says so for two seconds.
fn copy(text: String, copied: RwSignal<bool>) {
    spawn_local(async move {
        if write_clipboard(&text).await {
            let _ = copied.try_set(true);
            set_timeout(
                move || {
                    let _ = copied.try_set(false);
                },
                Duration::from_secs(2),
            );
        } else {
            use_toasts().fail_text(tr!(parts.copy_failed));
        }
    });
}

#[component]
pub fn CopyText(
    #[prop(into)] text: String,
    /// What stands on the screen, when it is not the text itself.
    #[prop(optional, into)]
    shown: Option<String>,
    #[prop(optional)] mono: bool,
) -> impl IntoView {
    let copied = RwSignal::new(false);
    let shown = shown.unwrap_or_else(|| text.clone());
    let label = format!("{}: {shown}", tr!(parts.copy));
    view! {
        <button type="button" class="copy" class:is-copied=move || copied.get() aria-label=label title=tr!(parts.copy) on:click=move |_| copy(text.clone(), copied)>
            <span class="truncate" class:mono=mono>{shown}</span>
            {move || view! { <Icon name=if copied.get() { IconName::Check } else { IconName::Copy }/> }}
            <span class="sr-only" role="status">{move || copied.get().then(|| tr!(parts.copied))}</span>
        </button>
    }
    .into_any()
}

/// False where the browser refuses, for example on a page without TLS.
pub(super) async fn write_clipboard(text: &str) -> bool {
    let navigator = window().navigator();
    // Outside a secure context the property is missing, though the type says otherwise.
    if js_sys::Reflect::get(&navigator, &"clipboard".into()).is_ok_and(|clipboard| clipboard.is_undefined()) {
        return false;
    }
    wasm_bindgen_futures::JsFuture::from(navigator.clipboard().write_text(text))
        .await
        .is_ok()
}
