//! One chosen day: what happens on it, and what may be decided about it.

use chrono::NaiveDate;
use leptos::prelude::*;

use super::grid::DayNews;
use crate::{
    components::{Button, IconButton, IconName},
    i18n::tr,
    pages::schedules::editor::{
        exceptions::{Exceptions, covers, in_words},
        times::{day, day_in_words},
    },
};

#[component]
pub fn ChosenDay(
    date: NaiveDate,
    news: DayNews,
    chosen: RwSignal<Option<NaiveDate>>,
    /// Absent for whoever may not change the schedule.
    exceptions: Option<Exceptions>,
) -> impl IntoView {
    let lines = news.lines();
    let nominal = news.nominal_days(date);
    view! {
        <section class="chosen-day" aria-label=day_in_words(date)>
            <div class="line line--between">
                <h3>{day_in_words(date)}</h3>
                <IconButton icon=IconName::Close label=tr!(parts.close).to_owned() on_click=move |()| chosen.set(None)/>
            </div>
            <ul class="chosen-day__lines" role="status">
                {if lines.is_empty() {
                    view! { <li class="muted">{tr!(schedule_editor.day_nothing)}</li> }.into_any()
                } else {
                    lines.into_iter().map(|line| view! { <li>{line}</li> }).collect_view().into_any()
                }}
            </ul>
            {exceptions.map(|exceptions| view! { <Acts exceptions nominal/> })}
        </section>
    }
    .into_any()
}

/// Exceptions are about the days that the rule gives, which a moved run comes from.
#[component]
fn Acts(exceptions: Exceptions, nominal: Vec<NaiveDate>) -> impl IntoView {
    let several = nominal.len() > 1;
    nominal
        .into_iter()
        .map(|date| {
            let of_day = move || {
                exceptions.value.with(|all| {
                    let mine = all.iter().enumerate().filter(|(_, one)| covers(one, date));
                    mine.map(|(place, one)| (place, in_words(one))).collect::<Vec<_>>()
                })
            };
            let free = move || of_day().is_empty();
            view! {
                <div class="line">
                    {several.then(|| view! { <span class="small muted">{tr!(schedule_editor.of_day, day = day(date))}</span> })}
                    <Show when=free>
                        <Button small=true icon=IconName::Cancelled on_click=move |()| exceptions.skip(date)>{tr!(schedule_editor.skip_day)}</Button>
                        <Button small=true icon=IconName::Right on_click=move |()| exceptions.ask_move(date)>{tr!(schedule_editor.move_day)}</Button>
                        <Button small=true icon=IconName::Settings on_click=move |()| exceptions.ask_change(date)>{tr!(schedule_editor.change_day)}</Button>
                    </Show>
                    {move || of_day().into_iter().map(|(place, words)| view! {
                        <span class="chosen-day__exception">
                            <span>{words}</span>
                            <Button small=true icon=IconName::Edit on_click=move |()| exceptions.ask_edit(place)>{tr!(forms.edit)}</Button>
                            <Button small=true icon=IconName::Trash on_click=move |()| exceptions.remove(place)>{tr!(schedule_editor.remove_exception)}</Button>
                        </span>
                    }).collect_view()}
                </div>
            }
        })
        .collect_view()
        .into_any()
}
