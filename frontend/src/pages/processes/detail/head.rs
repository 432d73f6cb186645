//! Who, which month, how it stands, and the next thing to do.

use esteira_shared::dto::processes::{MatrixQuery, ProcessDetailDto, ProcessDto, ProcessQuery};
use leptos::prelude::*;
use leptos_router::{components::A, hooks::use_navigate};

use super::actions::{Act, ProcessActions, acts};
use crate::{
    components::{Button, Icon, IconName, Kind, Menu, MenuItem, PageHead, StatusBadge},
    i18n::tr,
    routes::paths,
    state::{
        keys::{Key, use_keys},
        session::use_session,
    },
    text::format,
};

#[component]
pub(super) fn Head(data: Signal<ProcessDetailDto>, actions: ProcessActions) -> impl IntoView {
    let session = use_session();
    let offered = Memo::new(move |_| data.with(|detail| acts(detail, session)));
    let process = Memo::new(move |_| data.with(|detail| detail.process.clone()));
    let next = Memo::new(move |_| offered.with(|offered| offered.first().copied()));
    use_keys(
        tr!(processes.keys),
        vec![Key::new("a", tr!(processes.approve), move || {
            if next.get_untracked() == Some(Act::Approve) && !actions.change.busy.get_untracked() {
                actions.run(Act::Approve);
            }
        })],
    );
    let title = Signal::derive(move || process.with(|process| process.client_name.clone()));
    view! {
        <PageHead title>
            {move || next.get().map(|act| view! {
                <Button kind=Kind::Primary icon=act.icon() busy=actions.busy() on_click=move |()| actions.run(act)>{act.label()}</Button>
            })}
            <More process offered actions/>
        </PageHead>
        <div class="process__line">
            {move || process.with(line)}
        </div>
    }
}

/// Operator, month, account and status in one line.
fn line(process: &ProcessDto) -> impl IntoView + use<> {
    let month = process.mes_ano;
    view! {
        <StatusBadge status=process.status pill=true/>
        <b>{process.operator_name.clone()}</b>
        <A href=paths::month_where(month, &MatrixQuery::default()) attr:class="link">{format::month(month)}</A>
        <span class="muted">{tr!(processes.account_number, number = process.account_number.clone())}</span>
        <span class="muted mono">{process.client_cnpj.formatted()}</span>
    }
}

#[component]
fn More(process: Memo<ProcessDto>, offered: Memo<Vec<Act>>, actions: ProcessActions) -> impl IntoView {
    let navigate = StoredValue::new_local(use_navigate());
    let go = move |address: String| navigate.with_value(|navigate| navigate(&address, Default::default()));
    view! {
        <Menu label=tr!(parts.actions) class="btn" face=|| view! { <Icon name=IconName::More/> }>
            {move || offered.get().into_iter().skip(1).map(|act| view! {
                <MenuItem icon=act.icon() danger=act == Act::Reject on_click=move |()| actions.run(act)>{act.label()}</MenuItem>
            }).collect_view()}
            <MenuItem icon=IconName::Client on_click=move |()| go(paths::client(process.get_untracked().client_id))>{tr!(processes.see_client)}</MenuItem>
            <MenuItem icon=IconName::Process on_click=move |()| go(process.with_untracked(others))>{tr!(processes.see_others)}</MenuItem>
        </Menu>
    }
}

/// The same client's processes with the same operator, in every month.
fn others(process: &ProcessDto) -> String {
    paths::processes_where(&ProcessQuery {
        client_id: Some(process.client_id),
        operator_id: Some(process.operator_id),
        ..Default::default()
    })
}
