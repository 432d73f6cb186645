//! One chosen day: what happens on it, and what may be decided about it.

use chrono::NaiveDate;
use leptos::{html, prelude::*};

use super::{grid::DayNews, live::Live};
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
    live: Live,
    news: Memo<Vec<DayNews>>,
    chosen: RwSignal<Option<NaiveDate>>,
    /// Absent for whoever may not change the schedule.
    exceptions: Option<Exceptions>,
) -> impl IntoView {
    let of_day = Memo::new(move |_| {
        let first = live.shown.with(|shown| shown.as_ref().map(|shown| shown.first));
        let place = first.and_then(|first| usize::try_from((date - first).num_days()).ok());
        place
            .and_then(|place| news.with(|news| news.get(place).cloned()))
            .unwrap_or_default()
    });
    let lines = Memo::new(move |_| of_day.with(DayNews::lines));
    let nominal = Memo::new(move |_| of_day.with(|news| news.nominal_days(date)));
    let panel = NodeRef::<html::Section>::new();
    // What was pressed goes away with what it does.
    let stay = move || {
        if let Some(panel) = panel.get_untracked() {
            let _ = panel.focus();
        }
    };
    view! {
        <section node_ref=panel class="chosen-day" tabindex="-1" aria-label=day_in_words(date)>
            <div class="line line--between">
                <h3>{day_in_words(date)}</h3>
                <IconButton icon=IconName::Close label=tr!(parts.close) on_click=move |()| chosen.set(None)/>
            </div>
            <div role="status">
                <ul class="chosen-day__lines">
                    {move || match lines.get() {
                        lines if lines.is_empty() => view! { <li class="muted">{tr!(schedule_editor.day_nothing)}</li> }.into_any(),
                        lines => lines.into_iter().map(|line| view! { <li>{line}</li> }).collect_view().into_any(),
                    }}
                </ul>
            </div>
            {move || exceptions.map(|exceptions| {
                let dates = nominal.get();
                let several = dates.len() > 1;
                dates.into_iter().map(|date| acts(exceptions, date, several, stay)).collect_view()
            })}
        </section>
    }
    .into_any()
}

/// Exceptions are about the days that the rule gives, which a moved run comes from.
fn acts(
    exceptions: Exceptions,
    date: NaiveDate,
    several: bool,
    stay: impl Fn() + Copy + Send + Sync + 'static,
) -> AnyView {
    let of_day = move || {
        exceptions.value.with(|all| {
            let mine = all.iter().enumerate().filter(|(_, one)| covers(one, date));
            mine.map(|(place, one)| (place, in_words(one))).collect::<Vec<_>>()
        })
    };
    let free = move || of_day().is_empty();
    let skip = move |()| {
        exceptions.skip(date);
        stay();
    };
    let remove = move |place: usize| {
        exceptions.remove(place);
        stay();
    };
    view! {
        <div class="line">
            {several.then(|| view! { <span class="small muted">{tr!(schedule_editor.of_day, day = day(date))}</span> })}
            <Show when=free>
                <Button small=true icon=IconName::Cancelled on_click=skip>{tr!(schedule_editor.skip_day)}</Button>
                <Button small=true icon=IconName::Right on_click=move |()| exceptions.ask_move(date)>{tr!(schedule_editor.move_day)}</Button>
                <Button small=true icon=IconName::Settings on_click=move |()| exceptions.ask_change(date)>{tr!(schedule_editor.change_day)}</Button>
            </Show>
            {move || of_day().into_iter().map(|(place, words)| view! {
                <span class="chosen-day__exception">
                    <span>{words}</span>
                    <Button small=true icon=IconName::Edit on_click=move |()| exceptions.ask_edit(place)>{tr!(forms.edit)}</Button>
                    <Button small=true icon=IconName::Trash on_click=move |()| remove(place)>{tr!(schedule_editor.remove_exception)}</Button>
                </span>
            }).collect_view()}
        </div>
    }
    .into_any()
}
