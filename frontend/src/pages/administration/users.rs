//! Usuários.

mod form;
mod tokens;

use esteira_shared::{
    dto::administration::{UserDto, UserQuery, UserUpdate},
    event::Topic,
    ids::UserId,
    permission::Role,
};
use leptos::prelude::*;

use crate::{
    api,
    components::{
        AsyncView, Badge, Button, Choice, Column, ConfirmDialog, DataTable, EmptyState, FilterBar, FilterChip,
        IconName, Kind, Menu, MenuItem, PageHead, Pager, RelativeTime,
    },
    hooks::{use_list_query, use_mutation, use_query},
    i18n::tr,
    state::{
        keys::{Key, use_keys},
        session::use_session,
        toasts::use_toasts,
    },
    text::status,
};
use form::UserDialog;

#[derive(Clone, Copy)]
struct UserDialogs {
    /// `None` in an open form means a new person.
    chosen: RwSignal<Option<UserDto>>,
    form: RwSignal<bool>,
    deactivation: RwSignal<bool>,
    me: UserId,
}

impl UserDialogs {
    fn on(self, user: Option<UserDto>, dialog: RwSignal<bool>) {
        self.chosen.set(user);
        dialog.set(true);
    }
}

#[component]
pub fn UsersPage() -> impl IntoView {
    let list = use_list_query();
    let users = use_query(&[Topic::Users], move || {
        let query = list.read::<UserQuery>();
        async move { api::administration::list_users(&query).await }
    });
    let Some(me) = untrack(|| use_session().get()).map(|session| session.user.id) else {
        return ().into_any();
    };
    let dialogs = UserDialogs {
        chosen: RwSignal::new(None),
        form: RwSignal::new(false),
        deactivation: RwSignal::new(false),
        me,
    };
    let toggle = use_mutation();
    let set_active = Callback::new(move |(user, active): (UserDto, bool)| {
        let update = UserUpdate {
            name: user.name,
            role: user.role,
            active,
            password: None,
            end_tokens: false,
            version: user.version,
        };
        toggle.run(
            async move { api::administration::update_user(user.id, &update).await },
            move |user| {
                dialogs.deactivation.set(false);
                users.refetch();
                use_toasts().done(if user.active {
                    tr!(users.activated, name = user.name)
                } else {
                    tr!(users.deactivated, name = user.name)
                });
            },
        );
    });
    let create = move || dialogs.on(None, dialogs.form);
    use_keys(tr!(parts.keys_here), vec![Key::new("n", tr!(users.create), create)]);
    let roles = Choice::list(Role::ALL.iter().map(|role| (role.as_str(), status::role(*role))));
    let states = Choice::list([("true", tr!(users.actives)), ("false", tr!(users.inactives))]);
    let nothing = || view! { <EmptyState icon=IconName::Find title=tr!(parts.empty_filtered_title) text=tr!(parts.empty_filtered_text)/> };
    let name = Signal::derive(move || {
        dialogs
            .chosen
            .with(|chosen| chosen.as_ref().map(|one| one.name.clone()).unwrap_or_default())
    });
    view! {
        <PageHead title=tr!(frame.users)>
            <Button kind=Kind::Primary icon=IconName::Plus on_click=move |()| create()>{tr!(users.create)}</Button>
        </PageHead>
        <FilterBar list search="q" search_label=tr!(users.search)>
            <FilterChip list key="role" label=tr!(users.role) options=roles/>
            <FilterChip list key="active" label=tr!(users.status) options=states/>
        </FilterBar>
        <AsyncView query=users empty_when=|page| page.items.is_empty() empty=nothing let:page>
            <DataTable
                name="users"
                columns=columns(dialogs, set_active)
                rows=Signal::derive(move || page.with(|page| page.items.clone()))
                row_id=|user| user.id.to_string()
                row_label=|user| user.name.clone()
                list
                live=users.freshness()
            />
            <Pager list next=Signal::derive(move || page.with(|page| page.next_cursor.clone()))/>
        </AsyncView>
        <UserDialog open=dialogs.form chosen=dialogs.chosen me on_saved=move |()| users.refetch()/>
        <ConfirmDialog
            open=dialogs.deactivation
            title=Signal::derive(move || tr!(users.deactivate_title, name = name.get()))
            confirm=tr!(users.deactivate)
            danger=true
            busy=toggle.busy
            on_confirm=move |()| if let Some(user) = dialogs.chosen.get_untracked() { set_active.run((user, false)) }
        >
            <p>{move || tr!(users.deactivate_text, name = name.get())}</p>
        </ConfirmDialog>
    }
    .into_any()
}

fn columns(dialogs: UserDialogs, set_active: Callback<(UserDto, bool)>) -> Vec<Column<UserDto>> {
    vec![
        Column::new("name", tr!(users.name), move |user: &UserDto| {
            let (name, row) = (user.name.clone(), user.clone());
            let me = user.id == dialogs.me;
            view! {
                <span class="line">
                    <button type="button" class="row-open" on:click=move |_| dialogs.on(Some(row.clone()), dialogs.form)>{name}</button>
                    {me.then(|| view! { <Badge accent=true>{tr!(users.you)}</Badge> })}
                </span>
            }
        })
        .main(),
        Column::new("email", tr!(users.email), |user: &UserDto| {
            let email = user.email.clone();
            view! { <span class="break">{email}</span> }
        }),
        Column::new("role", tr!(users.role), |user: &UserDto| status::role(user.role)),
        Column::new("last", tr!(users.last_sign_in), |user: &UserDto| match user.last_sign_in_at {
            Some(at) => view! { <RelativeTime at=at/> }.into_any(),
            None => view! { <span class="faint">{tr!(users.never)}</span> }.into_any(),
        }),
        Column::new("active", tr!(users.status), |user: &UserDto| {
            if user.active {
                view! { <span class="muted">{tr!(users.active)}</span> }.into_any()
            } else {
                view! { <Badge>{tr!(users.inactive)}</Badge> }.into_any()
            }
        }),
        Column::actions(move |user: &UserDto| actions(user, dialogs, set_active)),
    ]
}

fn actions(user: &UserDto, dialogs: UserDialogs, set_active: Callback<(UserDto, bool)>) -> AnyView {
    let row = StoredValue::new(user.clone());
    let on = move |dialog| dialogs.on(Some(row.get_value()), dialog);
    // Nobody shuts themselves out by a slip.
    let (active, me) = (user.active, user.id == dialogs.me);
    view! {
        <Menu label=tr!(forms.actions_of, name = user.name.clone())>
            <MenuItem icon=IconName::Edit on_click=move |()| on(dialogs.form)>{tr!(forms.edit)}</MenuItem>
            {(active && !me).then(|| view! { <MenuItem icon=IconName::Pause danger=true on_click=move |()| on(dialogs.deactivation)>{tr!(forms.deactivate)}</MenuItem> })}
            {(!active).then(|| view! { <MenuItem icon=IconName::Play on_click=move |()| set_active.run((row.get_value(), true))>{tr!(forms.activate)}</MenuItem> })}
        </Menu>
    }
    .into_any()
}
