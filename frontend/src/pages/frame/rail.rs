//! The rail at the left; on a phone the bar at the foot, with the rest behind "Mais".

use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_navigate};

use super::Brand;
use crate::{
    components::{Icon, IconName, Menu, MenuItem},
    i18n::tr,
    routes::{self, RailGroup, RailRow},
    state::{prefs::use_prefs, session::use_session},
};

#[component]
pub(super) fn Rail() -> impl IntoView {
    let (session, prefs) = (use_session(), use_prefs());
    let groups =
        move || {
            let rows = routes::rail(session);
            [RailGroup::Work, RailGroup::Registry, RailGroup::Administration]
            .into_iter()
            .map(|group| (group, rows.iter().copied().filter(|row| row.group == group).collect::<Vec<_>>()))
            .filter(|(_, rows)| !rows.is_empty())
            .map(|(group, rows)| view! {
                <div class="rail__group" role="group" aria-label=group.label()>
                    {group.label().map(|label| view! { <div class="rail__label" aria-hidden="true">{label}</div> })}
                    {rows.into_iter().map(link).collect_view()}
                </div>
            })
            .collect_view()
        };
    let fold = move || {
        if prefs.narrow_rail.get() {
            tr!(frame.expand)
        } else {
            tr!(frame.collapse)
        }
    };
    view! {
        <nav class="rail" aria-label=tr!(frame.main_nav)>
            <Brand/>
            {groups}
            <div class="rail__more"><More/></div>
            <div class="rail__foot">
                <button type="button" class="rail__link" aria-label=fold title=fold on:click=move |_| prefs.toggle_rail()>
                    <Icon name=IconName::Rail/>
                    <span class="rail__word">{fold}</span>
                </button>
            </div>
        </nav>
    }
    .into_any()
}

fn link(row: &'static RailRow) -> impl IntoView {
    let path = use_location().pathname;
    let here = move || routes::row_of(&path.get()).is_some_and(|now| now.path == row.path);
    let label = (row.label)();
    let class = if row.on_phone {
        "rail__link"
    } else {
        "rail__link is-secondary"
    };
    view! {
        <a href=row.address().to_string() class=class title=label aria-current=move || here().then_some("page")>
            <Icon name=row.icon/>
            <span class="rail__word">{label}</span>
        </a>
    }
}

/// The rows a phone's bar has no room for.
#[component]
fn More() -> impl IntoView {
    let session = use_session();
    let navigate = StoredValue::new_local(use_navigate());
    let go = move |row: &'static RailRow| {
        let address = row.address().to_string();
        navigate.with_value(|navigate| navigate(&address, leptos_router::NavigateOptions::default()))
    };
    view! {
        <Menu
            label=tr!(frame.more)
            class="rail__link"
            face=|| view! { <Icon name=IconName::More/><span class="rail__word">{tr!(frame.more)}</span> }
        >
            {untrack(|| routes::rail(session)).into_iter().filter(|row| !row.on_phone).map(|row| view! {
                <MenuItem icon=row.icon on_click=move |()| go(row)>{(row.label)()}</MenuItem>
            }).collect_view()}
        </Menu>
    }
    .into_any()
}
