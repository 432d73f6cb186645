//! The exceptions of a draft, one line each.

use esteira_shared::{dto::schedules::ScheduleExceptionDto, schedule::Exception};
use leptos::prelude::*;

use super::{Exceptions, dates_in_words, effect_in_words, name, type_in_words};
use crate::{
    components::{Badge, Button, Icon, IconName, Menu, MenuItem},
    i18n::tr,
    pages::schedules::editor::{fields::Refused, preview::Live, problems::Errors},
};

#[component]
pub fn ExceptionList(
    exceptions: Exceptions,
    live: Live,
    errors: Errors,
    /// As they are saved, which tells more exactly what they are about.
    #[prop(optional, into)]
    saved: Signal<Vec<ScheduleExceptionDto>>,
) -> impl IntoView {
    let unmatched = Memo::new(move |_| {
        live.shown.with(|shown| {
            let warnings = shown.iter().flat_map(|shown| &shown.told.next.warnings);
            let of_exceptions = warnings.filter(|warning| warning.code == "exception_unmatched");
            let names = of_exceptions.filter_map(|warning| warning.args.get("exception")?.as_str().map(str::to_owned));
            names.collect::<Vec<_>>()
        })
    });
    let is_unmatched = move |exception: &Exception| {
        let known = saved.with(|saved| {
            let same = saved.iter().find(|one| one.exception == *exception);
            same.map(|one| one.unmatched)
        });
        known.unwrap_or_else(|| unmatched.with(|names| names.contains(&name(exception))))
    };
    let is_empty = Memo::new(move |_| exceptions.value.with(Vec::is_empty));
    view! {
        <div class="exceptions">
            <Show when=move || is_empty.get()>
                <p class="small muted">{tr!(schedule_editor.no_exceptions)}</p>
            </Show>
            <ul aria-label=tr!(schedule_editor.exceptions)>
                {move || {
                    let all = exceptions.value.get();
                    all.into_iter().enumerate().map(|(place, exception)| {
                        let strange = is_unmatched(&exception);
                        one(place, &exception, strange, exceptions, errors)
                    }).collect_view()
                }}
            </ul>
            <Refused error=errors.of("exceptions")/>
            <div class="line">
                <Button small=true icon=IconName::Plus on_click=move |()| exceptions.ask_new()>{tr!(schedule_editor.exception_new)}</Button>
            </div>
        </div>
    }
    .into_any()
}

fn one(place: usize, exception: &Exception, unmatched: bool, exceptions: Exceptions, errors: Errors) -> AnyView {
    let dates = dates_in_words(exception);
    let error = errors.entry("exceptions", place);
    let label = tr!(forms.actions_of, name = super::in_words(exception));
    let moves = !matches!(exception, Exception::Skip { .. });
    let (kind, effect) = (type_in_words(exception), effect_in_words(exception));
    let reason = exception.reason().map(str::to_owned);
    view! {
        <li class="exceptions__one">
            <Badge accent=moves>{kind}</Badge>
            <span class="exceptions__what">
                <b class="num">{dates}</b>
                <span>{effect}</span>
                {reason.map(|reason| view! { <small>{reason}</small> })}
                {unmatched.then(|| view! {
                    <span class="exceptions__unmatched"><Icon name=IconName::Needs/>{tr!(schedule_editor.unmatched)}</span>
                })}
                {move || error.get().map(|text| view! { <span class="field__error"><Icon name=IconName::Needs/>{text}</span> })}
            </span>
            <Menu label>
                <MenuItem icon=IconName::Edit on_click=move |()| exceptions.ask_edit(place)>{tr!(forms.edit)}</MenuItem>
                <MenuItem icon=IconName::Trash danger=true on_click=move |()| exceptions.remove(place)>{tr!(schedule_editor.remove)}</MenuItem>
            </Menu>
        </li>
    }
    .into_any()
}
