//! The national holidays of a year against what a service outside says.

use esteira_shared::{
    calendar_file::write_csv,
    dto::calendars::{CalendarCheckDto, CalendarFormat, CalendarImport, CalendarQuery},
    event::Topic,
    schedule::CalendarDay,
    status::Tone,
};
use leptos::prelude::*;

use super::{dialogs::CalendarDialogs, words};
use crate::{
    api,
    components::{Button, Choice, Dialog, ErrorCard, Field, Kind, Notice, ProgressBar, Select},
    hooks::{use_mutation, use_query},
    i18n::{counted, tr},
    state::toasts::use_toasts,
    text::{calendars, format, reasons::told},
};

#[component]
pub(super) fn CheckDialog(calendar: StoredValue<String>, year: Memo<i32>, dialogs: CalendarDialogs) -> impl IntoView {
    view! {
        <Dialog open=dialogs.check title=Signal::derive(move || tr!(calendars.check_title, year = year.get())) wide=true>
            <Check calendar year dialogs/>
        </Dialog>
    }
}

#[component]
fn Check(calendar: StoredValue<String>, year: Memo<i32>, dialogs: CalendarDialogs) -> impl IntoView {
    let ask = use_mutation();
    let answer = RwSignal::new(None::<CalendarCheckDto>);
    let start = move || {
        let (calendar, year) = (calendar.get_value(), year.get_untracked());
        answer.set(None);
        ask.run_quietly(
            async move { api::calendars::check_holidays(&calendar, year).await },
            move |told| {
                let _ = answer.try_set(Some(told));
            },
        );
    };
    start();
    view! {
        <div class="stack">
            <Show when=move || ask.busy.get()>
                <ProgressBar share=Signal::derive(|| None::<f64>) label=tr!(calendars.checking)/>
            </Show>
            {move || ask.error.get().map(|error| view! { <ErrorCard error on_retry=move |()| start()/> })}
            {move || answer.get().map(|check| match &check.failure {
                Some(reason) => view! {
                    <div role="alert">
                        <Notice tone=Tone::Failed title=tr!(calendars.check_failed) text=told(reason)>
                            <Button small=true on_click=move |()| start()>{tr!(parts.retry)}</Button>
                        </Notice>
                    </div>
                }.into_any(),
                None => view! { <Compared check dialogs/> }.into_any(),
            })}
        </div>
    }
}

#[component]
fn Compared(check: CalendarCheckDto, dialogs: CalendarDialogs) -> impl IntoView {
    let alike = check.unknown.is_empty() && check.missing.is_empty();
    let same = counted!(calendars.check_same_single, calendars.check_same_many, check.same);
    let verdict = if alike {
        view! { <Notice tone=Tone::Done title=tr!(calendars.check_alike) text=same/> }.into_any()
    } else {
        view! { <Notice tone=Tone::NeedsYou title=tr!(calendars.check_differs) text=tr!(calendars.check_differs_text)/> }.into_any()
    };
    let (year, unknown) = (check.year, check.unknown.clone());
    view! {
        <div role="status">{verdict}</div>
        {listed(tr!(calendars.check_unknown), &check.unknown)}
        {listed(tr!(calendars.check_missing), &check.missing)}
        {listed(tr!(calendars.check_ignored), &check.ignored)}
        {if unknown.is_empty() {
            view! {
                <div class="form__foot"><Button on_click=move |()| dialogs.check.set(false)>{tr!(parts.close)}</Button></div>
            }.into_any()
        } else {
            view! { <Merge year days=unknown dialogs/> }.into_any()
        }}
    }
}

fn listed(title: &'static str, days: &[CalendarDay]) -> Option<AnyView> {
    if days.is_empty() {
        return None;
    }
    let rows = days
        .iter()
        .map(|day| {
            view! {
                <li class="diff__row">
                    <span class="num">{format::date(day.date)}</span>
                    <b data-quoted="">{day.name.clone()}</b>
                    <span class="muted">{calendars::kind(day.kind)}</span>
                </li>
            }
        })
        .collect_view();
    let view = view! { <section class="diff"><h3>{title}</h3><ul class="diff__rows">{rows}</ul></section> };
    Some(view.into_any())
}

/// Puts what only the service has into a calendar of the organisation's own, as an import that can be undone.
#[component]
fn Merge(year: i32, days: Vec<CalendarDay>, dialogs: CalendarDialogs) -> impl IntoView {
    let own = use_query(&[Topic::Calendars], || {
        let query = CalendarQuery {
            built_in: Some(false),
            limit: Some(esteira_shared::page::MAX_LIMIT),
            ..CalendarQuery::default()
        };
        async move { api::calendars::list_calendars(&query).await }
    });
    let choices = Signal::derive(move || {
        own.data.with(|page| {
            let items = page.iter().flat_map(|page| &page.items);
            items
                .map(|calendar| Choice::new(calendar.name.clone(), words::title(calendar)))
                .collect::<Vec<_>>()
        })
    });
    let chosen = RwSignal::new(String::new());
    let save = use_mutation();
    let days = StoredValue::new(days);
    let merge = move |()| {
        let name = chosen.get_untracked();
        let import = CalendarImport {
            format: CalendarFormat::Csv,
            text: days.with_value(|days| write_csv(days)),
            file_name: tr!(calendars.check_file, year = year),
            dry_run: false,
            remove_missing: false,
            leave_out: Vec::new(),
            version: None,
        };
        save.run_quietly(
            async move { api::calendars::import_days(&name, &import).await },
            move |done| {
                let title = done.calendar.title;
                use_toasts().done(tr!(calendars.check_merged, title = title));
                dialogs.stopped.set(done.stopped);
                dialogs.check.set(false);
            },
        );
    };
    view! {
        {move || save.error.get().map(|error| view! { <ErrorCard error/> })}
        {move || if choices.with(Vec::is_empty) {
            view! { <p class="small muted">{tr!(calendars.check_no_own)}</p> }.into_any()
        } else {
            view! {
                <Field label=tr!(calendars.check_into) hint=tr!(calendars.check_into_hint)>
                    <Select value=chosen options=choices placeholder=tr!(parts.choose)/>
                </Field>
            }.into_any()
        }}
        <div class="form__foot">
            <Button on_click=move |()| dialogs.check.set(false)>{tr!(parts.close)}</Button>
            <Button
                kind=Kind::Primary
                busy=save.busy
                disabled=Signal::derive(move || chosen.with(String::is_empty))
                on_click=merge
            >{tr!(calendars.check_merge)}</Button>
        </div>
    }
}
