//! A new webhook, or a change to one.

use esteira_shared::{
    dto::webhooks::{WebhookEndpointCreate, WebhookEndpointDto, WebhookEndpointUpdate, WebhookSecretDto},
    webhook::WebhookEvent,
};
use leptos::prelude::*;

use super::{dialogs::WebhookDialogs, events::Events};
use crate::{
    api,
    components::{Dialog, Field, Form, Icon, IconName, Switch, TextInput},
    hooks::{self, FieldWords, merge_fields, use_draft, use_mutation},
    i18n::tr,
    state::toasts::use_toasts,
    text::webhooks,
};

#[derive(Clone, PartialEq, Default)]
struct WebhookForm {
    name: String,
    url: String,
    events: Vec<WebhookEvent>,
    active: bool,
    version: i32,
}

impl WebhookForm {
    fn of(webhook: Option<WebhookEndpointDto>) -> Self {
        webhook.map_or_else(
            || Self {
                active: true,
                ..Self::default()
            },
            |webhook| Self {
                name: webhook.name,
                url: webhook.url,
                events: webhook.events,
                active: webhook.active,
                version: webhook.version,
            },
        )
    }

    fn create(self) -> WebhookEndpointCreate {
        WebhookEndpointCreate {
            name: self.name,
            url: self.url,
            events: self.events,
        }
    }

    fn update(self) -> WebhookEndpointUpdate {
        WebhookEndpointUpdate {
            name: self.name,
            url: self.url,
            events: self.events,
            active: self.active,
            version: self.version,
        }
    }
}

impl hooks::Form for WebhookForm {
    fn merge(&mut self, base: &Self, theirs: &Self) -> Vec<String> {
        self.version = theirs.version;
        merge_fields!(self, base, theirs;
            name => tr!(webhooks.name),
            url => tr!(webhooks.url),
            events => tr!(webhooks.events),
            active => tr!(webhooks.active_label),
        )
    }
}

impl FieldWords for Vec<WebhookEvent> {
    fn words(&self) -> String {
        let all: Vec<&str> = self.iter().map(|event| webhooks::event(*event)).collect();
        all.join(", ")
    }
}

#[component]
pub(super) fn WebhookDialog(dialogs: WebhookDialogs, #[prop(into)] on_changed: Callback<()>) -> impl IntoView {
    let title = Signal::derive(move || match dialogs.chosen.get() {
        Some(webhook) => tr!(webhooks.edit_title, name = webhook.name),
        None => tr!(webhooks.create).to_owned(),
    });
    view! { <Dialog open=dialogs.form title wide=true><Fields dialogs on_changed/></Dialog> }
}

#[component]
fn Fields(dialogs: WebhookDialogs, on_changed: Callback<()>) -> impl IntoView {
    let webhook = dialogs.chosen.get_untracked();
    let id = webhook.as_ref().map(|webhook| webhook.id);
    let key = id.map_or_else(|| "webhook/new".to_owned(), |id| format!("webhook/{id}"));
    let draft = use_draft(key, WebhookForm::of(webhook));
    let save = use_mutation();
    let created = move |made: WebhookSecretDto| {
        // The dialog may have been closed meanwhile: the secret is told only once all the same.
        if save.busy.try_get_untracked().is_some() {
            draft.saved(WebhookForm::of(None));
            dialogs.form.set(false);
        }
        on_changed.run(());
        dialogs.show(made);
    };
    let changed = move |webhook: WebhookEndpointDto| {
        let text = tr!(webhooks.saved, name = webhook.name.clone());
        draft.saved(WebhookForm::of(Some(webhook)));
        dialogs.form.set(false);
        on_changed.run(());
        use_toasts().done(text);
    };
    let submit = move |()| {
        let form = draft.get_untracked();
        match id {
            None => {
                let create = form.create();
                if save.accepts(&create) {
                    save.run_quietly(async move { api::webhooks::create_webhook(&create).await }, created);
                }
            }
            Some(id) => {
                let update = form.update();
                if save.accepts(&update) {
                    save.run_quietly(async move { api::webhooks::update_webhook(id, &update).await }, changed);
                }
            }
        }
    };
    let reread = move |()| {
        if let Some(id) = id {
            save.run_quietly(async move { api::webhooks::get_webhook(id).await }, move |webhook| {
                draft.meet(&WebhookForm::of(Some(webhook)));
            });
        }
    };
    let (active, set_active) = draft.flag(|form| &mut form.active);
    let events_error = save.field("events");
    let submit_word = if id.is_some() {
        tr!(webhooks.save)
    } else {
        tr!(webhooks.create_do)
    };
    view! {
        <Form save draft=draft.state submit=submit_word on_submit=submit on_conflict=reread on_cancel=move |()| { draft.state.discard.run(()); dialogs.form.set(false); }>
            <Field label=tr!(webhooks.name) hint=tr!(webhooks.name_hint) error=save.field("name")>
                <TextInput value=draft.part(|form| &mut form.name) autofocus=true/>
            </Field>
            <Field label=tr!(webhooks.url) hint=tr!(webhooks.url_hint) error=save.field("url")>
                <TextInput value=draft.part(|form| &mut form.url) kind="url" mono=true placeholder="https://erp.example.com/webhooks/esteira"/>
            </Field>
            <div class="stack stack--tight" role="group" aria-label=tr!(webhooks.events)>
                <span class="field__label">{tr!(webhooks.events)}</span>
                <span class="field__hint">{tr!(webhooks.events_hint)}</span>
                <div aria-live="polite">
                    {move || events_error.get().map(|_| view! { <span class="field__error"><Icon name=IconName::Needs/>{tr!(webhooks.events_missing)}</span> })}
                </div>
                <div class="scopes-grid"><Events value=draft.part(|form| &mut form.events)/></div>
            </div>
            {id.map(|_| view! { <Switch on=active on_change=set_active label=tr!(webhooks.active_label)/> })}
        </Form>
    }
}
