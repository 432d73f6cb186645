//! What became of its slots.

mod again;
mod columns;
mod run;

use esteira_shared::{
    dto::schedules::{ScheduleRunDto, ScheduleRunQuery},
    event::Topic,
    ids::ScheduleId,
    status::ScheduleRunStatus,
};
use leptos::prelude::*;

use self::{again::RunAgain, columns::columns, run::RunDetails};
use super::super::words;
use crate::{
    api,
    components::{AsyncView, Button, Choice, DataTable, EmptyState, FilterBar, FilterChip, IconName, Pager},
    hooks::{ListQuery, use_query},
    i18n::tr,
    text::schedules,
};

/// What is open of which run.
#[derive(Clone, Copy)]
struct RunDialogs {
    chosen: RwSignal<Option<ScheduleRunDto>>,
    details: RwSignal<bool>,
    again: RwSignal<bool>,
}

impl RunDialogs {
    fn on(self, run: ScheduleRunDto, dialog: RwSignal<bool>) {
        self.chosen.set(Some(run));
        dialog.set(true);
    }
}

#[component]
pub(super) fn History(
    id: ScheduleId,
    list: ListQuery,
    may_manage: bool,
    #[prop(into)] on_changed: Callback<()>,
) -> impl IntoView {
    let query = use_query(&[Topic::Schedules], move || {
        let wanted = list.read::<ScheduleRunQuery>();
        async move { api::schedules::list_schedule_runs(id, &wanted).await }
    });
    let dialogs = RunDialogs {
        chosen: RwSignal::new(None),
        details: RwSignal::new(false),
        again: RwSignal::new(false),
    };
    let statuses = Choice::list(
        ScheduleRunStatus::ALL
            .iter()
            .map(|one| (one.as_str(), schedules::run(*one))),
    );
    let total = Signal::derive(move || query.data.with(|page| page.as_ref().and_then(|page| page.total)));
    view! {
        <FilterBar list total>
            <FilterChip list key="status" label=tr!(schedules.status) options=statuses multi=true/>
        </FilterBar>
        <AsyncView query empty_when=|page| page.items.is_empty() empty=move || nothing(list) let:page>
            <DataTable
                name="schedule_runs"
                columns=columns(dialogs, may_manage)
                rows=Signal::derive(move || page.with(|page| page.items.clone()))
                row_id=|run: &ScheduleRunDto| run.id.to_string()
                row_label=words::run_label
                list
                live=query.freshness()
            />
            <Pager list next=Signal::derive(move || page.with(|page| page.next_cursor.clone()))/>
        </AsyncView>
        <RunDetails dialogs may_manage/>
        {may_manage.then(|| view! { <RunAgain dialogs on_changed=move |()| { query.refetch(); on_changed.run(()); }/> })}
    }
}

fn nothing(list: ListQuery) -> AnyView {
    if list.is_filtered() {
        return view! {
            <EmptyState icon=IconName::Find title=tr!(parts.empty_filtered_title) text=tr!(parts.empty_filtered_text)>
                <Button on_click=move |()| list.clear()>{tr!(parts.clear_filters)}</Button>
            </EmptyState>
        }
        .into_any();
    }
    view! { <EmptyState icon=IconName::Schedule title=tr!(schedules.no_runs) text=tr!(schedules.no_runs_text)/> }
        .into_any()
}
