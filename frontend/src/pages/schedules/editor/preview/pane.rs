//! The preview beside a form, and the rule's sentence above it.

use chrono::NaiveDate;
use esteira_shared::status::Tone;
use leptos::prelude::*;

use super::{
    day::ChosenDay,
    live::Live,
    months::{Months, use_news},
    rows::{Row, RowKind, rows},
};
use crate::{
    components::{Button, ErrorCard, Icon, IconName, Kind, Notice, Skeleton},
    i18n::tr,
    pages::schedules::editor::{exceptions::Exceptions, problems::capitalised},
    text::{format, reasons},
};

/// The rule in words, as the server understood it last.
#[component]
pub fn Sentence(live: Live) -> impl IntoView {
    let words = Memo::new(move |_| {
        live.shown.with(|shown| {
            shown
                .as_ref()
                .map(|shown| shown.told.next.description.clone())
                .unwrap_or_default()
        })
    });
    view! {
        <div class="words" class:is-stale=move || live.loading.get()>
            <Icon name=IconName::Clock/>
            <p role="status" aria-label=tr!(schedule_editor.in_words)>
                {move || match words.get() {
                    words if words.is_empty() => tr!(parts.loading).to_owned(),
                    words => format!("{words}."),
                }}
            </p>
        </div>
    }
    .into_any()
}

#[component]
pub fn Pane(live: Live, #[prop(optional)] exceptions: Option<Exceptions>) -> impl IntoView {
    let news = use_news(live);
    let chosen = RwSignal::new(None::<NaiveDate>);
    let has_answer = Memo::new(move |_| live.shown.with(Option::is_some));
    let state = move || {
        if live.failed.with(Option::is_some) {
            String::new()
        } else if live.loading.get() {
            tr!(schedule_editor.updating).to_owned()
        } else {
            let at = live.shown.with(|shown| shown.as_ref().map(|shown| *shown.now));
            at.map(|at| tr!(schedule_editor.updated_at, time = format::time(at)))
                .unwrap_or_default()
        }
    };
    view! {
        <section class="card preview" aria-label=tr!(schedule_editor.preview)>
            <header class="card__head">
                <h2>{tr!(schedule_editor.next_runs)}</h2>
                <span class="small faint">{state}</span>
            </header>
            {move || live.failed.get().map(|error| view! { <div class="card__body"><ErrorCard error on_retry=move |()| live.retry()/></div> })}
            <Show when=move || has_answer.get() fallback=|| view! { <Skeleton rows=8/> }>
                <div class="preview__body" class:is-stale=move || live.loading.get()>
                    <Facts live/>
                    <div class="preview__months">
                        <Months live news chosen/>
                        {move || chosen.get().map(|date| view! { <ChosenDay date live news chosen exceptions/> })}
                        <Cut live/>
                    </div>
                    <Next live/>
                </div>
            </Show>
        </section>
    }
    .into_any()
}

/// That it never runs, and what speaks against the rule.
#[component]
fn Facts(live: Live) -> impl IntoView {
    let facts = Memo::new(move |_| {
        live.shown.with(|shown| {
            let next = shown.as_ref().map(|shown| &shown.told.next);
            let warnings = next.map(|next| next.warnings.iter().map(reasons::told).collect::<Vec<_>>());
            (next.is_some_and(|next| next.never_fires), warnings.unwrap_or_default())
        })
    });
    view! {
        <div class="preview__facts" role="status">
            {move || {
                let (never, warnings) = facts.get();
                view! {
                    {never.then(|| view! { <Notice tone=Tone::Failed title=tr!(schedule_editor.never_title) text=tr!(schedule_editor.never_text)/> })}
                    {(!warnings.is_empty()).then(|| view! {
                        <Notice tone=Tone::NeedsYou title=tr!(schedule_editor.warnings)>
                            <ul class="bullets">
                                {warnings.into_iter().map(|warning| view! { <li>{reasons::quotes(&capitalised(&warning))}</li> }).collect_view()}
                            </ul>
                        </Notice>
                    })}
                }
            }}
        </div>
    }
    .into_any()
}

/// A rule that runs many times a day fills the answer before the months end.
#[component]
fn Cut(live: Live) -> impl IntoView {
    let until = Memo::new(move |_| {
        live.shown
            .with(|shown| shown.as_ref().and_then(|shown| shown.told.until))
    });
    view! {
        {move || until.get().map(|until| view! {
            <p class="small muted">{tr!(schedule_editor.cut, day = format::date(until))}</p>
        })}
    }
    .into_any()
}

#[component]
fn Next(live: Live) -> impl IntoView {
    let list = Memo::new(move |_| live.shown.with(|shown| shown.as_ref().map(rows).unwrap_or_default()));
    let is_full = move || {
        live.shown.with(|shown| {
            shown
                .as_ref()
                .is_some_and(|shown| shown.told.next.occurrences.len() >= shown.count as usize)
        })
    };
    let more_skipped = move || {
        live.shown
            .with(|shown| shown.as_ref().is_some_and(|shown| shown.told.next.skipped_more))
    };
    view! {
        <ol class="next" aria-label=tr!(schedule_editor.next_runs)>
            {move || list.get().into_iter().map(one).collect_view()}
        </ol>
        <Show when=more_skipped><p class="preview__note small muted">{tr!(schedule_editor.skipped_more)}</p></Show>
        <Show when=is_full>
            <div class="card__foot">
                <Button small=true kind=Kind::Ghost icon=IconName::Down busy=live.loading on_click=move |()| live.more()>{tr!(schedule_editor.load_more)}</Button>
            </div>
        </Show>
    }
    .into_any()
}

fn one(row: Row) -> AnyView {
    let (class, word) = match row.kind {
        RowKind::Runs if row.why.is_some() => ("next__row is-moved", None),
        RowKind::Runs => ("next__row", None),
        RowKind::Added => ("next__row is-added", Some(tr!(schedule_editor.row_added))),
        RowKind::Skipped => ("next__row is-skipped", Some(tr!(schedule_editor.row_skipped))),
        RowKind::Gone => ("next__row is-gone", Some(tr!(schedule_editor.row_gone_word))),
    };
    let not_there = matches!(row.kind, RowKind::Skipped | RowKind::Gone);
    let when = if not_there {
        view! { <s class="num">{row.when}</s> }.into_any()
    } else {
        view! { <b class="num">{row.when}</b> }.into_any()
    };
    view! {
        <li class=class>
            <span class="next__number num" aria-hidden="true">{row.number}</span>
            <span class="next__what">
                {when}
                {word.map(|word| view! { <span class="badge">{word}</span> })}
                {row.why.map(|why| view! { <small>{why}</small> })}
            </span>
            <span class="next__distance num">{row.distance}</span>
        </li>
    }
    .into_any()
}
