//! `<Field label="Vencimento"><DatePicker value=due/></Field>`: a day, typed (dd/mm/aaaa) or picked. `value` is an `RwSignal<Option<NaiveDate>>`.

use chrono::{Datelike, Days, NaiveDate};
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::{Icon, IconButton, IconName, Popover, field::FieldContext, menu::PopoverClose};
use crate::{i18n::tr, text::format};

#[component]
pub fn DatePicker(value: RwSignal<Option<NaiveDate>>, #[prop(optional, into)] label: Option<String>) -> impl IntoView {
    let field = use_context::<FieldContext>();
    let text = RwSignal::new(String::new());
    let wrong = RwSignal::new(false);
    Effect::new(move |_| text.set(value.get().map(format::date).unwrap_or_default()));
    let read = move || {
        let typed = text.get_untracked();
        let day = format::parse_date(&typed);
        wrong.set(day.is_none() && !typed.trim().is_empty());
        if !wrong.get_untracked() {
            value.set(day);
            text.set(day.map(format::date).unwrap_or_default());
        }
    };
    let refused = field.as_ref().map(FieldContext::invalid);
    view! {
        <span class="affix">
            <input
                class="input num"
                type="text"
                inputmode="numeric"
                autocomplete="off"
                id=field.as_ref().map(|field| field.id.clone())
                aria-label=label
                aria-describedby=field.as_ref().map(|field| field.described_by.clone())
                aria-invalid=move || (wrong.get() || refused.is_some_and(|refused| refused.get())).then_some("true")
                placeholder=tr!(parts.date_format)
                prop:value=move || text.get()
                on:input=move |event| text.set(event_target_value(&event))
                on:change=move |_| read()
            />
            <span class="affix__end">
                <Popover label=tr!(parts.open_calendar) class="btn btn--icon" face=|| view! { <Icon name=IconName::Month/> }>
                    <Calendar value/>
                </Popover>
            </span>
        </span>
    }
    .into_any()
}

#[component]
fn Calendar(value: RwSignal<Option<NaiveDate>>) -> impl IntoView {
    let today = format::today();
    let first = RwSignal::new(first_of(value.get_untracked().unwrap_or(today)));
    let close = use_context::<PopoverClose>();
    let step = move |forward: bool| {
        first.update(|first| {
            *first = if forward {
                first_of(*first + Days::new(32))
            } else {
                first_of(*first - Days::new(1))
            };
        });
    };
    let title = move || {
        let first = first.get();
        format!("{} {}", format::month_name(first.month()), first.year())
    };
    view! {
        <div class="cal">
            <div class="cal__head">
                <IconButton icon=IconName::Left label=tr!(parts.previous_month) on_click=move |()| step(false)/>
                <span role="status">{title}</span>
                <IconButton icon=IconName::Right label=tr!(parts.next_month) on_click=move |()| step(true)/>
            </div>
            <div class="cal__grid" on:keydown=|event| walk(&event)>
                {tr!(format.weekdays).split(' ').map(|day| view! { <span class="cal__dow" aria-hidden="true">{day}</span> }).collect_view()}
                {move || {
                    let first = first.get();
                    let start = first - Days::new(u64::from(first.weekday().num_days_from_sunday()));
                    start.iter_days().take(42).map(|day| view! {
                        <button
                            type="button"
                            class="cal__cell"
                            class:is-out=day.month() != first.month()
                            class:is-today=day == today
                            aria-label=format::date(day)
                            aria-pressed=move || if value.get() == Some(day) { "true" } else { "false" }
                            on:click=move |_| {
                                value.set(Some(day));
                                if let Some(close) = close { close.0.run(()); }
                            }
                        >{day.day()}</button>
                    }).collect_view()
                }}
            </div>
        </div>
    }
    .into_any()
}

fn first_of(day: NaiveDate) -> NaiveDate {
    day.with_day(1).unwrap_or(day)
}

/// Arrow keys among the days on screen.
fn walk(event: &web_sys::KeyboardEvent) {
    let step: i32 = match event.key().as_str() {
        "ArrowLeft" => -1,
        "ArrowRight" => 1,
        "ArrowUp" => -7,
        "ArrowDown" => 7,
        _ => return,
    };
    event.prevent_default();
    let Some(grid) = event
        .current_target()
        .and_then(|grid| grid.dyn_into::<web_sys::Element>().ok())
    else {
        return;
    };
    let Ok(cells) = grid.query_selector_all("button") else {
        return;
    };
    let now = document().active_element();
    let here = (0..cells.length()).find(|index| {
        now.as_ref().is_some_and(|now| {
            cells
                .get(*index)
                .is_some_and(|cell| &cell == now.as_ref() as &web_sys::Node)
        })
    });
    let next = here
        .and_then(|here| here.checked_add_signed(step))
        .and_then(|next| cells.get(next));
    if let Some(cell) = next.and_then(|cell| cell.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = cell.focus();
    }
}
