//! Running the slots of a range of the past: first a list of what would run, then the runs.

use chrono::NaiveDate;
use esteira_shared::dto::schedules::{BackfillDto, BackfillRequest, ScheduleDto};
use leptos::prelude::*;

use super::{ScheduleDialogs, slots::Slots};
use crate::{
    api,
    components::{Button, Checkbox, Choice, DatePicker, Dialog, ErrorCard, Field, Kind, Select},
    hooks::{Mutation, use_mutation},
    i18n::{counted, tr},
    state::toasts::use_toasts,
    text::format,
};

/// What was filled in, and what the server said that it would run.
#[derive(Clone, Copy)]
struct Wish {
    from: RwSignal<Option<NaiveDate>>,
    to: RwSignal<Option<NaiveDate>>,
    concurrency: RwSignal<String>,
    confirmed: RwSignal<bool>,
    tried: RwSignal<Option<BackfillDto>>,
    send: Mutation,
}

impl Wish {
    fn new() -> Self {
        Self {
            from: RwSignal::new(None),
            to: RwSignal::new(None),
            concurrency: RwSignal::new("1".to_owned()),
            confirmed: RwSignal::new(false),
            tried: RwSignal::new(None),
            send: use_mutation(),
        }
    }

    fn reset(self) {
        self.from.set(None);
        self.to.set(None);
        self.concurrency.set("1".to_owned());
        self.confirmed.set(false);
        self.tried.set(None);
        self.send.clear();
    }

    /// Nothing when a day is missing, which is then marked.
    fn request(self, dry_run: bool) -> Option<BackfillRequest> {
        self.send.clear();
        let missing = tr!(errors.field_required);
        let (from, to) = (self.from.get_untracked(), self.to.get_untracked());
        if from.is_none() {
            self.send.refuse_field("from", missing);
        }
        if to.is_none() {
            self.send.refuse_field("to", missing);
        }
        let request = BackfillRequest {
            from: from?,
            to: to?,
            dry_run,
            concurrency: self.concurrency.with_untracked(|text| text.parse().unwrap_or(1)),
            confirm_messages: self.confirmed.get_untracked(),
        };
        self.send.accepts(&request).then_some(request)
    }

    /// How many it would run now.
    fn count(self) -> i64 {
        self.tried.with(|tried| {
            let runs = tried.iter().flat_map(|tried| &tried.slots).filter(|slot| slot.runs);
            i64::try_from(runs.count()).unwrap_or(i64::MAX)
        })
    }
}

#[component]
pub(super) fn Backfill(dialogs: ScheduleDialogs, #[prop(into)] on_changed: Callback<()>) -> impl IntoView {
    let wish = Wish::new();
    Effect::new(move |_| {
        if dialogs.backfill.get() {
            wish.reset();
        }
    });
    // Another range: what was listed is no longer what would run.
    Effect::new(move |before: Option<()>| {
        wish.from.track();
        wish.to.track();
        if before.is_some() {
            wish.tried.set(None);
        }
    });
    let try_it = move || {
        let (Some(id), Some(request)) = (dialogs.id(), wish.request(true)) else {
            return;
        };
        let call = async move { api::schedules::backfill_schedule(id, &request).await };
        wish.send.run_quietly(call, move |answer| {
            let _ = wish.tried.try_set(Some(answer));
        });
    };
    let run = move || {
        let (Some(id), Some(request)) = (dialogs.id(), wish.request(false)) else {
            return;
        };
        let call = async move { api::schedules::backfill_schedule(id, &request).await };
        wish.send.run_quietly(call, move |answer| {
            let begun = answer.slots.iter().filter(|slot| slot.runs).count();
            let begun = i64::try_from(begun).unwrap_or(i64::MAX);
            if dialogs.backfill.try_set(false).is_none() {
                on_changed.run(());
            }
            use_toasts().done(counted!(
                schedules.backfill_done_single,
                schedules.backfill_done_many,
                begun
            ));
        });
    };
    let count = Memo::new(move |_| wish.count());
    let to_people = Memo::new(move |_| {
        wish.tried
            .with(|tried| tried.as_ref().is_some_and(|tried| tried.to_people))
    });
    let blocked = Memo::new(move |_| count.get() == 0 || (to_people.get() && !wish.confirmed.get()));
    let actions = move || {
        view! {
            <Button on_click=move |()| dialogs.backfill.set(false)>{tr!(parts.cancel)}</Button>
            <Show
                when=move || wish.tried.with(Option::is_some)
                fallback=move || view! { <Button kind=Kind::Primary busy=wish.send.busy on_click=move |()| try_it()>{tr!(schedules.backfill_try)}</Button> }
            >
                <Button kind=Kind::Primary busy=wish.send.busy disabled=blocked on_click=move |()| run()>
                    {move || tr!(schedules.backfill_do, count = format::count(count.get()))}
                </Button>
            </Show>
        }
    };
    view! {
        <Dialog
            open=dialogs.backfill
            title=Signal::derive(move || tr!(schedules.backfill_title, name = dialogs.name()))
            wide=true
            actions
        >
            <Problem send=wish.send/>
            <p>{tr!(schedules.backfill_text)}</p>
            <Range wish chosen=dialogs.chosen/>
            {move || wish.tried.get().map(|tried| view! { <Slots tried/> })}
            <Show when=move || count.get().gt(&0)><Choices wish to_people/></Show>
        </Dialog>
    }
}

/// What no field of the form tells.
#[component]
fn Problem(send: Mutation) -> impl IntoView {
    move || {
        let error = send.error.get()?;
        let shown = ["from", "to", "concurrency", "confirm_messages"];
        let told = !error.fields.is_empty() && error.fields.iter().all(|field| shown.contains(&field.field.as_str()));
        (!told).then(|| view! { <ErrorCard error/> })
    }
}

#[component]
fn Range(wish: Wish, chosen: RwSignal<Option<ScheduleDto>>) -> impl IntoView {
    let zone = chosen.with_untracked(|chosen| {
        chosen
            .as_ref()
            .map(|one| one.schedule.timezone.clone())
            .unwrap_or_default()
    });
    let hint = tr!(schedules.backfill_zone, zone = zone);
    view! {
        <div class="form-grid">
            <Field label=tr!(schedules.backfill_from) hint error=wish.send.field("from")><DatePicker value=wish.from/></Field>
            <Field label=tr!(schedules.backfill_to) error=wish.send.field("to")><DatePicker value=wish.to/></Field>
        </div>
    }
}

/// How many at once, and the second word that messages to people need.
#[component]
fn Choices(wish: Wish, to_people: Memo<bool>) -> impl IntoView {
    let numbers = Choice::list((1..=10).map(|number: u32| (number.to_string(), number.to_string())));
    let refused = move || {
        let missing = wish.send.error.with(|error| {
            error
                .as_ref()
                .is_some_and(|error| error.fields.iter().any(|field| field.field == "confirm_messages"))
        });
        missing.then(|| view! { <p class="field__error" role="alert">{tr!(schedules.confirm_people_missing)}</p> })
    };
    view! {
        <div class="sched-backfill">
            <Field label=tr!(schedules.at_once) hint=tr!(schedules.at_once_hint) error=wish.send.field("concurrency")>
                <Select value=wish.concurrency options=numbers/>
            </Field>
            <Show when=move || to_people.get()>
                <div>
                    <Checkbox
                        label=tr!(schedules.confirm_people)
                        hint=tr!(schedules.confirm_people_hint)
                        checked=wish.confirmed
                        on_change=move |on| wish.confirmed.set(on)
                    />
                    {refused}
                </div>
            </Show>
        </div>
    }
}
