//! Columns of the list of clients.

use esteira_shared::dto::clients::ClientDto;
use leptos::prelude::*;
use leptos_router::components::A;

use super::{list::ClientDialogs, remove::SetActive};
use crate::{
    components::{Badge, Column, IconName, Menu, MenuItem},
    i18n::tr,
    routes::paths,
    text::format,
};

pub(super) fn columns(dialogs: ClientDialogs, may_write: bool, set_active: SetActive) -> Vec<Column<ClientDto>> {
    let mut columns = vec![
        Column::new("name", tr!(clients.name), |client: &ClientDto| {
            let (address, name) = (paths::client(client.id), client.razao_social.clone());
            view! { <A href=address>{name}</A> }
        })
        .main(),
        Column::new("cnpj", tr!(clients.cnpj), |client: &ClientDto| {
            view! { <span class="num nowrap">{client.cnpj.formatted()}</span> }
        }),
        Column::new("accounts", tr!(clients.accounts), |client: &ClientDto| {
            view! { <span class:faint=client.accounts == 0>{format::count(client.accounts)}</span> }
        })
        .numeric(),
        Column::new("active", tr!(clients.status), |client: &ClientDto| {
            active(client.active)
        }),
    ];
    if may_write {
        columns.push(Column::actions(move |client: &ClientDto| {
            let label = tr!(forms.actions_of, name = client.razao_social.clone());
            let items = menu(client.clone(), dialogs, set_active);
            view! { <Menu label>{items()}</Menu> }
        }));
    }
    columns
}

/// In use is the rule and stays quiet; out of use is worth a mark.
pub(super) fn active(active: bool) -> AnyView {
    state(active, tr!(clients.active), tr!(clients.inactive))
}

pub(super) fn state(active: bool, yes: &'static str, no: &'static str) -> AnyView {
    if active {
        view! { <span class="muted">{yes}</span> }.into_any()
    } else {
        view! { <Badge>{no}</Badge> }.into_any()
    }
}

fn menu(
    client: ClientDto,
    dialogs: ClientDialogs,
    set_active: SetActive,
) -> impl Fn() -> AnyView + Send + Sync + Clone {
    let active = client.active;
    let row = StoredValue::new(client);
    let on = move |dialog| dialogs.on(Some(row.get_value()), dialog);
    move || {
        view! {
            <MenuItem icon=IconName::Edit on_click=move |()| on(dialogs.form)>{tr!(forms.edit)}</MenuItem>
            {if active {
                view! { <MenuItem icon=IconName::Pause on_click=move |()| on(dialogs.deactivation)>{tr!(forms.deactivate)}</MenuItem> }.into_any()
            } else {
                view! { <MenuItem icon=IconName::Play on_click=move |()| set_active.run((row.get_value(), true))>{tr!(forms.activate)}</MenuItem> }.into_any()
            }}
            <div class="menu__sep" role="separator"></div>
            <MenuItem icon=IconName::Trash danger=true on_click=move |()| on(dialogs.removal)>{tr!(forms.delete)}</MenuItem>
        }
        .into_any()
    }
}
