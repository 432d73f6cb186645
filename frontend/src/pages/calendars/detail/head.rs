//! Which calendar, and what can be done with it.

use esteira_shared::dto::calendars::{CalendarDetailDto, CalendarExportQuery, CalendarFormat};
use leptos::prelude::*;

use super::super::{dialogs::CalendarDialogs, words};
use crate::{
    api,
    components::{Button, IconName, Kind, Menu, MenuDownload, MenuItem, PageHead},
    i18n::tr,
};

#[component]
pub(super) fn Head(
    data: Signal<CalendarDetailDto>,
    year: Memo<i32>,
    dialogs: CalendarDialogs,
    may_write: bool,
) -> impl IntoView {
    let name = StoredValue::new(data.with_untracked(|data| data.calendar.name.clone()));
    let built_in = data.with_untracked(|data| data.calendar.built_in);
    let export = move |format, year| {
        let query = CalendarExportQuery { format, year };
        name.with_value(|name| api::calendars::export_address(name, &query))
    };
    let face = || view! { <crate::components::Icon name=IconName::Download/>{tr!(calendars.export)} }.into_any();
    view! {
        <PageHead title=Signal::derive(move || data.with(|data| words::title(&data.calendar)))>
            {(may_write && !built_in).then(|| view! {
                <Button kind=Kind::Primary icon=IconName::Plus on_click=move |()| dialogs.on(None, dialogs.day)>{tr!(calendars.day_create)}</Button>
                <Button icon=IconName::Upload on_click=move |()| dialogs.import.set(true)>{tr!(calendars.import)}</Button>
            })}
            {move || (may_write && data.with(|data| data.can_check)).then(|| view! {
                <Button icon=IconName::Check on_click=move |()| dialogs.check.set(true)>{tr!(calendars.check)}</Button>
            })}
            <Menu label=tr!(calendars.export) class="btn" face>
                {move || {
                    let this = Some(year.get());
                    view! {
                        <MenuDownload href=export(CalendarFormat::Ics, None)>{tr!(calendars.export_ics)}</MenuDownload>
                        <MenuDownload href=export(CalendarFormat::Csv, None)>{tr!(calendars.export_csv)}</MenuDownload>
                        <MenuDownload href=export(CalendarFormat::Ics, this)>{tr!(calendars.export_ics_year, year = year.get())}</MenuDownload>
                        <MenuDownload href=export(CalendarFormat::Csv, this)>{tr!(calendars.export_csv_year, year = year.get())}</MenuDownload>
                    }
                }}
            </Menu>
            {(may_write && !built_in).then(|| view! {
                <Menu label=tr!(parts.actions)>
                    <MenuItem icon=IconName::Edit on_click=move |()| dialogs.rename.set(true)>{tr!(calendars.rename)}</MenuItem>
                    <MenuItem icon=IconName::Trash danger=true on_click=move |()| dialogs.removal.set(true)>{tr!(forms.delete)}</MenuItem>
                </Menu>
            })}
        </PageHead>
    }
}
