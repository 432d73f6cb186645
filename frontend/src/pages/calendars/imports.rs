//! The files that a calendar took days from, and taking one back.

use esteira_shared::{
    dto::calendars::{CalendarFormat, CalendarImportDto, CalendarImportQuery},
    event::Topic,
    status::Tone,
};
use leptos::prelude::*;

use super::dialogs::CalendarDialogs;
use crate::{
    api,
    components::{
        AsyncView, Badge, Button, Card, Column, ConfirmDialog, DataTable, ErrorCard, IconName, Notice, Pager,
        RelativeTime,
    },
    hooks::{ListQuery, use_mutation, use_query},
    i18n::{counted, tr},
    state::toasts::use_toasts,
    text::format,
};

#[component]
pub(super) fn Imports(
    calendar: StoredValue<String>,
    list: ListQuery,
    dialogs: CalendarDialogs,
    may_change: bool,
    on_changed: Callback<()>,
) -> impl IntoView {
    let imports = use_query(&[Topic::Calendars], move || {
        let (calendar, query) = (calendar.get_value(), list.read::<CalendarImportQuery>());
        async move { api::calendars::list_imports(&calendar, &query).await }
    });
    // Days of the last import taken back that somebody had changed.
    let kept = RwSignal::new(Vec::<String>::new());
    let nothing = || view! { <p class="muted">{tr!(calendars.imports_none)}</p> };
    view! {
        <Card title=tr!(calendars.imports)>
            {move || {
                let kept = kept.get();
                (!kept.is_empty()).then(|| view! {
                    <div role="alert">
                        <Notice tone=Tone::NeedsYou title=tr!(calendars.kept_title) text=tr!(calendars.kept_text, days = kept.join(", "))/>
                    </div>
                })
            }}
            <AsyncView query=imports empty_when=|page| page.items.is_empty() empty=nothing let:page>
                <DataTable
                    name="calendar-imports"
                    columns=columns(dialogs, may_change)
                    rows=Signal::derive(move || page.with(|page| page.items.clone()))
                    row_id=|import| import.id.to_string()
                    row_label=|import| import.file_name.clone()
                    live=imports.freshness()
                />
                <Pager list next=Signal::derive(move || page.with(|page| page.next_cursor.clone()))/>
            </AsyncView>
        </Card>
        {may_change.then(|| view! { <Undo calendar dialogs kept on_changed=move |()| { imports.refetch(); on_changed.run(()); }/> })}
    }
}

fn columns(dialogs: CalendarDialogs, may_change: bool) -> Vec<Column<CalendarImportDto>> {
    vec![
        Column::new("file", tr!(calendars.import_file), |import: &CalendarImportDto| {
            let name = match import.file_name.as_str() {
                "" => match import.format {
                    CalendarFormat::Csv => "CSV".to_owned(),
                    CalendarFormat::Ics => "iCalendar".to_owned(),
                },
                name => name.to_owned(),
            };
            view! { <span class="break" data-quoted="">{name}</span> }
        })
        .main(),
        Column::new("at", tr!(calendars.import_at), |import: &CalendarImportDto| {
            view! { <RelativeTime at=import.at/> }
        }),
        Column::new("by", tr!(calendars.import_by), |import: &CalendarImportDto| {
            view! { <span data-quoted="">{import.by.clone()}</span> }
        }),
        Column::new("added", tr!(calendars.diff_added), |import: &CalendarImportDto| {
            format::count(import.added)
        })
        .numeric(),
        Column::new("changed", tr!(calendars.diff_changed), |import: &CalendarImportDto| {
            format::count(import.changed)
        })
        .numeric(),
        Column::new("removed", tr!(calendars.diff_removed), |import: &CalendarImportDto| {
            format::count(import.removed)
        })
        .numeric(),
        Column::actions(move |import: &CalendarImportDto| match import.undone_at {
            Some(at) => {
                let title = format::date_time(*at);
                view! { <span title=title><Badge>{tr!(calendars.undone)}</Badge></span> }.into_any()
            }
            None if may_change => {
                let import = StoredValue::new(import.clone());
                view! {
                    <Button small=true icon=IconName::Retry on_click=move |()| {
                        dialogs.undone.set(Some(import.get_value()));
                        dialogs.undo.set(true);
                    }>{tr!(calendars.undo)}</Button>
                }
                .into_any()
            }
            None => ().into_any(),
        }),
    ]
}

#[component]
fn Undo(
    calendar: StoredValue<String>,
    dialogs: CalendarDialogs,
    kept: RwSignal<Vec<String>>,
    #[prop(into)] on_changed: Callback<()>,
) -> impl IntoView {
    let undo = use_mutation();
    let title = Signal::derive(move || {
        let name = dialogs.undone.get().map(|import| import.file_name).unwrap_or_default();
        tr!(calendars.undo_title, name = name)
    });
    let confirm = move |()| {
        let Some(import) = dialogs.undone.get_untracked() else {
            return;
        };
        let calendar = calendar.get_value();
        undo.run_quietly(
            async move { api::calendars::undo_import(&calendar, import.id).await },
            move |undone| {
                dialogs.undo.set(false);
                dialogs.stopped.set(undone.stopped);
                let _ = kept.try_set(undone.kept.iter().map(ToString::to_string).collect());
                use_toasts().done(counted!(calendars.undone_single, calendars.undone_many, undone.undone));
                on_changed.run(());
            },
        );
    };
    view! {
        <ConfirmDialog open=dialogs.undo title confirm=tr!(calendars.undo_do) busy=undo.busy on_confirm=confirm>
            {move || undo.error.get().map(|error| view! { <ErrorCard error/> })}
            <p>{tr!(calendars.undo_text)}</p>
        </ConfirmDialog>
    }
}
