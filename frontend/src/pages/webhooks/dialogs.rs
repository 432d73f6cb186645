//! What is being done with which webhook, and the dialogs that ask.

use esteira_shared::dto::webhooks::{WebhookEndpointDto, WebhookSecretDto};
use leptos::prelude::*;

use super::{form::WebhookDialog, once::ShownOnce, removal::Removal, rotation::Rotation};

#[derive(Clone, Copy)]
pub(super) struct WebhookDialogs {
    /// `None` in an open form means a new one.
    pub(super) chosen: RwSignal<Option<WebhookEndpointDto>>,
    pub(super) form: RwSignal<bool>,
    pub(super) rotation: RwSignal<bool>,
    pub(super) removal: RwSignal<bool>,
    /// A secret that was just made, on the screen until somebody hides it.
    secret: RwSignal<Option<WebhookSecretDto>>,
}

impl WebhookDialogs {
    pub(super) fn new() -> Self {
        Self {
            chosen: RwSignal::new(None),
            form: RwSignal::new(false),
            rotation: RwSignal::new(false),
            removal: RwSignal::new(false),
            secret: RwSignal::new(None),
        }
    }

    pub(super) fn on(self, webhook: Option<WebhookEndpointDto>, dialog: RwSignal<bool>) {
        self.chosen.set(webhook);
        dialog.set(true);
    }

    /// Puts a new secret at the top of the page, unless the page is gone.
    pub(super) fn show(self, secret: WebhookSecretDto) {
        if self.secret.try_set(Some(secret)).is_none() {
            window().scroll_to_with_x_and_y(0.0, 0.0);
        }
    }

    /// The secret of a webhook that was deleted is no longer worth copying.
    pub(super) fn hide(self, webhook: &WebhookEndpointDto) {
        let _ = self.secret.try_update(|shown| {
            if shown.as_ref().is_some_and(|shown| shown.endpoint.id == webhook.id) {
                *shown = None;
            }
        });
    }

    /// The name of the chosen one.
    pub(super) fn name(self) -> String {
        self.chosen
            .with(|chosen| chosen.as_ref().map(|one| one.name.clone()).unwrap_or_default())
    }
}

/// The secret that was just made, if there is one.
#[component]
pub(super) fn NewSecret(dialogs: WebhookDialogs) -> impl IntoView {
    move || {
        dialogs
            .secret
            .get()
            .map(|made| view! { <ShownOnce made on_hide=move |()| dialogs.secret.set(None)/> })
    }
}

#[component]
pub(super) fn Dialogs(
    dialogs: WebhookDialogs,
    #[prop(into)] on_changed: Callback<()>,
    #[prop(into)] on_removed: Callback<()>,
) -> impl IntoView {
    view! {
        <WebhookDialog dialogs on_changed/>
        <Rotation dialogs on_changed/>
        <Removal dialogs on_removed/>
    }
}
