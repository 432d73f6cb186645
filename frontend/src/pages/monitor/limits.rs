//! Limits: how many jobs of a lane run at once, and how fast they start.

mod form;

use esteira_shared::{
    dto::jobs::{JobLimitDto, JobLimitUpdate},
    event::Topic,
    permission::Permission,
};
use leptos::prelude::*;

use super::words;
use crate::{
    api,
    components::{
        AsyncView, Button, Card, ConfirmDialog, EmptyState, ErrorCard, IconName, KeyedRow, Menu, MenuItem,
        RelativeTime, keyed_rows,
    },
    hooks::{Query, use_mutation, use_query},
    i18n::{counted, tr},
    pages::processes::words::actor,
    state::{session::use_session, toasts::use_toasts},
    text::format,
};
use form::LimitDialog;

#[derive(Clone, Copy)]
struct LimitDialogs {
    query: Query<Vec<JobLimitDto>>,
    /// `None` in an open form means a new limit.
    chosen: RwSignal<Option<JobLimitDto>>,
    form: RwSignal<bool>,
    removal: RwSignal<bool>,
    may: bool,
}

impl LimitDialogs {
    fn on(self, limit: Option<JobLimitDto>, dialog: RwSignal<bool>) {
        self.chosen.set(limit);
        dialog.set(true);
    }
}

#[component]
pub(super) fn Limits() -> impl IntoView {
    let query = use_query(&[Topic::Jobs], api::jobs::list_limits);
    let dialogs = LimitDialogs {
        query,
        chosen: RwSignal::new(None),
        form: RwSignal::new(false),
        removal: RwSignal::new(false),
        may: untrack(|| use_session().may(Permission::ManageEngine)),
    };
    let aside = move || {
        dialogs.may.then(|| {
            view! { <Button small=true icon=IconName::Plus on_click=move |()| dialogs.on(None, dialogs.form)>{tr!(monitor.limit_create)}</Button> }
        })
    };
    let empty =
        || view! { <EmptyState icon=IconName::Monitor title=tr!(monitor.no_limits) text=tr!(monitor.no_limits_text)/> };
    view! {
        <Card title=tr!(monitor.limits) aside flush=true>
            <p class="small muted monitor__note">{tr!(monitor.limit_note)}</p>
            <AsyncView query empty_when=Vec::is_empty empty let:data>
                <div class="card-table">
                    <div class="table-wrap">
                        <table class="table">
                            <thead>
                                <tr>
                                    <th scope="col">{tr!(monitor.lane)}</th>
                                    <th scope="col" class="num">{tr!(monitor.at_once)}</th>
                                    <th scope="col">{tr!(monitor.rate)}</th>
                                    <th scope="col" class="num">{tr!(monitor.running)}</th>
                                    <th scope="col" class="num">{tr!(monitor.waiting)}</th>
                                    <th scope="col">{tr!(monitor.changed)}</th>
                                    {dialogs.may.then(|| view! { <th scope="col" class="table__actions"><span class="sr-only">{tr!(parts.actions)}</span></th> })}
                                </tr>
                            </thead>
                            <tbody>
                                {keyed_rows(move || data.with(|all| {
                                    let lanes = all.iter().map(|one| one.lane.clone());
                                    lanes.map(|lane| KeyedRow::new(lane.clone(), move || view! { <Row lane data dialogs/> })).collect()
                                }))}
                            </tbody>
                        </table>
                    </div>
                </div>
            </AsyncView>
        </Card>
        <LimitDialog open=dialogs.form chosen=dialogs.chosen on_saved=move |all| dialogs.query.set(all)/>
        <Removal dialogs/>
    }
}

