//! The accounts of a client: its contract with each operator.

mod form;

use esteira_shared::{
    dto::clients::{AccountDto, AccountUpdate},
    event::Topic,
    ids::ClientId,
};
use leptos::prelude::*;

use super::columns::state;
use crate::{
    api,
    components::{
        AsyncView, Button, Card, Column, ConfirmDialog, CopyText, DataTable, EmptyState, IconName, Menu, MenuItem,
        RemoveDialog,
    },
    hooks::{use_mutation, use_query},
    i18n::tr,
    state::toasts::use_toasts,
};
use form::AccountDialog;

#[derive(Clone, Copy)]
struct AccountDialogs {
    /// `None` in an open form means a new one.
    chosen: RwSignal<Option<AccountDto>>,
    form: RwSignal<bool>,
    removal: RwSignal<bool>,
    deactivation: RwSignal<bool>,
}

impl AccountDialogs {
    fn on(self, account: Option<AccountDto>, dialog: RwSignal<bool>) {
        self.chosen.set(account);
        dialog.set(true);
    }

    fn operator(self) -> String {
        self.chosen
            .with(|chosen| chosen.as_ref().map(|one| one.operator_name.clone()).unwrap_or_default())
    }
}

#[component]
pub(super) fn Accounts(
    client: ClientId,
    may_write: bool,
    /// An account came, went or changed.
    #[prop(into)]
    on_changed: Callback<()>,
) -> impl IntoView {
    let accounts = use_query(&[Topic::Clients, Topic::Operators], move || async move {
        api::clients::list_accounts(client).await
    });
    let dialogs = AccountDialogs {
        chosen: RwSignal::new(None),
        form: RwSignal::new(false),
        removal: RwSignal::new(false),
        deactivation: RwSignal::new(false),
    };
    let changed = move || {
        accounts.refetch();
        on_changed.run(());
    };
    let toggle = use_mutation();
    let set_active = Callback::new(move |(account, active): (AccountDto, bool)| {
        let update = AccountUpdate {
            account_number: account.account_number,
            portal_login: account.portal_login,
            portal_password: None,
            active,
            version: account.version,
        };
        toggle.run(
            async move { api::clients::update_account(account.id, &update).await },
            move |account| {
                dialogs.deactivation.set(false);
                dialogs.removal.set(false);
                accounts.refetch();
                use_toasts().done(if account.active {
                    tr!(accounts.activated, name = account.operator_name)
                } else {
                    tr!(accounts.deactivated, name = account.operator_name)
                });
            },
        );
    });
    let add = move || {
        may_write.then(|| view! { <Button small=true icon=IconName::Plus on_click=move |()| dialogs.on(None, dialogs.form)>{tr!(accounts.create)}</Button> })
    };
    let nothing = move || view! { <EmptyState icon=IconName::Operator title=tr!(accounts.empty_title) text=tr!(accounts.empty_text)>{add()}</EmptyState> };
    view! {
        <Card title=tr!(accounts.title) flush=true aside=move || add().into_any()>
            <div class="card-table">
                <AsyncView query=accounts empty_when=|all| all.is_empty() empty=nothing let:all>
                    <DataTable
                        name="accounts"
                        columns=columns(dialogs, may_write, set_active)
                        rows=all
                        row_id=|account| account.id.to_string()
                        row_label=|account| account.operator_name.clone()
                        live=accounts.freshness()
                    />
                </AsyncView>
            </div>
        </Card>
        {may_write.then(|| view! {
            <AccountDialog client open=dialogs.form chosen=dialogs.chosen taken=accounts.data on_saved=move |()| changed()/>
            <RemoveAccount dialogs set_active on_removed=move |()| changed()/>
            <ConfirmDialog
                open=dialogs.deactivation
                title=Signal::derive(move || tr!(accounts.deactivate_title, name = dialogs.operator()))
                confirm=tr!(accounts.deactivate)
                busy=toggle.busy
                on_confirm=move |()| if let Some(account) = dialogs.chosen.get_untracked() { set_active.run((account, false)) }
            >
                <p>{tr!(accounts.deactivate_text)}</p>
            </ConfirmDialog>
        })}
    }
}

