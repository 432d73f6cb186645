//! The list of operators, with everything that can be done with one.

use esteira_shared::{
    dto::operators::{OperatorDto, OperatorQuery, OperatorUpdate},
    event::Topic,
    permission::Permission,
};
use leptos::prelude::*;
use leptos_router::components::A;

use super::{form::OperatorDialog, remove::RemoveOperator};
use crate::{
    api,
    components::{
        AsyncView, Badge, Button, Choice, Column, ConfirmDialog, DataTable, EmptyState, FilterBar, FilterChip,
        IconName, Kind, Menu, MenuItem, PageHead, Pager,
    },
    hooks::{use_list_query, use_mutation, use_query},
    i18n::tr,
    routes::paths,
    state::{
        keys::{Key, use_keys},
        session::use_session,
        toasts::use_toasts,
    },
    text::format,
};

/// What is being done with which operator.
#[derive(Clone, Copy)]
struct OperatorDialogs {
    /// `None` in an open form means a new one.
    chosen: RwSignal<Option<OperatorDto>>,
    form: RwSignal<bool>,
    removal: RwSignal<bool>,
    deactivation: RwSignal<bool>,
}

impl OperatorDialogs {
    fn on(self, operator: Option<OperatorDto>, dialog: RwSignal<bool>) {
        self.chosen.set(operator);
        dialog.set(true);
    }
}

#[component]
pub fn OperatorsPage() -> impl IntoView {
    let list = use_list_query();
    let operators = use_query(&[Topic::Operators, Topic::Clients], move || {
        let query = list.read::<OperatorQuery>();
        async move { api::operators::list_operators(&query).await }
    });
    let may_write = untrack(|| use_session().may(Permission::WriteRegistry));
    let dialogs = OperatorDialogs {
        chosen: RwSignal::new(None),
        form: RwSignal::new(false),
        removal: RwSignal::new(false),
        deactivation: RwSignal::new(false),
    };
    let toggle = use_mutation();
    let set_active = move |operator: OperatorDto, active: bool| {
        let update = OperatorUpdate {
            name: operator.name,
            possui_rpa: operator.possui_rpa,
            rpa_terceirizado: operator.rpa_terceirizado,
            url_endpoint_rpa: operator.url_endpoint_rpa,
            active,
            version: operator.version,
        };
        toggle.run(
            async move { api::operators::update_operator(operator.id, &update).await },
            move |operator| {
                dialogs.deactivation.set(false);
                dialogs.removal.set(false);
                operators.refetch();
                use_toasts().done(if operator.active {
                    tr!(operators.activated, name = operator.name)
                } else {
                    tr!(operators.deactivated, name = operator.name)
                });
            },
        );
    };
    let set_active = Callback::new(move |(operator, active)| set_active(operator, active));
    let create = move || dialogs.on(None, dialogs.form);
    if may_write {
        use_keys(tr!(parts.keys_here), vec![Key::new("n", tr!(operators.create), create)]);
    }
    let new_button = move |kind| {
        may_write.then(|| {
            view! { <Button kind icon=IconName::Plus on_click=move |()| create()>{tr!(operators.create)}</Button> }
        })
    };
    let nothing = move || {
        if list.is_filtered() {
            view! { <EmptyState icon=IconName::Find title=tr!(parts.empty_filtered_title) text=tr!(parts.empty_filtered_text)/> }
                .into_any()
        } else {
            view! {
                <EmptyState icon=IconName::Operator title=tr!(operators.empty_title) text=tr!(operators.empty_text)>{new_button(Kind::Plain)}</EmptyState>
            }
            .into_any()
        }
    };
    let states = Choice::list([("true", tr!(operators.actives)), ("false", tr!(operators.inactives))]);
    let chosen_name = Signal::derive(move || dialogs.chosen.get().map(|operator| operator.name).unwrap_or_default());
    view! {
        <PageHead title=tr!(frame.operators)>{new_button(Kind::Primary)}</PageHead>
        <FilterBar list search="q" search_label=tr!(operators.search)>
            <FilterChip list key="active" label=tr!(operators.status) options=states/>
        </FilterBar>
        <AsyncView query=operators empty_when=|page| page.items.is_empty() empty=nothing let:page>
            <DataTable
                name="operators"
                columns=columns(dialogs, may_write, set_active)
                rows=Signal::derive(move || page.with(|page| page.items.clone()))
                row_id=|operator| operator.id.to_string()
                row_label=|operator| operator.name.clone()
                list
                live=operators.freshness()
            />
            <Pager list next=Signal::derive(move || page.with(|page| page.next_cursor.clone()))/>
        </AsyncView>
        {may_write.then(|| view! {
            <OperatorDialog open=dialogs.form chosen=dialogs.chosen on_saved=move |()| operators.refetch()/>
            <RemoveOperator
                open=dialogs.removal
                chosen=dialogs.chosen
                on_removed=move |()| operators.refetch()
                on_deactivate=move |operator| set_active.run((operator, false))
            />
            <ConfirmDialog
                open=dialogs.deactivation
                title=Signal::derive(move || tr!(operators.deactivate_title, name = chosen_name.get()))
                confirm=tr!(operators.deactivate)
                busy=toggle.busy
                on_confirm=move |()| if let Some(operator) = dialogs.chosen.get_untracked() { set_active.run((operator, false)) }
            >
                <p>{tr!(operators.deactivate_text)}</p>
            </ConfirmDialog>
        })}
    }
}

