//! A new token.

use chrono::Days;
use esteira_shared::{
    dto::administration::{ApiTokenCreate, ApiTokenCreated},
    permission::Permission,
};
use leptos::prelude::*;

use super::scopes::Scopes;
use crate::{
    api,
    components::{Choice, Dialog, Field, Form, Icon, IconName, Select, TextInput},
    hooks::{self, use_draft, use_mutation},
    i18n::tr,
    state::session::use_session,
    text::format,
};

const LIFETIMES: [i64; 5] = [7, 30, 90, 180, 365];
const USUAL: i64 = 90;

#[derive(Clone, PartialEq)]
struct TokenForm {
    name: String,
    days: String,
    scopes: Vec<Permission>,
}

impl TokenForm {
    fn empty() -> Self {
        Self {
            name: String::new(),
            days: USUAL.to_string(),
            scopes: Vec::new(),
        }
    }
}

impl hooks::Form for TokenForm {
    /// A token is made once and never changed.
    fn merge(&mut self, _base: &Self, _theirs: &Self) -> Vec<String> {
        Vec::new()
    }
}

#[component]
pub(super) fn TokenDialog(open: RwSignal<bool>, #[prop(into)] on_created: Callback<ApiTokenCreated>) -> impl IntoView {
    view! { <Dialog open title=tr!(tokens.create) wide=true><Fields open on_created/></Dialog> }
}

#[component]
fn Fields(open: RwSignal<bool>, on_created: Callback<ApiTokenCreated>) -> impl IntoView {
    let draft = use_draft("token/new".to_owned(), TokenForm::empty());
    let save = use_mutation();
    let allowed = untrack(|| use_session().get())
        .map(|session| session.permissions)
        .unwrap_or_default();
    let submit = move |()| {
        let form = draft.get_untracked();
        let create = ApiTokenCreate {
            name: form.name,
            scopes: form.scopes,
            expires_in_days: form.days.parse().unwrap_or(USUAL),
        };
        if save.accepts(&create) {
            save.run_quietly(
                async move { api::administration::create_token(&create).await },
                move |token| {
                    draft.saved(TokenForm::empty());
                    open.set(false);
                    on_created.run(token);
                },
            );
        }
    };
    let days = draft.part(|form| &mut form.days);
    let lifetimes = Choice::list(LIFETIMES.map(|days| (days.to_string(), tr!(tokens.days, count = days))));
    let until = move || {
        let last = days
            .get()
            .parse()
            .ok()
            .and_then(|days| format::today().checked_add_days(Days::new(days)));
        last.map(|last| tr!(tokens.until, date = format::date(last)))
    };
    let scopes_error = save.field("scopes");
    view! {
        <Form save draft=draft.state submit=tr!(tokens.create_do) on_submit=submit on_cancel=move |()| { draft.state.discard.run(()); open.set(false); }>
            <div class="form-grid">
                <Field label=tr!(tokens.name) hint=tr!(tokens.name_hint) error=save.field("name")>
                    <TextInput value=draft.part(|form| &mut form.name) autofocus=true/>
                </Field>
                <div class="stack stack--tight">
                    <Field label=tr!(tokens.lifetime) error=save.field("expires_in_days")><Select value=days options=lifetimes/></Field>
                    <span class="field__hint">{until}</span>
                </div>
            </div>
            <div class="stack stack--tight" role="group" aria-label=tr!(tokens.scopes)>
                <span class="field__label">{tr!(tokens.scopes)}</span>
                <span class="field__hint">{tr!(tokens.scopes_hint)}</span>
                <div aria-live="polite">
                    {move || scopes_error.get().map(|_| view! { <span class="field__error"><Icon name=IconName::Needs/>{tr!(tokens.scopes_missing)}</span> })}
                </div>
                <div class="scopes-grid"><Scopes value=draft.part(|form| &mut form.scopes) allowed/></div>
            </div>
        </Form>
    }
}
