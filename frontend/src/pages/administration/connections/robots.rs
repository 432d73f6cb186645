//! Where the robots' API is, and how much it may run at once.

use esteira_shared::{dto::executions::RobotSettingsDto, status::Tone};
use leptos::prelude::*;

use super::{
    super::connection_test::{ConnectionTest, Try},
    form::RobotForm,
};
use crate::{
    api,
    components::{Card, Field, Notice, SecretField, Switch, TextInput},
    hooks::{Draft, Mutation, Query},
    i18n::tr,
    text::format,
};

#[component]
pub(super) fn Robots(draft: Draft<RobotForm>, save: Mutation, query: Query<RobotSettingsDto>) -> impl IntoView {
    let kept = Signal::derive(move || query.data.with(|now| now.as_ref().is_some_and(|now| now.token_set)));
    let configured = Signal::derive(move || query.data.with(|now| now.as_ref().is_some_and(|now| now.url.is_some())));
    let refused = Memo::new(move |_| {
        query.data.with(|now| {
            let (at, endpoint) = now.as_ref()?.refusal()?;
            Some((at, endpoint.to_owned()))
        })
    });
    let (honours, set_honours) = draft.flag(|form| &mut form.honours_keys);
    let keys_note = move || {
        if honours.get() {
            tr!(connections.keys_on)
        } else {
            tr!(connections.keys_off)
        }
    };
    view! {
        <Card title=tr!(connections.robots)>
            <div class="stack">
                <p class="small muted">{tr!(connections.robots_text)}</p>
                <Field label=tr!(connections.url) optional=true hint=tr!(connections.url_hint) error=save.field("url")>
                    <TextInput value=draft.part(|form| &mut form.url) kind="url" mono=true placeholder="https://robos.example.com/api"/>
                </Field>
                <SecretField
                    label=tr!(connections.token)
                    kept
                    set_word=tr!(settings.token_set)
                    unset_word=tr!(settings.token_unset)
                    change=draft.part(|form| &mut form.token)
                    hint=tr!(connections.token_hint)
                    error=save.field("token")
                />
                {move || refused.get().map(|(at, endpoint)| {
                    let title = tr!(connections.token_refused, at = format::date_time(*at));
                    view! { <Notice tone=Tone::NeedsYou title text=tr!(connections.token_refused_text, endpoint = endpoint)/> }
                })}
                <div class="stack stack--tight">
                    <Switch on=honours on_change=set_honours label=tr!(connections.honours_keys)/>
                    <p class="small muted" role="status">{keys_note}</p>
                </div>
                <ConnectionTest call=try_it ok failed dirty=draft.state.dirty configured on_over=move |()| query.refetch()/>
            </div>
        </Card>
    }
}

fn try_it() -> Try {
    Box::pin(api::executions::test_robots())
}

fn ok(took: String) -> String {
    tr!(connections.test_ok, took = took)
}

fn failed(took: String) -> String {
    tr!(connections.test_failed, took = took)
}

#[component]
pub(super) fn RobotLimits(draft: Draft<RobotForm>, save: Mutation) -> impl IntoView {
    view! {
        <Card title=tr!(connections.limits)>
            <div class="form-grid">
                <Field label=tr!(connections.max_running) hint=tr!(connections.max_running_hint) error=save.field("max_running")>
                    <TextInput value=draft.part(|form| &mut form.max_running) inputmode="numeric"/>
                </Field>
                <Field label=tr!(connections.max_per_operator) hint=tr!(connections.max_per_operator_hint) error=save.field("max_per_operator")>
                    <TextInput value=draft.part(|form| &mut form.max_per_operator) inputmode="numeric"/>
                </Field>
                <Field label=tr!(connections.max_minutes) hint=tr!(connections.max_minutes_hint) error=save.field("max_minutes")>
                    <TextInput value=draft.part(|form| &mut form.max_minutes) inputmode="numeric"/>
                </Field>
            </div>
        </Card>
    }
}
