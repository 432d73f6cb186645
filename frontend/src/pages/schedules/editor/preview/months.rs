//! The months in sight. One day at a time is reached with Tab, the others with the arrows; a chosen day says below the
//! months what happens on it.

use chrono::{Datelike as _, Days, NaiveDate};
use esteira_shared::schedule::Weekday;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::{
    grid::{self, DayNews},
    live::{Live, end_of, months_from},
};
use crate::{
    components::{IconButton, IconName},
    i18n::tr,
    pages::schedules::editor::times::{day_in_words, weekday, weekday_short},
    text::format,
};

#[component]
pub fn Months(live: Live, news: Memo<Vec<DayNews>>, chosen: RwSignal<Option<NaiveDate>>) -> impl IntoView {
    // Those of the answer, not those that are wanted: the marks belong to them.
    let first = Memo::new(move |old: Option<&NaiveDate>| {
        let shown = live.shown.with(|shown| shown.as_ref().map(|shown| shown.first));
        shown.or(old.copied()).unwrap_or_else(|| live.first.get_untracked())
    });
    let today = format::today();
    let reached = RwSignal::new(today);
    Effect::new(move |_| {
        let (first, now) = (first.get(), reached.get_untracked());
        if now < first || now >= end_of(first) {
            reached.set(first);
        }
    });
    let step = move |forward: bool| {
        // The chosen day goes out of sight.
        chosen.set(None);
        live.step(forward);
    };
    let title = move || {
        let first = first.get();
        let last = end_of(first).pred_opt().unwrap_or(first);
        tr!(
            schedule_editor.months_shown,
            from = month_and_year(first),
            to = month_and_year(last)
        )
    };
    view! {
        <div class="months__head">
            <IconButton icon=IconName::Left label=tr!(schedule_editor.months_before).to_owned() on_click=move |()| step(false)/>
            <span class="sr-only" role="status">{title}</span>
            <IconButton icon=IconName::Right label=tr!(schedule_editor.months_after).to_owned() on_click=move |()| step(true)/>
        </div>
        <div class="months" on:keydown=move |event| walk(&event, reached, first.get_untracked())>
            {move || {
                let first = first.get();
                keep_focus();
                news.with(|news| {
                    let days: Vec<(NaiveDate, DayNews)> = first.iter_days().zip(news.iter().cloned()).collect();
                    months_from(first).into_iter().map(|month| {
                        let days = days.iter().filter(|(day, _)| same_month(*day, month)).cloned().collect();
                        one_month(month, days, today, reached, chosen)
                    }).collect_view()
                })
            }}
        </div>
        <Legend news/>
    }
    .into_any()
}

fn one_month(
    month: NaiveDate,
    days: Vec<(NaiveDate, DayNews)>,
    today: NaiveDate,
    reached: RwSignal<NaiveDate>,
    chosen: RwSignal<Option<NaiveDate>>,
) -> AnyView {
    let blank = month.weekday().num_days_from_monday();
    let mut cells: Vec<AnyView> = (0..blank).map(|_| view! { <td></td> }.into_any()).collect();
    cells.extend(
        days.into_iter()
            .map(|(date, news)| one_day(date, &news, today, reached, chosen)),
    );
    let mut weeks = Vec::new();
    let mut week = Vec::new();
    for cell in cells {
        week.push(cell);
        if week.len() == 7 {
            weeks.push(std::mem::take(&mut week));
        }
    }
    if !week.is_empty() {
        weeks.push(week);
    }
    view! {
        <table class="month">
            <caption>{month_and_year(month)}</caption>
            <thead>
                <tr>
                    {Weekday::ALL.iter().map(|day| view! { <th scope="col" abbr=weekday(*day)>{initial(*day)}</th> }).collect_view()}
                </tr>
            </thead>
            <tbody>{weeks.into_iter().map(|week| view! { <tr>{week}</tr> }).collect_view()}</tbody>
        </table>
    }
    .into_any()
}

