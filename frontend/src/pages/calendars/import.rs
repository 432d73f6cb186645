//! Days from a file: chosen, compared with the calendar, and merged.

mod pick;
mod report;

use std::collections::BTreeSet;

use esteira_shared::{
    calendar_file::decode,
    dto::calendars::{CalendarFormat, CalendarImport, CalendarImportedDto, DayKey},
    status::Tone,
};
use leptos::prelude::*;

use super::dialogs::CalendarDialogs;
use crate::{
    api,
    components::{Button, Dialog, ErrorCard, Icon, IconName, Kind, Notice, ProgressBar, Switch},
    hooks::{Mutation, use_mutation},
    i18n::{counted, tr},
    state::toasts::use_toasts,
};
use pick::FilePick;
use report::Report;

/// A file in hand.
#[derive(Clone)]
pub(super) struct Picked {
    name: String,
    text: String,
    format: CalendarFormat,
}

impl Picked {
    fn of(name: String, bytes: &[u8]) -> Self {
        let text = decode(bytes);
        let head: String = text.trim_start().chars().take(15).collect();
        let is_calendar = name.to_lowercase().ends_with(".ics") || head.eq_ignore_ascii_case("BEGIN:VCALENDAR");
        let format = if is_calendar {
            CalendarFormat::Ics
        } else {
            CalendarFormat::Csv
        };
        Self { name, text, format }
    }
}

/// What is being imported, and what the server said of it.
#[derive(Clone, Copy)]
struct Import {
    calendar: StoredValue<String>,
    dialogs: CalendarDialogs,
    file: RwSignal<Option<Picked>>,
    remove_missing: RwSignal<bool>,
    left_out: RwSignal<BTreeSet<DayKey>>,
    report: RwSignal<Option<CalendarImportedDto>>,
    send: Mutation,
    on_applied: Callback<()>,
}

impl Import {
    fn request(self, dry_run: bool) -> Option<CalendarImport> {
        let file = self.file.get_untracked()?;
        Some(CalendarImport {
            format: file.format,
            text: file.text,
            file_name: file.name,
            dry_run,
            remove_missing: self.remove_missing.get_untracked(),
            // A dry run shows every day, so that each can be chosen again.
            leave_out: if dry_run {
                Vec::new()
            } else {
                self.left_out.with_untracked(|days| days.iter().copied().collect())
            },
            version: self
                .report
                .with_untracked(|report| report.as_ref().map(|report| report.calendar.version))
                .filter(|_| !dry_run),
        })
    }

    fn look(self) {
        let Some(request) = self.request(true) else { return };
        if !self.send.accepts(&request) {
            return;
        }
        let calendar = self.calendar.get_value();
        self.send.run_quietly(
            async move { api::calendars::import_days(&calendar, &request).await },
            move |report| {
                let _ = self.report.try_set(Some(report));
            },
        );
    }

    fn apply(self) {
        let Some(request) = self.request(false) else { return };
        let calendar = self.calendar.get_value();
        self.send.run_quietly(
            async move { api::calendars::import_days(&calendar, &request).await },
            move |report| {
                let days = count(report.diff.added.len() + report.diff.changed.len());
                use_toasts().done(if report.applied {
                    counted!(calendars.imported_single, calendars.imported_many, days)
                } else {
                    tr!(calendars.import_nothing).to_owned()
                });
                self.dialogs.stopped.set(report.stopped);
                self.dialogs.import.set(false);
                self.on_applied.run(());
            },
        );
    }

    fn take(self, file: Picked) {
        self.file.set(Some(file));
        self.report.set(None);
        self.left_out.set(BTreeSet::new());
        self.look();
    }
}

#[component]
pub(super) fn ImportDialog(
    calendar: StoredValue<String>,
    dialogs: CalendarDialogs,
    #[prop(into)] on_applied: Callback<()>,
) -> impl IntoView {
    view! {
        <Dialog open=dialogs.import title=tr!(calendars.import_title) wide=true>
            <Steps calendar dialogs on_applied/>
        </Dialog>
    }
}

#[component]
fn Steps(calendar: StoredValue<String>, dialogs: CalendarDialogs, on_applied: Callback<()>) -> impl IntoView {
    let import = Import {
        calendar,
        dialogs,
        file: RwSignal::new(None),
        remove_missing: RwSignal::new(false),
        left_out: RwSignal::new(BTreeSet::new()),
        report: RwSignal::new(None),
        send: use_mutation(),
        on_applied,
    };
    let has_file = move || import.file.with(Option::is_some);
    view! {
        <div class="stack">
            <Show when=has_file fallback=move || view! { <FilePick on_file=Callback::new(move |file| import.take(file))/> }>
                <div class="picked">
                    <Icon name=IconName::File/>
                    <b class="break" data-quoted="">{move || import.file.with(|file| file.as_ref().map(|file| file.name.clone()))}</b>
                    <Button small=true disabled=import.send.busy on_click=move |()| {
                        import.file.set(None);
                        import.report.set(None);
                        import.send.clear();
                    }>{tr!(import.other_file)}</Button>
                </div>
            </Show>
            <Show when=move || import.send.busy.get() && import.report.with(Option::is_none)>
                <ProgressBar share=Signal::derive(|| None::<f64>) label=tr!(import.checking)/>
            </Show>
            {move || import.send.error.get().map(|error| {
                if error.is(esteira_shared::error::ErrorCode::VersionConflict) {
                    view! {
                        <div role="alert">
                            <Notice tone=Tone::NeedsYou title=tr!(calendars.import_changed_title) text=tr!(calendars.import_changed_text)>
                                <Button small=true on_click=move |()| import.look()>{tr!(calendars.import_again)}</Button>
                            </Notice>
                        </div>
                    }.into_any()
                } else {
                    view! { <ErrorCard error on_retry=move |()| import.look()/> }.into_any()
                }
            })}
            {move || import.report.get().map(|report| {
                let removable = !report.diff.missing.is_empty() && report.refused_count == 0;
                view! {
                    {removable.then(|| view! {
                        <Switch
                            on=import.remove_missing
                            on_change=move |on| { import.remove_missing.set(on); import.look(); }
                            label=tr!(calendars.import_remove_missing)
                        />
                    })}
                    <Report report left_out=import.left_out/>
                }
            })}
            <Show when=move || import.report.with(Option::is_some)>
                <Foot import/>
            </Show>
        </div>
    }
}

/// How many days will be written, and the button that does it.
#[component]
fn Foot(import: Import) -> impl IntoView {
    let changes = Memo::new(move |_| {
        let out = import.left_out.with(BTreeSet::len);
        import.report.with(|report| {
            report.as_ref().map_or(0, |report| {
                let gone = if report.removes { report.diff.missing.len() } else { 0 };
                count((report.diff.added.len() + report.diff.changed.len() + gone).saturating_sub(out))
            })
        })
    });
    view! {
        <div class="form__foot">
            <Button on_click=move |()| import.dialogs.import.set(false)>{tr!(parts.cancel)}</Button>
            <Button
                kind=Kind::Primary
                busy=import.send.busy
                disabled=Signal::derive(move || changes.get() == 0)
                on_click=move |()| import.apply()
            >
                {move || match changes.get() {
                    0 => tr!(calendars.import_nothing).to_owned(),
                    days => counted!(calendars.import_do_single, calendars.import_do_many, days),
                }}
            </Button>
        </div>
    }
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
