//! The head of the table: labels, order, "select this page", column chooser.

use std::sync::Arc;

use leptos::prelude::*;

use super::{
    super::{Checkbox, Icon, IconName, Popover, Selection},
    columns::{ChosenColumns, Head},
};
use crate::{hooks::ListQuery, i18n::tr};

pub(super) fn head(
    heads: &Arc<Vec<Head>>,
    chosen: ChosenColumns,
    list: Option<ListQuery>,
    selection: Option<Selection>,
    page_ids: Signal<Vec<String>>,
) -> AnyView {
    let check = selection
        .map(|selection| view! { <th class="table__check" scope="col">{select_page(selection, page_ids)}</th> });
    let chooser = chosen.can_choose().then(|| chooser(heads, chosen));
    let labels = {
        let heads = Arc::clone(heads);
        move || {
            heads
                .iter()
                .filter(|head| !head.is_actions() && chosen.shows(head.key))
                .map(|head| label(head, list))
                .collect_view()
        }
    };
    let last = (chooser.is_some() || heads.iter().any(Head::is_actions)).then(|| {
        view! { <th class="table__actions" scope="col"><span class="sr-only">{tr!(parts.actions)}</span>{chooser}</th> }
    });
    // The word is only drawn on a phone, where the head is nothing but the ways to sort.
    view! { <tr data-word=tr!(parts.sort)>{check}{labels}{last}</tr> }.into_any()
}

fn label(head: &Head, list: Option<ListQuery>) -> AnyView {
    let text = head.label.clone();
    let (Some(key), Some(list)) = (head.sort, list) else {
        return view! { <th scope="col" class=head.class()>{text}</th> }.into_any();
    };
    let order = move || list.sort().filter(|(now, _)| now == key).map(|(_, down)| down);
    let title = tr!(parts.sort_by, name = text.clone());
    let aria = move || order().map(|down| if down { "descending" } else { "ascending" });
    view! {
        <th scope="col" class=format!("{} is-sortable", head.class()) aria-sort=aria>
            <button type="button" class="table__sort" title=title on:click=move |_| list.toggle_sort(key)>
                {text}
                {move || view! { <Icon name=if order() == Some(true) { IconName::Down } else { IconName::Up }/> }}
            </button>
        </th>
    }
    .into_any()
}

fn select_page(selection: Selection, page_ids: Signal<Vec<String>>) -> impl IntoView {
    let some = move || page_ids.with(|ids| ids.iter().any(|id| selection.has(id)));
    let every = move || page_ids.with(|ids| !ids.is_empty() && ids.iter().all(|id| selection.has(id)));
    view! {
        <Checkbox
            bare=true
            label=tr!(parts.select_page)
            checked=Signal::derive(every)
            indeterminate=Signal::derive(move || some() && !every())
            on_change=move |on| selection.set_many(page_ids.get_untracked(), on)
        />
    }
}

fn chooser(heads: &[Head], chosen: ChosenColumns) -> impl IntoView + use<> {
    let choices: Vec<(&'static str, String)> = heads
        .iter()
        .filter(|head| head.is_optional())
        .map(|head| (head.key, head.label.clone()))
        .collect();
    view! {
        <Popover label=tr!(parts.columns) class="btn btn--icon" face=|| view! { <Icon name=IconName::Columns/> }>
            <b class="small">{tr!(parts.columns)}</b>
            {choices.clone().into_iter().map(|(key, label)| view! {
                <Checkbox label checked=Signal::derive(move || chosen.shows(key)) on_change=move |on| chosen.set(key, on)/>
            }).collect_view()}
        </Popover>
    }
}
