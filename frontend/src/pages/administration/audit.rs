//! Auditoria: who did what, with the state before and after.

mod actions;
mod diff;
mod row;

use chrono::NaiveDate;
use esteira_shared::dto::administration::AuditQuery;
use leptos::prelude::*;

use crate::{
    api,
    components::{
        AsyncView, Button, DatePicker, EmptyState, FilterBar, FilterChip, Icon, IconName, KeyedRow, PageHead, Pager,
        keyed_rows,
    },
    hooks::{ListQuery, use_list_query, use_query},
    i18n::tr,
};
use row::AuditRow;

#[component]
pub fn AuditPage() -> impl IntoView {
    let list = use_list_query();
    let events = use_query(&[], move || {
        let query = list.read::<AuditQuery>();
        async move { api::administration::list_audit_events(&query).await }
    });
    let (from, to) = (day(list, "from"), day(list, "to"));
    let nothing = || view! { <EmptyState icon=IconName::Find title=tr!(parts.empty_filtered_title) text=tr!(parts.empty_filtered_text)/> };
    // Named by what is on the screen, since the address only holds an id.
    let subject = move || {
        list.get("subject_id")?;
        let name = events
            .data
            .with(|page| Some(page.as_ref()?.items.first()?.subject_name.clone()));
        Some(name.unwrap_or_default())
    };
    view! {
        <PageHead title=tr!(frame.audit)>
            <Button icon=IconName::Retry busy=events.loading on_click=move |()| events.refetch()>{tr!(parts.reload)}</Button>
        </PageHead>
        <FilterBar list search="actor" search_label=tr!(audit.actor_search)>
            <FilterChip list key="action" label=tr!(audit.action) options=actions::choices()/>
            <span class="period" role="group" aria-label=tr!(audit.period)>
                <DatePicker value=from label=tr!(audit.from)/>
                <span class="faint">{tr!(audit.until)}</span>
                <DatePicker value=to label=tr!(audit.to)/>
            </span>
            {move || subject().map(|name| view! {
                <span class="chip__wrap">
                    <span class="chip is-on"><span>{tr!(audit.only)}":"</span><b>{name}</b></span>
                    <button type="button" class="chip__clear" aria-label=tr!(parts.clear_filter, name = tr!(audit.only)) on:click=move |_| list.set("subject_id", None)>
                        <Icon name=IconName::Close/>
                    </button>
                </span>
            })}
        </FilterBar>
        <AsyncView query=events empty_when=|page| page.items.is_empty() empty=nothing let:page>
            <ol class="audit">
                {keyed_rows(move || page.with(|page| {
                    let events = page.items.iter().cloned();
                    events.map(|event| KeyedRow::new(event.id, move || view! { <AuditRow event/> })).collect()
                }))}
            </ol>
            <Pager list next=Signal::derive(move || page.with(|page| page.next_cursor.clone()))/>
        </AsyncView>
    }
}

/// A day of the filter, in the address as `2026-10-20`.
fn day(list: ListQuery, key: &'static str) -> RwSignal<Option<NaiveDate>> {
    let read = move || list.get(key).and_then(|text| text.parse::<NaiveDate>().ok());
    let day = RwSignal::new(untrack(read));
    Effect::new(move |_| {
        let there = read();
        if day.get_untracked() != there {
            day.set(there);
        }
    });
    Effect::new(move |_| {
        let chosen = day.get();
        if chosen != untrack(read) {
            list.set(key, chosen.map(|day| day.to_string()));
        }
    });
    day
}
