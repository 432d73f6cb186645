//! "Run" or "dismiss", asked before it is done.

use esteira_shared::dto::schedules::{MissedAct, MissedTarget};
use leptos::prelude::*;

use super::super::words;
use crate::{
    api,
    components::{Checkbox, ConfirmDialog, ErrorCard},
    hooks::use_mutation,
    i18n::{counted, tr},
    state::toasts::use_toasts,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    Run,
    Dismiss,
}

/// What is asked.
#[derive(Clone)]
pub(super) struct Asked {
    pub(super) act: Act,
    pub(super) target: MissedTarget,
    /// How many it is for, when that is known.
    pub(super) count: Option<i64>,
    /// Among them are some that write to people.
    pub(super) to_people: bool,
}

#[derive(Clone, Copy)]
pub(super) struct MissedFlow {
    open: RwSignal<bool>,
    asked: RwSignal<Option<Asked>>,
    confirmed: RwSignal<bool>,
    /// The server asked for the second word: it knows of more than this page.
    wanted: RwSignal<bool>,
}

impl MissedFlow {
    pub(super) fn new() -> Self {
        Self {
            open: RwSignal::new(false),
            asked: RwSignal::new(None),
            confirmed: RwSignal::new(false),
            wanted: RwSignal::new(false),
        }
    }

    pub(super) fn ask(self, asked: Asked) {
        self.asked.set(Some(asked));
        self.confirmed.set(false);
        self.wanted.set(false);
        self.open.set(true);
    }

    fn act(self) -> Act {
        self.asked
            .with(|asked| asked.as_ref().map_or(Act::Run, |asked| asked.act))
    }

    fn count(self) -> Option<i64> {
        self.asked.with(|asked| asked.as_ref().and_then(|asked| asked.count))
    }

    /// Whether it takes the second word.
    fn to_people(self) -> bool {
        let known = self.asked.with(|asked| {
            asked
                .as_ref()
                .is_some_and(|asked| asked.act == Act::Run && asked.to_people)
        });
        known || self.wanted.get()
    }
}

fn title(act: Act, count: Option<i64>) -> String {
    match (act, count) {
        (Act::Run, None) => tr!(schedules.missed_run_title_all).to_owned(),
        (Act::Run, Some(count)) => {
            counted!(
                schedules.missed_run_title_single,
                schedules.missed_run_title_many,
                count
            )
        }
        (Act::Dismiss, None) => tr!(schedules.missed_dismiss_title_all).to_owned(),
        (Act::Dismiss, Some(count)) => {
            counted!(
                schedules.missed_dismiss_title_single,
                schedules.missed_dismiss_title_many,
                count
            )
        }
    }
}

#[component]
pub(super) fn ActDialog(flow: MissedFlow, #[prop(into)] on_over: Callback<()>) -> impl IntoView {
    let change = use_mutation();
    Effect::new(move |_| {
        if flow.open.get() {
            change.clear();
        }
    });
    Effect::new(move |_| {
        let asks = change.error.with(|error| {
            error
                .as_ref()
                .is_some_and(|error| error.fields.iter().any(|field| field.field == "confirm_messages"))
        });
        if asks {
            flow.wanted.set(true);
        }
    });
    let confirm = move |()| {
        let Some(Asked { act, target, .. }) = flow.asked.get_untracked() else {
            return;
        };
        let wish = MissedAct {
            target,
            confirm_messages: flow.confirmed.get_untracked(),
        };
        let call = async move {
            match act {
                Act::Run => api::schedules::run_missed(&wish).await,
                Act::Dismiss => api::schedules::dismiss_missed(&wish).await,
            }
        };
        change.run_quietly(call, move |changed| {
            if flow.open.try_set(false).is_none() {
                on_over.run(());
            }
            let done = match act {
                Act::Run => counted!(
                    schedules.missed_begun_single,
                    schedules.missed_begun_many,
                    changed.changed
                ),
                Act::Dismiss => counted!(
                    schedules.missed_dismissed_single,
                    schedules.missed_dismissed_many,
                    changed.changed
                ),
            };
            use_toasts().done(words::with_unchanged(done, &changed));
        });
    };
    // The second word is asked for below; what else went wrong stands above.
    let problem = move || {
        let asked = flow.wanted.get();
        change
            .error
            .get()
            .filter(|_| !asked)
            .map(|error| view! { <ErrorCard error/> })
    };
    view! {
        <ConfirmDialog
            open=flow.open
            title=Signal::derive(move || title(flow.act(), flow.count()))
            confirm=Signal::derive(move || match flow.act() {
                Act::Run => tr!(schedules.missed_run).to_owned(),
                Act::Dismiss => tr!(schedules.missed_dismiss).to_owned(),
            })
            busy=change.busy
            disabled=Signal::derive(move || flow.to_people() && !flow.confirmed.get())
            on_confirm=confirm
        >
            {problem}
            <p>{move || match flow.act() {
                Act::Run => tr!(schedules.missed_run_text),
                Act::Dismiss => tr!(schedules.missed_dismiss_text),
            }}</p>
            <Show when=move || flow.to_people()>
                <Checkbox
                    label=tr!(schedules.confirm_people)
                    hint=tr!(schedules.confirm_people_hint)
                    checked=flow.confirmed
                    on_change=move |on| flow.confirmed.set(on)
                />
            </Show>
        </ConfirmDialog>
    }
}
