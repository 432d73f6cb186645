//! First run: the organisation and its first administrator.

use esteira_shared::{dto::administration::SetupCreate, error::ErrorCode};
use leptos::prelude::*;

use super::Gate;
use crate::{
    api,
    components::{Button, ErrorCard, Field, Kind, PasswordInput, TextInput},
    hooks::use_mutation,
    i18n::tr,
    state::session::use_session,
};

#[component]
pub fn SetupPage() -> impl IntoView {
    let session = use_session();
    let text = || RwSignal::new(String::new());
    let (code, organization, name, email, password, again) = (text(), text(), text(), text(), text(), text());
    let create = use_mutation();
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let form = SetupCreate {
            code: code.get_untracked().trim().to_owned(),
            organization_name: organization.get_untracked().trim().to_owned(),
            name: name.get_untracked().trim().to_owned(),
            email: email.get_untracked().trim().to_owned(),
            password: password.get_untracked(),
        };
        if !create.accepts(&form) {
            return;
        }
        if form.password != again.get_untracked() {
            return create.refuse_field("password_again", tr!(access.passwords_differ));
        }
        create.run_quietly(
            async move { api::administration::create_setup(&form).await },
            move |who| session.signed_in(who),
        );
    };
    // Somebody else was faster: the way on is to sign in.
    let done_elsewhere = move || {
        create
            .error
            .with(|error| error.as_ref().is_some_and(|error| error.is(ErrorCode::SetupDone)))
    };
    view! {
        <Gate title=tr!(access.setup_title) text=tr!(access.setup_text) wide=true>
            <form class="stack" novalidate on:submit=submit>
                {move || create.error.get().filter(|error| error.fields.is_empty()).map(|error| view! { <ErrorCard error/> })}
                <Show when=done_elsewhere>
                    <Button on_click=move |()| session.refresh()>{tr!(access.back_to_sign_in)}</Button>
                </Show>
                <Field label=tr!(access.setup_code) hint=tr!(access.setup_code_hint) error=create.field("code")>
                    <TextInput value=code autofocus=true/>
                </Field>
                <Field label=tr!(access.organization) hint=tr!(access.organization_hint) error=create.field("organization_name")>
                    <TextInput value=organization autocomplete="organization"/>
                </Field>
                <Field label=tr!(access.name) error=create.field("name")>
                    <TextInput value=name autocomplete="name"/>
                </Field>
                <Field label=tr!(access.email) error=create.field("email")>
                    <TextInput value=email kind="email" autocomplete="username"/>
                </Field>
                <Field label=tr!(access.password) hint=tr!(access.password_hint) error=create.field("password")>
                    <PasswordInput value=password new=true/>
                </Field>
                <Field label=tr!(access.password_again) error=create.field("password_again")>
                    <PasswordInput value=again new=true/>
                </Field>
                <Button submit=true wide=true kind=Kind::Primary busy=create.busy>{tr!(access.setup_do)}</Button>
            </form>
        </Gate>
    }
}
