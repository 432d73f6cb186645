//! A new account, or a change to one. The portal's password goes in and never comes back.

use esteira_shared::{
    dto::clients::{AccountCreate, AccountDto, AccountUpdate},
    event::Topic,
    ids::{AccountId, ClientId, OperatorId},
};
use leptos::prelude::*;

use crate::{
    api,
    components::{Choice, Dialog, Field, Form, SecretChange, SecretField, Select, Switch, TextInput},
    hooks::{self, merge_fields, use_draft, use_mutation, use_query},
    i18n::tr,
    state::toasts::use_toasts,
};

#[derive(Clone, PartialEq, Default)]
struct AccountForm {
    operator_id: String,
    account_number: String,
    portal_login: String,
    password: SecretChange,
    active: bool,
    version: i32,
}

impl AccountForm {
    fn of(account: Option<AccountDto>) -> Self {
        account.map_or_else(
            || Self {
                active: true,
                ..Self::default()
            },
            |account| Self {
                operator_id: account.operator_id.to_string(),
                account_number: account.account_number,
                portal_login: account.portal_login.unwrap_or_default(),
                password: SecretChange::Keep,
                active: account.active,
                version: account.version,
            },
        )
    }

    fn login(&self) -> Option<String> {
        Some(self.portal_login.trim().to_owned()).filter(|login| !login.is_empty())
    }
}

impl hooks::Form for AccountForm {
    fn merge(&mut self, base: &Self, theirs: &Self) -> Vec<String> {
        self.version = theirs.version;
        merge_fields!(self, base, theirs;
            account_number => tr!(accounts.number),
            portal_login => tr!(accounts.login),
            active => tr!(accounts.active_label),
        )
    }
}

#[component]
pub(super) fn AccountDialog(
    client: ClientId,
    open: RwSignal<bool>,
    chosen: RwSignal<Option<AccountDto>>,
    /// The client's accounts: it has one per operator.
    taken: RwSignal<Option<Vec<AccountDto>>>,
    #[prop(into)] on_saved: Callback<()>,
) -> impl IntoView {
    let title = Signal::derive(move || match chosen.get() {
        Some(account) => tr!(accounts.edit_title, name = account.operator_name),
        None => tr!(accounts.create).to_owned(),
    });
    view! { <Dialog open title><Fields client open chosen taken on_saved/></Dialog> }
}

#[component]
fn Fields(
    client: ClientId,
    open: RwSignal<bool>,
    chosen: RwSignal<Option<AccountDto>>,
    taken: RwSignal<Option<Vec<AccountDto>>>,
    on_saved: Callback<()>,
) -> impl IntoView {
    let account = chosen.get_untracked();
    let id: Option<AccountId> = account.as_ref().map(|account| account.id);
    let password_kept = account.as_ref().is_some_and(|account| account.portal_password_set);
    let key = id.map_or_else(|| format!("account/new/{client}"), |id| format!("account/{id}"));
    let draft = use_draft(key, AccountForm::of(account));
    let save = use_mutation();
    let password = draft.part(|form| &mut form.password);
    let done = move |account: AccountDto| {
        let text = tr!(accounts.saved, name = account.operator_name.clone());
        draft.saved(AccountForm::of(Some(account)));
        open.set(false);
        on_saved.run(());
        use_toasts().done(text);
    };
    let submit = move |()| {
        let form = draft.get_untracked();
        let login = form.login();
        save.clear();
        if form.password.is_unfinished() {
            return save.refuse_field("portal_password", tr!(errors.field_required));
        }
        match id {
            None => {
                let Ok(operator_id) = form.operator_id.parse::<OperatorId>() else {
                    return save.refuse_field("operator_id", tr!(accounts.operator_missing));
                };
                let create = AccountCreate {
                    operator_id,
                    account_number: form.account_number,
                    portal_login: login,
                    portal_password: form.password.to_wire(),
                };
                if save.accepts(&create) {
                    save.run_quietly(async move { api::clients::create_account(client, &create).await }, done);
                }
            }
            Some(id) => {
                let update = AccountUpdate {
                    account_number: form.account_number,
                    portal_login: login,
                    portal_password: form.password.to_wire(),
                    active: form.active,
                    version: form.version,
                };
                if save.accepts(&update) {
                    save.run_quietly(async move { api::clients::update_account(id, &update).await }, done);
                }
            }
        }
    };
    let reread = move |()| {
        save.run_quietly(async move { api::clients::list_accounts(client).await }, move |all| {
            if let Some(now) = all.into_iter().find(|account| Some(account.id) == id) {
                draft.meet(&AccountForm::of(Some(now)));
            }
        });
    };
    let (active, set_active) = draft.flag(|form| &mut form.active);
    view! {
        <Form save draft=draft.state submit=tr!(accounts.save) on_submit=submit on_conflict=reread on_cancel=move |()| { draft.state.discard.run(()); open.set(false); }>
            {id.is_none().then(|| view! {
                <Field label=tr!(accounts.operator) hint=tr!(accounts.operator_hint) error=save.field("operator_id")>
                    <OperatorSelect value=draft.part(|form| &mut form.operator_id) taken/>
                </Field>
            })}
            <Field label=tr!(accounts.number) hint=tr!(accounts.number_hint) error=save.field("account_number")>
                <TextInput value=draft.part(|form| &mut form.account_number) mono=true/>
            </Field>
            <Field label=tr!(accounts.login) optional=true error=save.field("portal_login")>
                <TextInput value=draft.part(|form| &mut form.portal_login) mono=true/>
            </Field>
            <SecretField
                label=tr!(accounts.password)
                kept=password_kept
                set_word=tr!(accounts.password_set)
                unset_word=tr!(accounts.password_unset)
                change=password
                hint=tr!(accounts.password_hint)
                error=save.field("portal_password")
            />
            {id.map(|_| view! { <Switch on=active on_change=set_active label=tr!(accounts.active_label)/> })}
        </Form>
    }
}

/// Operators in use that the client has no account with yet.
#[component]
fn OperatorSelect(value: RwSignal<String>, taken: RwSignal<Option<Vec<AccountDto>>>) -> impl IntoView {
    let operators = use_query(&[Topic::Operators], || async { api::operators::all_operators().await });
    let options = Signal::derive(move || {
        let taken = taken.get().unwrap_or_default();
        let free = operators
            .data
            .get()
            .unwrap_or_default()
            .into_iter()
            .filter(move |operator| operator.active && !taken.iter().any(|account| account.operator_id == operator.id));
        Choice::list(free.map(|operator| (operator.id.to_string(), operator.name)))
    });
    view! { <Select value options placeholder=tr!(parts.choose)/> }
}
