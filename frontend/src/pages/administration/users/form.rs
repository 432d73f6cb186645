//! A new person, or a change to one.

use esteira_shared::{
    dto::administration::{UserCreate, UserDto, UserQuery, UserUpdate},
    ids::UserId,
    permission::Role,
};
use leptos::prelude::*;

use super::tokens::TokensOf;
use crate::{
    api,
    components::{
        Choice, Dialog, Field, Form, Notice, PasswordInput, SecretChange, SecretField, Select, Switch, TextInput,
    },
    hooks::{self, merge_fields, use_draft, use_mutation},
    i18n::tr,
    state::toasts::use_toasts,
    text::status,
};

#[derive(Clone, PartialEq, Default)]
struct UserForm {
    name: String,
    email: String,
    role: String,
    /// Of a new person.
    password: String,
    /// In place of the kept one.
    new_password: SecretChange,
    /// With the new password.
    end_tokens: bool,
    active: bool,
    version: i32,
}

impl UserForm {
    fn of(user: Option<UserDto>) -> Self {
        user.map_or_else(
            || Self {
                role: Role::Analyst.as_str().to_owned(),
                active: true,
                ..Self::default()
            },
            |user| Self {
                name: user.name,
                email: user.email,
                role: user.role.as_str().to_owned(),
                active: user.active,
                version: user.version,
                ..Self::default()
            },
        )
    }

    fn role(&self) -> Role {
        self.role.parse().unwrap_or(Role::Viewer)
    }
}

impl hooks::Form for UserForm {
    fn merge(&mut self, base: &Self, theirs: &Self) -> Vec<String> {
        self.version = theirs.version;
        merge_fields!(self, base, theirs;
            name => tr!(users.name),
            role => tr!(users.role),
            active => tr!(users.active),
        )
    }
}

#[component]
pub(super) fn UserDialog(
    open: RwSignal<bool>,
    chosen: RwSignal<Option<UserDto>>,
    me: UserId,
    #[prop(into)] on_saved: Callback<()>,
) -> impl IntoView {
    let title = Signal::derive(move || match chosen.get() {
        Some(user) => tr!(users.edit_title, name = user.name),
        None => tr!(users.create).to_owned(),
    });
    view! { <Dialog open title><Fields open chosen me on_saved/></Dialog> }
}

#[component]
fn Fields(
    open: RwSignal<bool>,
    chosen: RwSignal<Option<UserDto>>,
    me: UserId,
    on_saved: Callback<()>,
) -> impl IntoView {
    let user = chosen.get_untracked();
    let id = user.as_ref().map(|user| user.id);
    let email = user.as_ref().map(|user| user.email.clone()).unwrap_or_default();
    let key = id.map_or_else(|| "user/new".to_owned(), |id| format!("user/{id}"));
    let draft = use_draft(key, UserForm::of(user));
    let save = use_mutation();
    let done = move |user: UserDto| {
        let text = tr!(users.saved, name = user.name.clone());
        draft.saved(UserForm::of(Some(user)));
        open.set(false);
        on_saved.run(());
        use_toasts().done(text);
    };
    let submit = move |()| {
        let form = draft.get_untracked();
        let role = form.role();
        match id {
            None => {
                let create = UserCreate {
                    name: form.name,
                    email: form.email.trim().to_owned(),
                    role,
                    password: form.password,
                };
                if save.accepts(&create) {
                    save.run_quietly(async move { api::administration::create_user(&create).await }, done);
                }
            }
            Some(id) => {
                let update = UserUpdate {
                    name: form.name,
                    role,
                    active: form.active,
                    end_tokens: form.end_tokens && form.new_password != SecretChange::Keep,
                    password: form.new_password.to_wire(),
                    version: form.version,
                };
                if save.accepts(&update) {
                    save.run_quietly(async move { api::administration::update_user(id, &update).await }, done);
                }
            }
        }
    };
    // One person cannot be asked for alone: found again by the e-mail, which never changes.
    let reread = move |()| {
        let query = UserQuery {
            q: Some(email.clone()),
            ..UserQuery::default()
        };
        save.run_quietly(
            async move { api::administration::list_users(&query).await },
            move |page| {
                if let Some(now) = page.items.into_iter().find(|user| Some(user.id) == id) {
                    draft.meet(&UserForm::of(Some(now)));
                }
            },
        );
    };
    let roles = Choice::list(Role::ALL.iter().map(|role| (role.as_str(), status::role(*role))));
    let role = draft.part(|form| &mut form.role);
    let (active, set_active) = draft.flag(|form| &mut form.active);
    let myself = id == Some(me);
    let new_password = draft.part(|form| &mut form.new_password);
    let (end_tokens, set_end_tokens) = draft.flag(|form| &mut form.end_tokens);
    let asked = Memo::new(move |_| new_password.with(|change| *change != SecretChange::Keep));
    let tokens = move || {
        id.filter(|_| asked.get())
            .map(|user| view! { <TokensOf user end=end_tokens set_end=set_end_tokens/> })
    };
    view! {
        <Form save draft=draft.state submit=tr!(users.save) on_submit=submit on_conflict=reread on_cancel=move |()| { draft.state.discard.run(()); open.set(false); }>
            <Field label=tr!(users.name) error=save.field("name")>
                <TextInput value=draft.part(|form| &mut form.name) autofocus=true/>
            </Field>
            {id.is_none().then(|| view! {
                <Field label=tr!(users.email) hint=tr!(users.email_hint) error=save.field("email")>
                    <TextInput value=draft.part(|form| &mut form.email) kind="email"/>
                </Field>
            })}
            <div class="stack stack--tight">
                <Field label=tr!(users.role) error=save.field("role")><Select value=role options=roles/></Field>
                <p class="small muted" role="status">{move || role_words(&role.get())}</p>
            </div>
            {if id.is_none() {
                view! {
                    <Field label=tr!(users.password) hint=tr!(users.password_hint) error=save.field("password")>
                        <PasswordInput value=draft.part(|form| &mut form.password) new=true/>
                    </Field>
                }.into_any()
            } else if myself {
                // One's own password is changed in one's own account, where the current one is asked for.
                ().into_any()
            } else {
                view! {
                    <NewPassword change=new_password error=save.field("password")/>
                    {tokens}
                }.into_any()
            }}
            {(id.is_some() && !myself).then(|| view! { <Switch on=active on_change=set_active label=tr!(users.active_label)/> })}
            {id.is_some().then(|| view! { <Notice title=tr!(users.sessions_title) text=tr!(users.sessions_text)/> })}
        </Form>
    }
}

#[component]
fn NewPassword(change: RwSignal<SecretChange>, #[prop(into)] error: Signal<Option<String>>) -> impl IntoView {
    view! {
        <SecretField
            label=tr!(users.password)
            kept=true
            removable=false
            set_word=tr!(users.password_set)
            unset_word=""
            change
            hint=tr!(users.password_hint)
            error
        />
    }
}

/// What each role may do; each includes the ones before it.
fn role_words(role: &str) -> &'static str {
    match role.parse().unwrap_or(Role::Viewer) {
        Role::Viewer => tr!(users.role_viewer),
        Role::Analyst => tr!(users.role_analyst),
        Role::Manager => tr!(users.role_manager),
        Role::Admin => tr!(users.role_admin),
    }
}
