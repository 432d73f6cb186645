//! The columns of both lists.

use chrono::{DateTime, Utc};
use esteira_shared::{dto::schedules::MaintenanceDto, status::Tone};
use leptos::prelude::*;

use super::commands::Commands;
use crate::{
    components::{Button, Column, Mark},
    i18n::tr,
    text::{format, schedules},
};

/// Of those that hold or are planned.
pub(super) fn open(commands: Commands, now: Signal<DateTime<Utc>>) -> Vec<Column<MaintenanceDto>> {
    let mut columns = facts();
    columns.push(Column::new(
        "state",
        tr!(maintenance.state),
        move |one: &MaintenanceDto| {
            let one = one.clone();
            move || match has_begun(&one, now.get()) {
                true => view! { <Mark tone=Tone::NeedsYou word=tr!(maintenance.active)/> }.into_any(),
                false => view! { <Mark tone=Tone::Waiting word=tr!(maintenance.planned)/> }.into_any(),
            }
        },
    ));
    columns.push(Column::actions(move |one: &MaintenanceDto| {
        let one = StoredValue::new(one.clone());
        move || match one.with_value(|one| has_begun(one, now.get())) {
            true => view! { <Button small=true on_click=move |()| commands.end(one.get_value())>{tr!(maintenance.end)}</Button> }.into_any(),
            false => view! { <Button small=true on_click=move |()| commands.call_off(one.get_value())>{tr!(maintenance.call_off)}</Button> }.into_any(),
        }
    }));
    columns
}

/// Of those before.
pub(super) fn history() -> Vec<Column<MaintenanceDto>> {
    let mut columns = facts();
    columns.push(Column::new(
        "state",
        tr!(maintenance.state),
        |one: &MaintenanceDto| match one.ended_at {
            Some(at) => tr!(maintenance.ended_early, at = format::date_time(*at)),
            None => tr!(maintenance.over).to_owned(),
        },
    ));
    columns
}

fn facts() -> Vec<Column<MaintenanceDto>> {
    vec![
        Column::new("area", tr!(maintenance.area), |one: &MaintenanceDto| {
            schedules::area(one.area)
        })
        .main(),
        Column::new("reason", tr!(maintenance.reason), |one: &MaintenanceDto| {
            let reason = one.reason.clone();
            view! { <span class="break">{reason}</span> }
        }),
        Column::new("when", tr!(maintenance.when), |one: &MaintenanceDto| {
            let (from, to) = (format::date_time(*one.starts_at), format::date_time(*one.ends_at));
            view! { <span class="num">{tr!(maintenance.span, from = from, to = to)}</span> }
        }),
        Column::new("by", tr!(maintenance.by), |one: &MaintenanceDto| one.created_by.clone()),
    ]
}

fn has_begun(one: &MaintenanceDto, now: DateTime<Utc>) -> bool {
    one.active || *one.starts_at <= now
}
