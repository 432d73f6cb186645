//! Schedules from a crontab, from the former system, or from another Esteira: tried first, then taken.

mod file;
mod report;

use esteira_shared::{
    dto::schedules::{ScheduleFileFormat, ScheduleImport, ScheduleImportDto},
    status::ScheduleKind,
};
use leptos::prelude::*;

use self::{file::FilePick, report::Report};
use crate::{
    api,
    components::{Button, Choice, Dialog, ErrorCard, Field, Kind, Select, TextArea, TextInput},
    hooks::{Mutation, use_mutation},
    i18n::{counted, tr},
    state::{session::use_session, toasts::use_toasts},
    text::schedules,
};

/// What was put in, and what the server said of it.
#[derive(Clone, Copy)]
struct Draft {
    format: RwSignal<String>,
    text: RwSignal<String>,
    zone: RwSignal<String>,
    kind: RwSignal<String>,
    report: RwSignal<Option<ScheduleImportDto>>,
    send: Mutation,
}

impl Draft {
    fn new() -> Self {
        Self {
            format: RwSignal::new(ScheduleFileFormat::Crontab.as_str().to_owned()),
            text: RwSignal::new(String::new()),
            zone: RwSignal::new(String::new()),
            kind: RwSignal::new(String::new()),
            report: RwSignal::new(None),
            send: use_mutation(),
        }
    }

    fn reset(self, zone: String) {
        self.format.set(ScheduleFileFormat::Crontab.as_str().to_owned());
        self.text.set(String::new());
        self.zone.set(zone);
        self.kind.set(String::new());
        self.report.set(None);
        self.send.clear();
    }

    fn format(self) -> ScheduleFileFormat {
        self.format
            .with(|format| format.parse().unwrap_or(ScheduleFileFormat::Crontab))
    }

    fn is_crontab(self) -> bool {
        self.format() == ScheduleFileFormat::Crontab
    }

    fn wish(self, dry_run: bool) -> ScheduleImport {
        let zone = self.zone.get_untracked().trim().to_owned();
        ScheduleImport {
            format: untrack(|| self.format()),
            text: self.text.get_untracked(),
            timezone: (!zone.is_empty()).then_some(zone),
            kind: self.kind.with_untracked(|kind| kind.parse().ok()),
            dry_run,
        }
    }

    /// How many it would write.
    fn count(self) -> i64 {
        self.report
            .with(|report| report.as_ref().map_or(0, |report| report.created + report.updated))
    }
}

/// What a text looks like; a person may say otherwise.
fn guess(text: &str) -> ScheduleFileFormat {
    match text.trim_start().chars().next() {
        Some('{') => ScheduleFileFormat::Esteira,
        Some('[') => ScheduleFileFormat::Legacy,
        _ => ScheduleFileFormat::Crontab,
    }
}

#[component]
pub(super) fn Import(open: RwSignal<bool>, #[prop(into)] on_taken: Callback<()>) -> impl IntoView {
    let draft = Draft::new();
    let session = use_session();
    Effect::new(move |_| {
        if open.get() {
            let zone = untrack(|| session.get()).map(|session| session.organization.timezone);
            draft.reset(zone.unwrap_or_default());
        }
    });
    // Another text or setting: what was said of it no longer holds.
    Effect::new(move |before: Option<()>| {
        draft.format.track();
        draft.text.track();
        draft.zone.track();
        draft.kind.track();
        if before.is_some() {
            draft.report.set(None);
        }
    });
    let try_it = move || {
        if draft.text.with_untracked(|text| text.trim().is_empty()) {
            draft.send.clear();
            draft.send.refuse_field("text", tr!(errors.field_required));
            return;
        }
        let wish = draft.wish(true);
        let call = async move { api::schedules::import_schedules(&wish).await };
        draft.send.run_quietly(call, move |report| {
            let _ = draft.report.try_set(Some(report));
        });
    };
    let take = move || {
        let wish = draft.wish(false);
        let call = async move { api::schedules::import_schedules(&wish).await };
        draft.send.run_quietly(call, move |report| {
            if open.try_set(false).is_none() {
                on_taken.run(());
            }
            let written = report.created + report.updated;
            use_toasts().done(counted!(schedules.imported_single, schedules.imported_many, written));
        });
    };
    let count = Memo::new(move |_| draft.count());
    let actions = move || {
        view! {
            <Button on_click=move |()| open.set(false)>{tr!(parts.cancel)}</Button>
            <Show
                when=move || draft.report.with(Option::is_some)
                fallback=move || view! { <Button kind=Kind::Primary busy=draft.send.busy on_click=move |()| try_it()>{tr!(schedules.import_try)}</Button> }
            >
                <Button kind=Kind::Primary busy=draft.send.busy disabled=Signal::derive(move || count.get() == 0) on_click=move |()| take()>
                    {move || counted!(schedules.import_do_single, schedules.import_do_many, count.get())}
                </Button>
            </Show>
        }
    };
    view! {
        <Dialog open title=tr!(schedules.import_title) wide=true actions>
            <Problem send=draft.send/>
            <p>{tr!(schedules.import_text)}</p>
            <Fields draft/>
            {move || draft.report.get().map(|report| view! { <Report report/> })}
        </Dialog>
    }
}