fn one_day(
    date: NaiveDate,
    news: &DayNews,
    today: NaiveDate,
    reached: RwSignal<NaiveDate>,
    chosen: RwSignal<Option<NaiveDate>>,
) -> AnyView {
    let lines = news.lines();
    let label = match lines.as_slice() {
        [] => day_in_words(date),
        lines => format!("{}: {}", day_in_words(date), lines.join("; ")),
    };
    let title = lines.join("\n");
    let moved = news.runs.iter().any(|run| run.moved.is_some());
    let runs = !news.runs.is_empty();
    let off = !(runs || news.skipped.is_empty() && news.away.is_empty());
    let (added, gone) = (news.added, !news.gone.is_empty());
    let (weekend, past) = (Weekday::of(date).is_weekend(), date < today);
    let current = (date == today).then_some("date");
    view! {
        <td>
            <button
                type="button"
                class="month__day"
                class:is-on=runs
                class:is-moved=moved
                class:is-off=off
                class:is-added=added
                class:is-gone=gone
                class:is-weekend=weekend
                class:is-past=past
                aria-current=current
                aria-label=label
                title=title
                data-day=date.to_string()
                tabindex=move || if reached.get() == date { "0" } else { "-1" }
                aria-pressed=move || if chosen.get() == Some(date) { "true" } else { "false" }
                on:focus=move |_| reached.set(date)
                on:click=move |_| chosen.update(|chosen| *chosen = (*chosen != Some(date)).then_some(date))
            >{date.day()}</button>
        </td>
    }
    .into_any()
}

/// What the marks mean, of those that can be seen.
#[component]
fn Legend(news: Memo<Vec<DayNews>>) -> impl IntoView {
    let marks = move || {
        let any = |has: fn(&DayNews) -> bool| news.with(|news| news.iter().any(has));
        [
            (
                "is-on",
                tr!(schedule_editor.legend_on),
                any(|day| day.runs.iter().any(|run| run.moved.is_none())),
            ),
            (
                "is-on is-moved",
                tr!(schedule_editor.legend_moved),
                any(|day| day.runs.iter().any(|run| run.moved.is_some())),
            ),
            (
                "is-off",
                tr!(schedule_editor.legend_off),
                any(|day| !day.skipped.is_empty() || !day.away.is_empty()),
            ),
            (
                "is-on is-added",
                tr!(schedule_editor.legend_added),
                any(|day| day.added),
            ),
            (
                "is-gone",
                tr!(schedule_editor.legend_gone),
                any(|day| !day.gone.is_empty()),
            ),
        ]
    };
    view! {
        <ul class="months__legend">
            {move || marks().into_iter().filter(|(.., seen)| *seen).map(|(class, word, _)| view! {
                <li><i class=format!("month__day {class}") aria-hidden="true">"9"</i>{word}</li>
            }).collect_view()}
        </ul>
    }
    .into_any()
}

/// Arrows go by days and weeks, Home and End to the ends of a week, Page Up and Page Down by months.
fn walk(event: &web_sys::KeyboardEvent, reached: RwSignal<NaiveDate>, first: NaiveDate) {
    let here = reached.get_untracked();
    let monday = u64::from(here.weekday().num_days_from_monday());
    let next = match event.key().as_str() {
        "ArrowLeft" => here.pred_opt(),
        "ArrowRight" => here.succ_opt(),
        "ArrowUp" => here.checked_sub_days(Days::new(7)),
        "ArrowDown" => here.checked_add_days(Days::new(7)),
        "Home" => here.checked_sub_days(Days::new(monday)),
        "End" => here.checked_add_days(Days::new(6 - monday)),
        "PageUp" => here.checked_sub_months(chrono::Months::new(1)),
        "PageDown" => here.checked_add_months(chrono::Months::new(1)),
        _ => return,
    };
    event.prevent_default();
    let last = end_of(first).pred_opt().unwrap_or(first);
    focus_day(&next.unwrap_or(here).clamp(first, last).to_string());
}

/// The days are about to be drawn anew: the one that has the focus keeps it.
fn keep_focus() {
    let day = document()
        .active_element()
        .and_then(|active| active.get_attribute("data-day"));
    if let Some(day) = day {
        request_animation_frame(move || focus_day(&day));
    }
}

fn focus_day(day: &str) {
    let found = document()
        .query_selector(&format!(".months [data-day='{day}']"))
        .ok()
        .flatten();
    if let Some(cell) = found.and_then(|found| found.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = cell.focus();
    }
}

/// Of the months in sight.
pub fn use_news(live: Live) -> Memo<Vec<DayNews>> {
    Memo::new(move |_| {
        live.shown
            .with(|shown| shown.as_ref().map(grid::days).unwrap_or_default())
    })
}

fn same_month(day: NaiveDate, month: NaiveDate) -> bool {
    (day.year(), day.month()) == (month.year(), month.month())
}

/// `outubro 2026`
fn month_and_year(month: NaiveDate) -> String {
    format!("{} {}", format::month_name(month.month()), month.year())
}

fn initial(day: Weekday) -> String {
    weekday_short(day)
        .chars()
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .collect()
}