fn columns(
    dialogs: AccountDialogs,
    may_write: bool,
    set_active: Callback<(AccountDto, bool)>,
) -> Vec<Column<AccountDto>> {
    let dash = || view! { <span class="faint">"—"</span> }.into_any();
    let mut columns = vec![
        Column::new("operator", tr!(accounts.operator), |account: &AccountDto| {
            account.operator_name.clone()
        })
        .main(),
        Column::new("number", tr!(accounts.number), |account: &AccountDto| {
            view! { <CopyText text=account.account_number.clone() mono=true/> }
        }),
        Column::new(
            "login",
            tr!(accounts.login),
            move |account: &AccountDto| match account.portal_login.clone() {
                Some(login) => view! { <CopyText text=login/> }.into_any(),
                None => dash(),
            },
        ),
        Column::new("password", tr!(accounts.password), |account: &AccountDto| {
            if account.portal_password_set {
                view! { <span class="muted">{tr!(accounts.password_set)}</span> }.into_any()
            } else {
                view! { <span class="faint">{tr!(accounts.password_unset)}</span> }.into_any()
            }
        }),
        Column::new("active", tr!(accounts.status), |account: &AccountDto| {
            state(account.active, tr!(accounts.active), tr!(accounts.inactive))
        }),
    ];
    if may_write {
        columns.push(Column::actions(move |account: &AccountDto| {
            actions(account, dialogs, set_active)
        }));
    }
    columns
}

fn actions(account: &AccountDto, dialogs: AccountDialogs, set_active: Callback<(AccountDto, bool)>) -> AnyView {
    let row = StoredValue::new(account.clone());
    let on = move |dialog| dialogs.on(Some(row.get_value()), dialog);
    let active = account.active;
    view! {
        <Menu label=tr!(forms.actions_of, name = account.operator_name.clone())>
            <MenuItem icon=IconName::Edit on_click=move |()| on(dialogs.form)>{tr!(forms.edit)}</MenuItem>
            {if active {
                view! { <MenuItem icon=IconName::Pause on_click=move |()| on(dialogs.deactivation)>{tr!(forms.deactivate)}</MenuItem> }.into_any()
            } else {
                view! { <MenuItem icon=IconName::Play on_click=move |()| set_active.run((row.get_value(), true))>{tr!(forms.activate)}</MenuItem> }.into_any()
            }}
            <div class="menu__sep" role="separator"></div>
            <MenuItem icon=IconName::Trash danger=true on_click=move |()| on(dialogs.removal)>{tr!(forms.delete)}</MenuItem>
        </Menu>
    }
    .into_any()
}

#[component]
fn RemoveAccount(
    dialogs: AccountDialogs,
    set_active: Callback<(AccountDto, bool)>,
    #[prop(into)] on_removed: Callback<()>,
) -> impl IntoView {
    let remove = use_mutation();
    let confirm = move |()| {
        let Some(account) = dialogs.chosen.get_untracked() else {
            return;
        };
        let text = tr!(accounts.deleted, name = account.operator_name);
        remove.run_quietly(
            async move { api::clients::delete_account(account.id).await },
            move |()| {
                dialogs.removal.set(false);
                on_removed.run(());
                use_toasts().done(text);
            },
        );
    };
    view! {
        <RemoveDialog
            open=dialogs.removal
            title=Signal::derive(move || tr!(accounts.delete_title, name = dialogs.operator()))
            confirm=tr!(accounts.delete_do)
            remove
            in_use_text=tr!(accounts.in_use)
            active=Signal::derive(move || dialogs.chosen.with(|chosen| chosen.as_ref().is_some_and(|one| one.active)))
            on_confirm=confirm
            on_deactivate=move |()| if let Some(account) = dialogs.chosen.get_untracked() { set_active.run((account, false)) }
        >
            <p>{move || {
                let number = dialogs.chosen.with(|chosen| chosen.as_ref().map(|one| one.account_number.clone()).unwrap_or_default());
                tr!(accounts.delete_text, number = number)
            }}</p>
        </RemoveDialog>
    }
}
