//! Sign-in. The address stays, so that one lands where one wanted to go.

use esteira_shared::{dto::administration::SessionCreate, error::FieldCode, error::FieldError};
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
pub fn SignInPage() -> impl IntoView {
    let session = use_session();
    let (email, password) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let enter = use_mutation();
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let form = SessionCreate {
            email: email.get_untracked().trim().to_owned(),
            password: password.get_untracked(),
        };
        let missing = [("email", form.email.is_empty()), ("password", form.password.is_empty())];
        let missing: Vec<FieldError> = missing
            .into_iter()
            .filter(|(_, empty)| *empty)
            .map(|(field, _)| FieldError::new(field, FieldCode::Required, "must not be empty"))
            .collect();
        if !missing.is_empty() {
            return enter.refuse(missing);
        }
        enter.run_quietly(
            async move { api::administration::create_session(&form).await },
            move |who| session.signed_in(who),
        );
    };
    view! {
        <Gate title=tr!(access.sign_in_title)>
            <form class="stack" novalidate on:submit=submit>
                {move || enter.error.get().filter(|error| error.fields.is_empty()).map(|error| view! { <ErrorCard error/> })}
                <Field label=tr!(access.email) error=enter.field("email")>
                    <TextInput value=email kind="email" autocomplete="username" autofocus=true/>
                </Field>
                <Field label=tr!(access.password) error=enter.field("password")>
                    <PasswordInput value=password/>
                </Field>
                <Button submit=true wide=true kind=Kind::Primary busy=enter.busy>{tr!(access.sign_in)}</Button>
                <small class="faint">{tr!(access.forgot)}</small>
            </form>
        </Gate>
    }
}
