//! `<MonthPicker value=month on_change=move |month| go(month)/>`: ‹ Outubro 2026 ›, with the months of a year behind the name.

use esteira_shared::month::Month;
use leptos::prelude::*;

use super::{Button, IconButton, IconName, Kind, Popover, menu::PopoverClose};
use crate::{i18n::tr, text::format};

#[component]
pub fn MonthPicker(#[prop(into)] value: Signal<Month>, #[prop(into)] on_change: Callback<Month>) -> impl IntoView {
    view! {
        <div class="month-step">
            <IconButton icon=IconName::Left label=tr!(parts.previous_month) on_click=move |()| on_change.run(value.get_untracked().plus(-1))/>
            <Popover
                label=Signal::derive(move || tr!(parts.choose_month, month = format::month(value.get())))
                class="month-step__now"
                start=true
                face=move || view! { {move || format::month(value.get())} }
            >
                <Months value on_change/>
            </Popover>
            <IconButton icon=IconName::Right label=tr!(parts.next_month) on_click=move |()| on_change.run(value.get_untracked().plus(1))/>
        </div>
    }
    .into_any()
}

#[component]
fn Months(value: Signal<Month>, on_change: Callback<Month>) -> impl IntoView {
    let year = RwSignal::new(value.get_untracked().year());
    let close = use_context::<PopoverClose>();
    let go = move |month: Month| {
        if let Some(close) = close {
            close.0.run(());
        }
        on_change.run(month);
    };
    view! {
        <div class="cal">
            <div class="cal__head">
                <IconButton icon=IconName::Left label=tr!(parts.previous_year) on_click=move |()| year.update(|year| *year -= 1)/>
                <span class="num" role="status">{move || year.get()}</span>
                <IconButton icon=IconName::Right label=tr!(parts.next_year) on_click=move |()| year.update(|year| *year += 1)/>
            </div>
            <div class="cal__grid cal__grid--months">
                {(1..=12).map(|number| {
                    let month = move || Month::new(year.get(), number).ok();
                    view! {
                        <button
                            type="button"
                            class="cal__cell"
                            aria-pressed=move || if month() == Some(value.get()) { "true" } else { "false" }
                            disabled=move || month().is_none()
                            on:click=move |_| if let Some(month) = untrack(month) { go(month) }
                        >
                            {format::month_name(number).chars().take(3).collect::<String>()}
                        </button>
                    }
                }).collect_view()}
            </div>
            <Button small=true kind=Kind::Ghost on_click=move |()| go(Month::of(format::today()))>{tr!(parts.this_month)}</Button>
        </div>
    }
    .into_any()
}
