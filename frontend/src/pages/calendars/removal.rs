//! Deleting a day, or a whole calendar that no schedule goes by.

use esteira_shared::dto::calendars::CalendarDetailDto;
use leptos::prelude::*;

use super::{dialogs::CalendarDialogs, words};
use crate::{
    api,
    components::{ConfirmDialog, ErrorCard, RemoveDialog},
    hooks::use_mutation,
    i18n::tr,
    state::toasts::use_toasts,
    text::format,
};

#[component]
pub(super) fn RemoveDay(
    calendar: StoredValue<String>,
    dialogs: CalendarDialogs,
    #[prop(into)] on_removed: Callback<()>,
) -> impl IntoView {
    let remove = use_mutation();
    let title = Signal::derive(move || {
        let name = dialogs.chosen.get().map(|day| day.name).unwrap_or_default();
        tr!(calendars.day_delete_title, name = name)
    });
    let confirm = move |()| {
        let Some(day) = dialogs.chosen.get_untracked() else {
            return;
        };
        let calendar = calendar.get_value();
        remove.run_quietly(
            async move { api::calendars::delete_day(&calendar, day.key).await },
            move |()| {
                dialogs.day_removal.set(false);
                on_removed.run(());
                use_toasts().done(tr!(calendars.day_deleted));
            },
        );
    };
    let text = move || {
        dialogs.chosen.with(|day| match day {
            Some(day) if day.yearly => tr!(calendars.day_delete_yearly).to_owned(),
            Some(day) => tr!(calendars.day_delete_text, date = format::date(day.date)),
            None => String::new(),
        })
    };
    view! {
        <ConfirmDialog open=dialogs.day_removal title confirm=tr!(calendars.day_delete_do) danger=true busy=remove.busy on_confirm=confirm>
            {move || remove.error.get().map(|error| view! { <ErrorCard error/> })}
            <p>{text}</p>
        </ConfirmDialog>
    }
}

#[component]
pub(super) fn RemoveCalendar(
    data: Signal<CalendarDetailDto>,
    dialogs: CalendarDialogs,
    #[prop(into)] on_removed: Callback<()>,
) -> impl IntoView {
    let remove = use_mutation();
    let title = Signal::derive(move || data.with(|data| words::title(&data.calendar)));
    // Somebody may have chosen it for a schedule since the page was read; the refusal tells.
    let used_by = Signal::derive(move || {
        let told = remove
            .error
            .with(|error| error.as_ref().and_then(|error| error.detail("schedules")?.as_i64()));
        told.unwrap_or_else(|| data.with(|data| data.calendar.used_by))
    });
    let confirm = move |()| {
        let calendar = data.with_untracked(|data| data.calendar.clone());
        let text = tr!(calendars.deleted, title = calendar.title.clone());
        remove.run_quietly(
            async move { api::calendars::delete_calendar(&calendar.name).await },
            move |()| {
                dialogs.removal.set(false);
                use_toasts().done(text);
                on_removed.run(());
            },
        );
    };
    view! {
        <RemoveDialog
            open=dialogs.removal
            title=Signal::derive(move || tr!(calendars.delete_title, title = title.get()))
            confirm=tr!(calendars.delete_do)
            remove
            in_use=Signal::derive(move || used_by.get() > 0)
            in_use_text=Signal::derive(move || tr!(calendars.in_use, title = title.get(), count = format::count(used_by.get())))
            active=Signal::derive(|| false)
            on_confirm=confirm
            on_deactivate=|()| ()
        >
            <p>{move || tr!(calendars.delete_text, count = format::count(data.with(|data| data.calendar.days)))}</p>
        </RemoveDialog>
    }
}
