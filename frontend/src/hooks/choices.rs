//! Choices that filters of several pages offer, as the server knows them.

use esteira_shared::event::Topic;
use leptos::prelude::*;

use super::use_query;
use crate::{api, components::Choice, text::format};

/// Every operator, by name.
pub fn use_operator_choices() -> Signal<Vec<Choice>> {
    let operators = use_query(&[Topic::Operators], api::operators::all_operators);
    Signal::derive(move || {
        operators.data.with(|all| {
            all.iter()
                .flatten()
                .map(|one| Choice::new(one.id.to_string(), one.name.clone()))
                .collect()
        })
    })
}

/// Every month that has been opened.
pub fn use_month_choices() -> Signal<Vec<Choice>> {
    let months = use_query(&[Topic::Processes], api::processes::list_months);
    Signal::derive(move || {
        months.data.with(|all| {
            all.iter()
                .flatten()
                .map(|month| Choice::new(month.to_string(), format::month(*month)))
                .collect()
        })
    })
}
