//! A file against the calendar, day by day.

use std::collections::BTreeSet;

use esteira_shared::{
    dto::calendars::{CalendarChangedDay, CalendarImportedDto, DayKey, RefusedLineDto},
    schedule::CalendarDay,
    status::Tone,
};
use leptos::prelude::*;

use super::{super::words, count};
use crate::{
    components::{Checkbox, Notice},
    i18n::{counted, tr},
    text::{
        calendars, format,
        reasons::{quotes, told},
    },
};

/// Days of each kind that are written out.
const SHOWN: usize = 200;

#[component]
pub(super) fn Report(report: CalendarImportedDto, left_out: RwSignal<BTreeSet<DayKey>>) -> impl IntoView {
    let CalendarImportedDto {
        diff,
        removes,
        refused,
        refused_count,
        cancelled,
        stopped,
        ..
    } = report;
    let figures = [
        (tr!(calendars.diff_added), count(diff.added.len())),
        (tr!(calendars.diff_changed), count(diff.changed.len())),
        (tr!(calendars.diff_unchanged), diff.unchanged),
        (tr!(calendars.diff_missing), count(diff.missing.len())),
        (tr!(calendars.diff_refused), refused_count),
    ];
    let missing_title = if removes {
        tr!(calendars.diff_removed_title)
    } else {
        tr!(calendars.diff_missing_title)
    };
    let missing_class = if removes {
        "diff__row diff__row--gone"
    } else {
        "diff__row"
    };
    view! {
        <div class="stack" role="status">
            <dl class="figures">
                {figures.into_iter().map(|(label, value)| view! {
                    <div class:is-zero=value == 0><dt>{label}</dt><dd>{format::count(value)}</dd></div>
                }).collect_view()}
            </dl>
            {(cancelled > 0).then(|| view! { <p class="small muted">{counted!(calendars.cancelled_single, calendars.cancelled_many, cancelled)}</p> })}
            {(!stopped.is_empty()).then(|| view! {
                <Notice tone=Tone::NeedsYou title=tr!(calendars.would_stop_title) text=tr!(calendars.would_stop_text)>
                    {words::schedules(&stopped)}
                </Notice>
            })}
        </div>
        {part(tr!(calendars.diff_added_title), diff.added.len(), diff.added.iter().map(|day| added(day, left_out)))}
        {part(tr!(calendars.diff_changed_title), diff.changed.len(), diff.changed.iter().map(|day| changed(day, left_out)))}
        {part(missing_title, diff.missing.len(), diff.missing.iter().map(|day| view! {
            <li class=missing_class>{line(day)}</li>
        }.into_any()))}
        {part(tr!(calendars.diff_refused_title), usize::try_from(refused_count).unwrap_or(usize::MAX), refused.iter().map(line_refused))}
    }
}

/// A titled list, if there is anything in it.
fn part(title: &'static str, all: usize, rows: impl Iterator<Item = AnyView>) -> AnyView {
    if all == 0 {
        return ().into_any();
    }
    let rows: Vec<AnyView> = rows.take(SHOWN).collect();
    let more = all.saturating_sub(rows.len());
    view! {
        <section class="diff">
            <h3>{title}</h3>
            // It may scroll, and not every row holds something to stop at.
            <ul class="diff__rows" tabindex="0" aria-label=title>{rows}</ul>
            {(more > 0).then(|| view! { <p class="small muted">{tr!(calendars.diff_more, count = format::count(count(more)))}</p> })}
        </section>
    }
    .into_any()
}

fn line(day: &CalendarDay) -> AnyView {
    let each_year = day
        .yearly
        .then(|| view! { <span class="faint">{tr!(calendars.each_year)}</span> });
    view! {
        <span class="num">{words::date(day)}</span>
        <b data-quoted="">{day.name.clone()}</b>
        <span class="muted">{calendars::kind(day.kind)}</span>
        {each_year}
    }
    .into_any()
}

/// Ticked while it is to be taken.
fn wanted(day: &CalendarDay, left_out: RwSignal<BTreeSet<DayKey>>) -> AnyView {
    let key = DayKey::of(day);
    let label = tr!(calendars.take_day, date = words::date(day), name = day.name.clone());
    view! {
        <Checkbox
            bare=true
            checked=Signal::derive(move || left_out.with(|days| !days.contains(&key)))
            on_change=move |on| left_out.update(|days| {
                if on {
                    days.remove(&key);
                } else {
                    days.insert(key);
                }
            })
            label
        />
    }
    .into_any()
}

fn added(day: &CalendarDay, left_out: RwSignal<BTreeSet<DayKey>>) -> AnyView {
    view! { <li class="diff__row diff__row--new">{wanted(day, left_out)}<span class="diff__sign" aria-hidden="true">"+"</span>{line(day)}</li> }
        .into_any()
}

fn changed(day: &CalendarChangedDay, left_out: RwSignal<BTreeSet<DayKey>>) -> AnyView {
    let CalendarChangedDay { before, after } = day;
    let name = (before.name != after.name).then(|| {
        let (old, new) = (before.name.clone(), after.name.clone());
        view! { <del data-quoted="">{old}</del>" → "<ins data-quoted="">{new}</ins> }
    });
    let same_name = (before.name == after.name).then(|| view! { <b data-quoted="">{after.name.clone()}</b> });
    let kind = if before.kind == after.kind {
        view! { <span class="muted">{calendars::kind(after.kind)}</span> }.into_any()
    } else {
        view! { <span><del>{calendars::kind(before.kind)}</del>" → "<ins>{calendars::kind(after.kind)}</ins></span> }
            .into_any()
    };
    view! {
        <li class="diff__row">
            {wanted(after, left_out)}
            <span class="num">{words::date(after)}</span>
            <span>{same_name}{name}</span>
            {kind}
        </li>
    }
    .into_any()
}

fn line_refused(line: &RefusedLineDto) -> AnyView {
    let (number, reason, text) = (format::count(line.line), told(&line.reason), line.text.clone());
    view! {
        <li class="diff__row diff__row--refused">
            <span class="num muted">{tr!(calendars.line, number = number)}</span>
            <span>{quotes(&reason)}</span>
            <code class="break" data-quoted="">{text}</code>
        </li>
    }
    .into_any()
}
