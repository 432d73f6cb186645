//! Configurações: the organisation and its connection to SAT.

mod email;
mod form;
mod sat;
mod zones;

use esteira_shared::{dto::administration::OrganizationDto, event::Topic};
use leptos::prelude::*;
use leptos_router::components::A;

use crate::{
    api,
    components::{AsyncView, Card, Combobox, Field, Form, PageHead, SecretField, TextInput},
    hooks::{Query, use_draft, use_mutation, use_query},
    i18n::tr,
    routes::paths,
    state::{session::use_session, toasts::use_toasts},
};
use email::EmailCard;
use form::SettingsForm;
use sat::SatTest;

#[component]
pub fn SettingsPage() -> impl IntoView {
    let organization = use_query(&[Topic::Organization], || async {
        api::administration::get_organization().await
    });
    view! {
        <div class="page--narrow">
            <PageHead title=tr!(frame.settings)/>
            <div class="stack">
                <AsyncView query=organization let:data>
                    <Fields first=data.get_untracked() query=organization/>
                </AsyncView>
                <EmailCard/>
            </div>
        </div>
    }
}

#[component]
fn Fields(first: OrganizationDto, query: Query<OrganizationDto>) -> impl IntoView {
    let token_kept = Signal::derive(move || query.data.with(|now| now.as_ref().is_some_and(|now| now.sat_token_set)));
    let draft = use_draft("organization".to_owned(), SettingsForm::of(&first));
    let save = use_mutation();
    let session = use_session();
    // Somebody else saved: with nothing typed here the new values simply appear; otherwise the conflict is told on saving.
    Effect::new(move |_| {
        if let Some(now) = query.data.get()
            && !draft.state.dirty.get_untracked()
        {
            draft.saved(SettingsForm::of(&now));
        }
    });
    let submit = move |()| {
        let form = draft.get_untracked();
        save.clear();
        let Some(bytes) = form.bytes() else {
            return save.refuse_field("max_document_bytes", tr!(settings.not_a_number));
        };
        let Some(days) = form.days() else {
            return save.refuse_field("late_after_days", tr!(settings.not_a_number));
        };
        if form.sat_token.is_unfinished() {
            return save.refuse_field("sat_token", tr!(errors.field_required));
        }
        let update = form.update(bytes, days);
        if save.accepts(&update) {
            save.run_quietly(
                async move { api::administration::update_organization(&update).await },
                move |now| {
                    draft.saved(SettingsForm::of(&now));
                    query.set(now);
                    // Name and zone are shown everywhere.
                    session.refresh();
                    use_toasts().done(tr!(settings.saved));
                },
            );
        }
    };
    let reread = move |()| {
        save.run_quietly(
            async move { api::administration::get_organization().await },
            move |now| {
                draft.meet(&SettingsForm::of(&now));
                query.set(now);
            },
        );
    };
    let zone = draft.part(|form| &mut form.timezone);
    let typed = RwSignal::new(String::new());
    let zones = Signal::derive(move || zones::choices(&typed.get(), &zone.get()));
    view! {
        <Form save draft=draft.state submit=tr!(settings.save) on_submit=submit on_conflict=reread disabled=Signal::derive(move || !draft.state.dirty.get())>
            <Card title=tr!(settings.organization)>
                <div class="stack">
                    <Field label=tr!(settings.name) hint=tr!(access.organization_hint) error=save.field("name")>
                        <TextInput value=draft.part(|form| &mut form.name)/>
                    </Field>
                    <Field label=tr!(settings.zone) hint=tr!(settings.zone_hint) error=save.field("timezone")>
                        <Combobox value=zone options=zones on_search=move |text| typed.set(text)/>
                    </Field>
                </div>
            </Card>
            <Card title=tr!(settings.processes)>
                <div class="form-grid">
                    <Field label=tr!(settings.late) hint=tr!(settings.late_hint) error=save.field("late_after_days")>
                        <TextInput value=draft.part(|form| &mut form.late_after_days) inputmode="numeric"/>
                    </Field>
                    <Field label=tr!(settings.size) hint=tr!(settings.size_hint) error=save.field("max_document_bytes")>
                        <TextInput value=draft.part(|form| &mut form.max_document_mib) inputmode="decimal"/>
                    </Field>
                </div>
            </Card>
            <Card title=tr!(settings.sat)>
                <div class="stack">
                    <Field label=tr!(settings.sat_url) optional=true hint=tr!(settings.sat_url_hint) error=save.field("sat_url")>
                        <TextInput value=draft.part(|form| &mut form.sat_url) kind="url" mono=true placeholder="https://sat.example.com/api"/>
                    </Field>
                    <SecretField
                        label=tr!(settings.sat_token)
                        kept=token_kept
                        set_word=tr!(settings.token_set)
                        unset_word=tr!(settings.token_unset)
                        change=draft.part(|form| &mut form.sat_token)
                        hint=tr!(settings.token_hint)
                        error=save.field("sat_token")
                    />
                    <SatTest
                        dirty=draft.state.dirty
                        configured=Signal::derive(move || query.data.with(|now| now.as_ref().is_some_and(|now| now.sat_url.is_some())))
                    />
                    <p class="small muted">
                        {tr!(settings.sat_transport)}" "<A href=paths::CONNECTIONS attr:class="link">{tr!(settings.go_connections)}</A>
                    </p>
                </div>
            </Card>
        </Form>
    }
}