#[component]
fn Row(lane: String, data: Signal<Vec<JobLimitDto>>, dialogs: LimitDialogs) -> impl IntoView {
    let name = words::lane(&lane);
    let limit = Memo::new(move |_| data.with(|all| all.iter().find(|one| one.lane == lane).cloned()));
    let cell = move |draw: fn(&JobLimitDto) -> AnyView| move || limit.with(|limit| limit.as_ref().map(draw));
    let on = move |dialog| {
        if let Some(limit) = limit.get_untracked() {
            dialogs.on(Some(limit), dialog);
        }
    };
    let menu = {
        let name = name.clone();
        move || {
            view! {
                <td class="table__actions">
                    <Menu label=tr!(forms.actions_of, name = name)>
                        <MenuItem icon=IconName::Edit on_click=move |()| on(dialogs.form)>{tr!(forms.edit)}</MenuItem>
                        <MenuItem icon=IconName::Trash danger=true on_click=move |()| on(dialogs.removal)>{tr!(monitor.limit_remove)}</MenuItem>
                    </Menu>
                </td>
            }
        }
    };
    view! {
        <tr>
            <td class="table__main mono break">{name}</td>
            <td class="num" data-label=tr!(monitor.at_once)>
                {cell(|one| or_dash(one.max_running.map(|most| format::count(most.into()))))}
            </td>
            <td data-label=tr!(monitor.rate)>{cell(|one| or_dash(rate(one)))}</td>
            <td class="num" data-label=tr!(monitor.running)>{cell(|one| format::count(one.running).into_any())}</td>
            <td class="num" data-label=tr!(monitor.waiting)>{cell(|one| format::count(one.waiting).into_any())}</td>
            <td data-label=tr!(monitor.changed)>
                {cell(|one| view! { <span class="muted">{actor(&one.updated_by)}" · "<RelativeTime at=one.updated_at/></span> }.into_any())}
            </td>
            {dialogs.may.then(menu)}
        </tr>
    }
    .into_any()
}

fn or_dash(text: Option<String>) -> AnyView {
    match text {
        Some(text) => text.into_any(),
        None => view! { <span class="faint">"—"</span> }.into_any(),
    }
}

/// `5 a cada 60 s`
fn rate(limit: &JobLimitDto) -> Option<String> {
    let (count, seconds) = limit.rate_count.zip(limit.rate_seconds)?;
    let seconds = format::duration(i64::from(seconds).saturating_mul(1_000));
    Some(tr!(
        monitor.rate_words,
        count = format::count(count.into()),
        time = seconds
    ))
}

#[component]
fn Removal(dialogs: LimitDialogs) -> impl IntoView {
    let remove = use_mutation();
    Effect::new(move |_| {
        if dialogs.removal.get() {
            remove.clear();
        }
    });
    let name = Signal::derive(move || {
        dialogs
            .chosen
            .with(|chosen| chosen.as_ref().map(|one| words::lane(&one.lane)).unwrap_or_default())
    });
    let confirm = move |()| {
        let Some(limit) = dialogs.chosen.get_untracked() else {
            return;
        };
        let text = tr!(monitor.limit_removed, lane = words::lane(&limit.lane));
        // Without figures it is no limit any more.
        let update = JobLimitUpdate {
            lane: limit.lane,
            ..JobLimitUpdate::default()
        };
        remove.run_quietly(async move { api::jobs::set_limit(&update).await }, move |all| {
            let _ = dialogs.removal.try_set(false);
            let _ = dialogs.query.data.try_set(Some(all));
            use_toasts().done(text);
        });
    };
    let waiting = move || {
        dialogs
            .chosen
            .with(|chosen| chosen.as_ref().map_or(0, |one| one.waiting))
    };
    view! {
        <ConfirmDialog
            open=dialogs.removal
            title=Signal::derive(move || tr!(monitor.limit_remove_title, lane = name.get()))
            confirm=tr!(monitor.limit_remove)
            danger=true
            busy=remove.busy
            on_confirm=confirm
        >
            {move || remove.error.get().map(|error| view! { <ErrorCard error/> })}
            <p>{move || match waiting() {
                0 => tr!(monitor.limit_remove_text).to_owned(),
                count => counted!(monitor.limit_remove_waiting_single, monitor.limit_remove_waiting_many, count),
            }}</p>
        </ConfirmDialog>
    }
}
