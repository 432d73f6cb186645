//! A new limit, or other figures for one.

use esteira_shared::dto::jobs::{JobLimitDto, JobLimitUpdate};
use leptos::prelude::*;

use super::words;
use crate::{
    api,
    components::{Dialog, Field, Form, Notice, TextInput},
    hooks::{Mutation, use_mutation},
    i18n::tr,
    state::toasts::use_toasts,
};

#[component]
pub(super) fn LimitDialog(
    open: RwSignal<bool>,
    chosen: RwSignal<Option<JobLimitDto>>,
    #[prop(into)] on_saved: Callback<Vec<JobLimitDto>>,
) -> impl IntoView {
    let title = Signal::derive(move || match chosen.get() {
        Some(limit) => tr!(monitor.limit_edit_title, lane = words::lane(&limit.lane)),
        None => tr!(monitor.limit_create).to_owned(),
    });
    view! { <Dialog open title><Fields open chosen on_saved/></Dialog> }
}

#[component]
fn Fields(
    open: RwSignal<bool>,
    chosen: RwSignal<Option<JobLimitDto>>,
    on_saved: Callback<Vec<JobLimitDto>>,
) -> impl IntoView {
    let limit = chosen.get_untracked();
    let known = limit.is_some();
    let text = |number: Option<i32>| RwSignal::new(number.map(|number| number.to_string()).unwrap_or_default());
    let lane = RwSignal::new(limit.as_ref().map(|limit| limit.lane.clone()).unwrap_or_default());
    let most = text(limit.as_ref().and_then(|limit| limit.max_running));
    let count = text(limit.as_ref().and_then(|limit| limit.rate_count));
    let seconds = text(limit.as_ref().and_then(|limit| limit.rate_seconds));
    let save = use_mutation();
    let submit = move |()| {
        save.clear();
        let figures = (
            number(save, "max_running", most),
            number(save, "rate_count", count),
            number(save, "rate_seconds", seconds),
        );
        let (Some(max_running), Some(rate_count), Some(rate_seconds)) = figures else {
            return;
        };
        // To the server that would mean: no limit any more.
        if max_running.is_none() && rate_count.is_none() && rate_seconds.is_none() {
            save.refuse_field("max_running", tr!(monitor.limit_needs_figure));
            return;
        }
        let update = JobLimitUpdate {
            lane: lane.get_untracked().trim().to_owned(),
            max_running,
            rate_count,
            rate_seconds,
        };
        if save.accepts(&update) {
            let said = tr!(monitor.limit_saved, lane = words::lane(&update.lane));
            save.run_quietly(async move { api::jobs::set_limit(&update).await }, move |all| {
                let _ = open.try_set(false);
                on_saved.run(all);
                use_toasts().done(said);
            });
        }
    };
    view! {
        <Form save submit=tr!(monitor.limit_save) on_submit=submit on_cancel=move |()| open.set(false)>
            <Field label=tr!(monitor.lane) optional=true hint=tr!(monitor.lane_hint) error=save.field("lane")>
                <TextInput value=lane mono=true placeholder="robots/VIVO" autofocus=!known disabled=known/>
            </Field>
            <Field label=tr!(monitor.at_once) optional=true hint=tr!(monitor.at_once_hint) error=save.field("max_running")>
                <TextInput value=most inputmode="numeric" autofocus=known/>
            </Field>
            <div class="form-grid">
                <Field label=tr!(monitor.starts) optional=true error=save.field("rate_count")>
                    <TextInput value=count inputmode="numeric"/>
                </Field>
                <Field label=tr!(monitor.in_seconds) optional=true error=save.field("rate_seconds")>
                    <TextInput value=seconds inputmode="numeric"/>
                </Field>
            </div>
            <Notice title=tr!(monitor.limit_spaced) text=tr!(monitor.limit_note)/>
        </Form>
    }
}

/// The number in a field; the outer `None` when what stands there is none, which the field then says.
fn number(save: Mutation, field: &str, value: RwSignal<String>) -> Option<Option<i32>> {
    let text = value.get_untracked();
    // Thousands are written with a point here.
    let digits: String = text.chars().filter(|c| !c.is_whitespace() && *c != '.').collect();
    if digits.is_empty() {
        return Some(None);
    }
    let number = digits.parse().ok();
    if number.is_none() {
        save.refuse_field(field, tr!(monitor.not_a_number));
    }
    number.map(Some)
}
