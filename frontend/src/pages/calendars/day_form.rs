//! A new holiday of a calendar, or a change to one.

use chrono::NaiveDate;
use esteira_shared::{
    dto::calendars::{CalendarChangeDto, CalendarDayCreate, CalendarDayUpdate},
    error::{FieldCode, FieldError},
    schedule::HolidayKind,
};
use leptos::prelude::*;

use super::dialogs::CalendarDialogs;
use crate::{
    api,
    components::{Choice, DatePicker, Dialog, Field, Form, Select, Switch, TextInput},
    hooks::use_mutation,
    i18n::tr,
    state::toasts::use_toasts,
    text::calendars,
};

#[component]
pub(super) fn DayDialog(
    calendar: StoredValue<String>,
    dialogs: CalendarDialogs,
    /// Of the calendar as it is on screen.
    version: Signal<i32>,
    #[prop(into)] on_saved: Callback<()>,
) -> impl IntoView {
    let title = Signal::derive(move || match dialogs.chosen.get() {
        Some(day) => tr!(calendars.day_edit, name = day.name),
        None => tr!(calendars.day_create).to_owned(),
    });
    view! { <Dialog open=dialogs.day title><Fields calendar dialogs version on_saved/></Dialog> }
}

#[component]
fn Fields(
    calendar: StoredValue<String>,
    dialogs: CalendarDialogs,
    version: Signal<i32>,
    on_saved: Callback<()>,
) -> impl IntoView {
    let day = dialogs.chosen.get_untracked();
    let key = day.as_ref().map(|day| day.key);
    let date = RwSignal::new(day.as_ref().map(|day| day.date));
    let name = RwSignal::new(day.as_ref().map(|day| day.name.clone()).unwrap_or_default());
    let yearly = RwSignal::new(day.as_ref().is_some_and(|day| day.yearly));
    let kind = day.as_ref().map_or(HolidayKind::Local, |day| day.kind);
    let kind = RwSignal::new(kind.as_str().to_owned());
    // What this form was opened with, not what somebody saves meanwhile.
    let seen = StoredValue::new(version.get_untracked());
    let save = use_mutation();
    let done = move |change: CalendarChangeDto| {
        dialogs.day.set(false);
        dialogs.stopped.set(change.stopped);
        on_saved.run(());
        use_toasts().done(tr!(calendars.day_saved));
    };
    let submit = move |()| {
        let Some(date) = date.get_untracked() else {
            save.refuse(vec![FieldError::new("date", FieldCode::Required, "must not be empty")]);
            return;
        };
        let (yearly, name) = (yearly.get_untracked(), name.get_untracked());
        let kind = kind.get_untracked().parse().unwrap_or(HolidayKind::Local);
        let calendar = calendar.get_value();
        match key {
            None => {
                let create = CalendarDayCreate {
                    date,
                    yearly,
                    name,
                    kind,
                };
                if save.accepts(&create) {
                    save.run_quietly(
                        async move { api::calendars::create_day(&calendar, &create).await },
                        done,
                    );
                }
            }
            Some(key) => {
                let update = CalendarDayUpdate {
                    date,
                    yearly,
                    name,
                    kind,
                    version: seen.get_value(),
                };
                if save.accepts(&update) {
                    save.run_quietly(
                        async move { api::calendars::update_day(&calendar, key, &update).await },
                        done,
                    );
                }
            }
        }
    };
    // What was typed stays; the next try is for the calendar as it is now.
    let reread = move |()| {
        let calendar = calendar.get_value();
        save.run_quietly(
            async move { api::calendars::get_calendar(&calendar).await },
            move |detail| {
                seen.set_value(detail.calendar.version);
                on_saved.run(());
            },
        );
    };
    let kinds = HolidayKind::ALL
        .iter()
        .map(|kind| (kind.as_str(), calendars::kind(*kind)));
    let kinds = Choice::list(kinds);
    let what = Signal::derive(move || date.get().filter(|_| yearly.get()).map(each_year));
    view! {
        <Form save submit=tr!(calendars.day_save) on_submit=submit on_conflict=reread on_cancel=move |()| dialogs.day.set(false)>
            <Field label=tr!(calendars.date) error=save.field("date")>
                <DatePicker value=date/>
            </Field>
            <Switch on=yearly on_change=move |on| yearly.set(on) label=tr!(calendars.yearly)/>
            {move || what.get().map(|text| view! { <p class="small muted">{text}</p> })}
            <Field label=tr!(calendars.holiday) error=save.field("name")>
                <TextInput value=name autofocus=key.is_none()/>
            </Field>
            <Field label=tr!(calendars.kind) hint=tr!(calendars.kind_hint) error=save.field("kind")>
                <Select value=kind options=kinds/>
            </Field>
        </Form>
    }
}

/// What a day of each year means, where it is not plain.
fn each_year(date: NaiveDate) -> String {
    use chrono::Datelike as _;
    if (date.month(), date.day()) == (2, 29) {
        tr!(calendars.yearly_leap).to_owned()
    } else {
        tr!(
            calendars.yearly_means,
            date = format!("{:02}/{:02}", date.day(), date.month())
        )
    }
}
