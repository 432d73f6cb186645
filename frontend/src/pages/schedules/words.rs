//! A schedule and its runs as one sees them.

use esteira_shared::{
    dto::schedules::{ScheduleDto, ScheduleRunDto, ScheduleState, SchedulesChanged, SlotDto},
    ids::ScheduleRunId,
    status::{MissedCause, PauseCause, ScheduleRunStatus, Tone},
};
use leptos::prelude::*;

use crate::{
    components::{IconName, Mark, RelativeTime},
    i18n::{counted, tr},
    pages::processes::words::actor,
    text::{format, reasons, schedules, tasks},
};

/// A delay shorter than this is no delay to a person.
const LATE_MS: i64 = 1_000;

/// Whether it fires and, if not, what stopped it.
pub(super) fn state(schedule: &ScheduleDto, pill: bool) -> AnyView {
    let cause = schedule.pause.as_ref().map(|pause| pause.cause);
    match (schedule.state, cause) {
        (ScheduleState::Active, _) => {
            view! { <Mark tone=Tone::Done word=schedules::state(schedule.state) pill/> }.into_any()
        }
        (ScheduleState::Paused, Some(PauseCause::Failures)) => {
            view! { <Mark tone=Tone::Failed word=schedules::pause(PauseCause::Failures) pill/> }.into_any()
        }
        (ScheduleState::Paused, Some(PauseCause::Unusable)) => {
            view! { <Mark tone=Tone::NeedsYou word=schedules::pause(PauseCause::Unusable) pill/> }.into_any()
        }
        (ScheduleState::Paused, _) => {
            view! { <Mark tone=Tone::Waiting word=schedules::state(schedule.state) pill icon=IconName::Pause/> }
                .into_any()
        }
        (ScheduleState::Disabled, _) => {
            view! { <Mark tone=Tone::Waiting word=schedules::state(schedule.state) pill icon=IconName::Cancelled/> }
                .into_any()
        }
    }
}

/// The program paused it, and a person has to look.
pub(super) fn is_stopped(schedule: &ScheduleDto) -> bool {
    schedule
        .pause
        .as_ref()
        .is_some_and(|pause| pause.cause != PauseCause::Person)
}

/// Who paused it when, and the note.
pub(super) fn paused_by(schedule: &ScheduleDto) -> Option<String> {
    let pause = schedule.pause.as_ref()?;
    let at = format::date_time(*pause.at);
    let who = match &pause.by {
        Some(by) => tr!(schedules.paused_by, name = actor(by), at = at),
        None => tr!(schedules.paused_at, at = at),
    };
    Some(match &pause.note {
        Some(note) => format!("{who}: {}", reasons::quoted(note)),
        None => who,
    })
}

/// When it fires next: by distance, the exact time on hover.
pub(super) fn next(slot: Option<&SlotDto>, state: ScheduleState) -> AnyView {
    match slot {
        Some(slot) => view! { <RelativeTime at=slot.at/> }.into_any(),
        None if state == ScheduleState::Active => {
            view! { <span class="faint">{tr!(schedules.next_never)}</span> }.into_any()
        }
        None => nothing(),
    }
}

pub(super) fn nothing() -> AnyView {
    view! { <span class="faint">"—"</span> }.into_any()
}

/// Where a run stands.
pub(super) fn mark(run: &ScheduleRunDto, pill: bool) -> AnyView {
    view! { <Mark tone=schedules::run_tone(run.status) word=schedules::run(run.status) pill/> }.into_any()
}

/// `atraso de 12 s`; nothing when it was in time.
pub(super) fn late(run: &ScheduleRunDto) -> Option<String> {
    let ms = run.late_ms.filter(|ms| *ms >= LATE_MS)?;
    Some(tr!(schedules.late_by, time = format::duration(ms)))
}

/// Why it did not run, with the run that was in its way.
pub(super) fn cause(run: &ScheduleRunDto) -> Option<String> {
    let cause = run.cause?;
    Some(match (cause, run.blocked_by) {
        (MissedCause::Overlap, Some(id)) => tr!(schedules.cause_overlap_by, id = short(id)),
        _ => schedules::cause(cause).to_owned(),
    })
}

/// What made it: `Execução manual · Ana Souza`.
pub(super) fn asked(run: &ScheduleRunDto) -> String {
    let origin = schedules::origin(run.origin);
    match &run.requested_by {
        Some(name) => format!("{origin} · {}", actor(name)),
        None => origin.to_owned(),
    }
}

/// Whether it may go once more: it is over, or never began.
pub(super) fn may_run_again(status: ScheduleRunStatus) -> bool {
    !matches!(status, ScheduleRunStatus::Waiting | ScheduleRunStatus::Running)
}

/// What moved it from its nominal time.
pub(super) fn moved(run: &ScheduleRunDto) -> AnyView {
    if run.moved.is_empty() {
        return nothing();
    }
    let steps: Vec<String> = run.moved.iter().map(reasons::told).collect();
    view! { <span class="small muted break">{reasons::quotes(&steps.join("; "))}</span> }.into_any()
}

fn short(id: ScheduleRunId) -> String {
    tasks::short_id(id)
}

/// Enough to tell rows apart when read aloud.
pub(super) fn run_label(run: &ScheduleRunDto) -> String {
    format!("{}, {}", run.schedule_name, format::date_time(*run.nominal_at))
}

/// `04/05/2026 10:00` of `2026-05-04T10:00`; what reads otherwise stays as it is.
pub(super) fn local(text: &str) -> String {
    let parts = || {
        let (date, time) = text.split_once('T')?;
        let (year, rest) = date.split_once('-')?;
        let (month, day) = rest.split_once('-')?;
        Some(format!("{day}/{month}/{year} {time}"))
    };
    parts().unwrap_or_else(|| text.to_owned())
}

/// What an action on many did: `3 agendamentos pausados`, and how many stay as they were.
pub(super) fn with_unchanged(done: String, changed: &SchedulesChanged) -> String {
    if changed.unchanged == 0 {
        return done;
    }
    let rest = counted!(schedules.unchanged_single, schedules.unchanged_many, changed.unchanged);
    format!("{done} · {rest}")
}

#[cfg(test)]
mod tests {
    use super::{local, with_unchanged};
    use esteira_shared::dto::schedules::SchedulesChanged;

    #[test]
    fn a_local_minute_is_written_as_dates_are_here() {
        assert_eq!(local("2026-05-04T10:00"), "04/05/2026 10:00");
        assert_eq!(local("amanhã"), "amanhã", "what it does not know stays");
        assert_eq!(local("2026-05T10:00"), "2026-05T10:00");
    }

    #[test]
    fn what_stays_as_it_was_is_told_only_when_there_is_some() {
        let of = |unchanged| SchedulesChanged { changed: 3, unchanged };
        assert_eq!(with_unchanged("3 pausados".to_owned(), &of(0)), "3 pausados");
        assert_eq!(
            with_unchanged("3 pausados".to_owned(), &of(1)),
            "3 pausados · 1 ficou como estava"
        );
    }
}