fn columns(
    dialogs: OperatorDialogs,
    may_write: bool,
    set_active: Callback<(OperatorDto, bool)>,
) -> Vec<Column<OperatorDto>> {
    let mut columns = vec![
        Column::new("name", tr!(operators.name), move |operator: &OperatorDto| {
            let name = operator.name.clone();
            if !may_write {
                return view! { <span>{name}</span> }.into_any();
            }
            let operator = operator.clone();
            view! { <button type="button" class="row-open" on:click=move |_| dialogs.on(Some(operator.clone()), dialogs.form)>{name}</button> }
                .into_any()
        })
        .main(),
        Column::new("robot", tr!(operators.robot), |operator: &OperatorDto| {
            let word = match (operator.possui_rpa, operator.rpa_terceirizado) {
                (false, _) => return view! { <span class="faint">{tr!(operators.robot_none)}</span> }.into_any(),
                (true, true) => tr!(operators.robot_third_party),
                (true, false) => tr!(operators.robot_own),
            };
            view! { <span>{word}</span> }.into_any()
        }),
        Column::new("endpoint", tr!(operators.endpoint), |operator: &OperatorDto| match operator.url_endpoint_rpa.clone() {
            Some(url) => view! { <code class="break">{url}</code> }.into_any(),
            None => view! { <span class="faint">{tr!(operators.endpoint_default)}</span> }.into_any(),
        }),
        Column::new("accounts", tr!(operators.accounts), |operator: &OperatorDto| {
            if operator.accounts == 0 {
                return view! { <span class="faint">"0"</span> }.into_any();
            }
            let (address, count) = (paths::clients_of(operator.id), format::count(operator.accounts));
            view! { <A href=address attr:class="link" attr:title=tr!(operators.see_clients)>{count}</A> }
                .into_any()
        })
        .numeric(),
        Column::new("active", tr!(operators.status), |operator: &OperatorDto| {
            if operator.active {
                view! { <span class="muted">{tr!(operators.active)}</span> }.into_any()
            } else {
                view! { <Badge>{tr!(operators.inactive)}</Badge> }.into_any()
            }
        }),
    ];
    if may_write {
        columns.push(Column::actions(move |operator: &OperatorDto| {
            actions(operator, dialogs, set_active)
        }));
    }
    columns
}

fn actions(operator: &OperatorDto, dialogs: OperatorDialogs, set_active: Callback<(OperatorDto, bool)>) -> AnyView {
    let row = StoredValue::new(operator.clone());
    let on = move |dialog| dialogs.on(Some(row.get_value()), dialog);
    let active = operator.active;
    view! {
        <Menu label=tr!(forms.actions_of, name = operator.name.clone())>
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
