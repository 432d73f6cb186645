//! The list of backups.

use esteira_shared::{dto::backups::BackupQuery, error::ErrorCode, event::Topic, status::BackupStatus};
use leptos::prelude::*;

use super::{
    columns::columns,
    dialogs::{BackupDialogs, Dialogs},
    restoring::Restoring,
    words,
    worry::Worry,
};
use crate::{
    api,
    components::{
        AsyncView, Button, Choice, DataTable, EmptyState, FilterBar, FilterChip, IconName, Kind, PageHead, Pager,
    },
    hooks::{use_list_query, use_query},
    i18n::tr,
    state::keys::{Key, use_keys},
};

#[component]
pub fn BackupsPage() -> impl IntoView {
    let list = use_list_query();
    let facts = use_query(&[Topic::Backups, Topic::Schedules], api::backups::get_facts);
    let query = use_query(&[Topic::Backups], move || {
        let wanted = list.read::<BackupQuery>();
        async move { api::backups::list_backups(&wanted).await }
    });
    let dialogs = BackupDialogs::new(facts);
    let making = Signal::derive(move || {
        facts
            .data
            .with(|facts| facts.as_ref().is_some_and(|facts| facts.making))
    });
    let make = move || {
        if !making.get_untracked() {
            dialogs.new.set(true);
        }
    };
    use_keys(tr!(parts.keys_here), vec![Key::new("n", tr!(backups.make), make)]);
    // For an organisation that came later there are none, and no button that could not do anything.
    let elsewhere = Memo::new(move |_| {
        let code = facts.error.with(|error| error.as_ref().and_then(api::ApiError::code));
        code == Some(ErrorCode::NotFound)
    });
    let new_button = move |kind| {
        view! {
            <Button kind icon=IconName::Backup busy=making on_click=move |()| make()>{tr!(backups.make)}</Button>
        }
    };
    let statuses = Choice::list(BackupStatus::ALL.iter().map(|one| (one.as_str(), words::status(*one))));
    let statuses = StoredValue::new(statuses);
    let empty = move || {
        if list.is_filtered() {
            view! {
                <EmptyState icon=IconName::Find title=tr!(parts.empty_filtered_title) text=tr!(parts.empty_filtered_text)>
                    <Button on_click=move |()| list.clear()>{tr!(parts.clear_filters)}</Button>
                </EmptyState>
            }
            .into_any()
        } else {
            view! {
                <EmptyState icon=IconName::Backup title=tr!(backups.empty_title) text=tr!(backups.empty_text)>
                    {new_button(Kind::Plain)}
                </EmptyState>
            }
            .into_any()
        }
    };
    let note = Signal::derive(move || {
        facts
            .data
            .with(|facts| {
                facts
                    .as_ref()
                    .map(|facts| tr!(backups.target, target = facts.target.clone()))
            })
            .unwrap_or_default()
    });
    view! {
        <Show
            when=move || !elsewhere.get()
            fallback=|| view! {
                <PageHead title=tr!(frame.backups)/>
                <EmptyState icon=IconName::Backup title=tr!(backups.elsewhere_title) text=tr!(backups.elsewhere_text)/>
            }
        >
            <PageHead title=tr!(frame.backups) note>{new_button(Kind::Primary)}</PageHead>
            <div class="stack">
                <Worry facts/>
                <FilterBar list>
                    <FilterChip list key="status" label=tr!(backups.status) options=statuses.get_value()/>
                </FilterBar>
                <AsyncView query empty_when=|page| page.items.is_empty() empty let:page>
                    <DataTable
                        name="backups"
                        columns=columns(dialogs)
                        rows=Signal::derive(move || page.with(|page| page.items.clone()))
                        row_id=|backup| backup.id.to_string()
                        row_label=|backup| backup.name.clone()
                        list
                        live=query.freshness()
                    />
                    <Pager list next=Signal::derive(move || page.with(|page| page.next_cursor.clone()))/>
                </AsyncView>
                <Restoring facts/>
            </div>
        </Show>
        <Dialogs dialogs on_changed=move |()| { query.refetch(); facts.refetch(); }/>
    }
}
