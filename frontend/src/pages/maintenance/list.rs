//! The page: what holds and what is planned above, what is over below.

use std::time::Duration;

use esteira_shared::{
    dto::{maintenance::MaintenanceQuery, schedules::MaintenanceDto},
    event::Topic,
};
use leptos::prelude::*;

use super::{
    columns,
    commands::{Commands, Dialogs},
    form::MaintenanceDialog,
};
use crate::{
    api,
    components::{AsyncView, Button, DataTable, EmptyState, IconName, Kind, PageHead, Pager},
    hooks::{use_list_query, use_look, use_now, use_query},
    i18n::tr,
    state::keys::{Key, use_keys},
    text::schedules,
};

/// The most that one page of a list holds.
const ALL: i64 = 200;
/// One that ended by itself goes to the history.
const LOOK: Duration = Duration::from_secs(20);

#[component]
pub fn MaintenancePage() -> impl IntoView {
    let list = use_list_query();
    let open = use_query(&[Topic::Maintenance], || async {
        let query = MaintenanceQuery {
            over: Some(false),
            limit: Some(ALL),
            ..MaintenanceQuery::default()
        };
        api::maintenance::list_maintenances(&query).await
    });
    let history = use_query(&[Topic::Maintenance], move || {
        let query = MaintenanceQuery {
            over: Some(true),
            ..list.read::<MaintenanceQuery>()
        };
        async move { api::maintenance::list_maintenances(&query).await }
    });
    use_look(LOOK, move || {
        open.look();
        history.look();
    });
    let commands = Commands::new();
    let making = RwSignal::new(false);
    use_keys(
        tr!(parts.keys_here),
        vec![Key::new("n", tr!(maintenance.create), move || making.set(true))],
    );
    let new_button = move |kind| {
        view! { <Button kind icon=IconName::Plus on_click=move |()| making.set(true)>{tr!(maintenance.create)}</Button> }
    };
    let nothing = move || {
        view! {
            <EmptyState icon=IconName::Maintenance title=tr!(maintenance.empty_title) text=tr!(maintenance.empty_text)>
                {new_button(Kind::Plain)}
            </EmptyState>
        }
    };
    let no_history = || {
        view! { <EmptyState icon=IconName::Clock title=tr!(maintenance.no_history_title) text=tr!(maintenance.no_history_text)/> }
    };
    let now = use_now();
    let changed = move |()| {
        open.refetch();
        history.refetch();
    };
    view! {
        <PageHead title=tr!(frame.maintenance) note=tr!(maintenance.title_note)>{new_button(Kind::Primary)}</PageHead>
        <div class="stack">
            <section class="rest-list" aria-label=tr!(maintenance.now_and_later)>
                <h2>{tr!(maintenance.now_and_later)}</h2>
                <AsyncView query=open empty_when=|page| page.items.is_empty() empty=nothing let:page>
                    <DataTable
                        name="maintenance_open"
                        columns=columns::open(commands, now)
                        rows=Signal::derive(move || page.with(|page| page.items.clone()))
                        row_id=|one| one.id.to_string()
                        row_label=label
                        live=open.freshness()
                    />
                </AsyncView>
            </section>
            <section class="rest-list" aria-label=tr!(maintenance.history)>
                <h2>{tr!(maintenance.history)}</h2>
                <AsyncView query=history empty_when=|page| page.items.is_empty() empty=no_history let:page>
                    <DataTable
                        name="maintenance_history"
                        columns=columns::history()
                        rows=Signal::derive(move || page.with(|page| page.items.clone()))
                        row_id=|one| one.id.to_string()
                        row_label=label
                        list
                        live=history.freshness()
                    />
                    <Pager list next=Signal::derive(move || page.with(|page| page.next_cursor.clone()))/>
                </AsyncView>
            </section>
        </div>
        <MaintenanceDialog open=making on_made=changed/>
        <Dialogs commands on_changed=changed/>
    }
}

fn label(one: &MaintenanceDto) -> String {
    format!("{}, {}", schedules::area(one.area), one.reason)
}