/// What no field tells.
#[component]
fn Problem(send: Mutation) -> impl IntoView {
    move || {
        let error = send.error.get()?;
        let shown = ["text", "timezone", "kind", "format"];
        let told = !error.fields.is_empty() && error.fields.iter().all(|field| shown.contains(&field.field.as_str()));
        (!told).then(|| view! { <ErrorCard error/> })
    }
}

#[component]
fn Fields(draft: Draft) -> impl IntoView {
    let formats = Choice::list(
        ScheduleFileFormat::ALL
            .iter()
            .map(|one| (one.as_str(), schedules::format(*one))),
    );
    let take = Callback::new(move |text: String| {
        draft.format.set(guess(&text).as_str().to_owned());
        draft.text.set(text);
    });
    view! {
        <FilePick on_text=take/>
        <Field label=tr!(schedules.import_content) hint=tr!(schedules.import_content_hint) error=draft.send.field("text")>
            <div on:paste=move |_| paste(draft)><TextArea value=draft.text rows=6 mono=true/></div>
        </Field>
        <div class="form-grid">
            <Field label=tr!(schedules.import_format) error=draft.send.field("format")><Select value=draft.format options=formats/></Field>
            <Field label=tr!(schedules.zone) hint=tr!(schedules.import_zone_hint) error=draft.send.field("timezone") optional=true>
                <TextInput value=draft.zone/>
            </Field>
            <Show when=move || draft.is_crontab()><KindField draft/></Show>
        </div>
    }
}

/// What lines of a crontab start that do not say it themselves.
#[component]
fn KindField(draft: Draft) -> impl IntoView {
    let kinds = Choice::list(
        ScheduleKind::ALL
            .iter()
            .map(|one| (one.as_str(), schedules::kind(*one))),
    );
    view! {
        <Field label=tr!(schedules.import_kind) hint=tr!(schedules.import_kind_hint) error=draft.send.field("kind") optional=true>
            <Select value=draft.kind options=kinds placeholder=tr!(schedules.import_kind_none)/>
        </Field>
    }
}

/// The first text that is pasted says what it is.
fn paste(draft: Draft) {
    if draft.text.with_untracked(|text| !text.trim().is_empty()) {
        return;
    }
    // The text is there once the browser has put it in.
    request_animation_frame(move || {
        if let Some(text) = draft.text.try_get_untracked() {
            draft.format.set(guess(&text).as_str().to_owned());
        }
    });
}

#[cfg(test)]
mod tests {
    use super::{ScheduleFileFormat, guess};

    #[test]
    fn a_text_says_by_its_first_letter_what_it_is() {
        assert_eq!(guess("\n  {\"version\": 1}"), ScheduleFileFormat::Esteira);
        assert_eq!(guess("[{\"nome\": \"backup\"}]"), ScheduleFileFormat::Legacy);
        assert_eq!(guess("0 2 * * * backup"), ScheduleFileFormat::Crontab);
        assert_eq!(guess(""), ScheduleFileFormat::Crontab);
    }
}
