//! What a webhook is told, in groups.

use esteira_shared::webhook::WebhookEvent;
use leptos::prelude::*;

use crate::{
    components::Checkbox,
    i18n::tr,
    text::webhooks::{event as word, explained},
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Group {
    Processes,
    Jobs,
}

impl Group {
    const ALL: [Self; 2] = [Self::Processes, Self::Jobs];

    /// Exhaustive, so that a new event does not build without its place. The test comes without asking.
    fn of(event: WebhookEvent) -> Option<Self> {
        match event {
            WebhookEvent::ProcessAwaitingApproval
            | WebhookEvent::ProcessApproved
            | WebhookEvent::ProcessRejected
            | WebhookEvent::ProcessSent
            | WebhookEvent::ProcessFailed => Some(Self::Processes),
            WebhookEvent::JobFailed => Some(Self::Jobs),
            WebhookEvent::Test => None,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Processes => tr!(frame.processes),
            Self::Jobs => tr!(monitor.jobs),
        }
    }
}

#[component]
pub(super) fn Events(value: RwSignal<Vec<WebhookEvent>>) -> impl IntoView {
    let set = move |event: WebhookEvent, on: bool| {
        value.update(|events| {
            events.retain(|one| *one != event);
            if on {
                events.push(event);
            }
            // As the server keeps them: the same choice in another order is no change.
            events.sort_unstable();
        });
    };
    Group::ALL
        .into_iter()
        .map(|group| {
            let members: Vec<WebhookEvent> = WebhookEvent::ALL
                .iter()
                .copied()
                .filter(|event| Group::of(*event) == Some(group))
                .collect();
            view! {
                <fieldset class="scopes">
                    <legend><b>{group.words()}</b></legend>
                    {members.into_iter().map(|event| view! {
                        <div class="event-choice">
                            <Checkbox
                                label=word(event)
                                hint=explained(event)
                                checked=Signal::derive(move || value.with(|events| events.contains(&event)))
                                on_change=move |on| set(event, on)
                            />
                        </div>
                    }).collect_view()}
                </fieldset>
            }
        })
        .collect_view()
}
