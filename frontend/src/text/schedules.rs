//! Schedules, their runs and what they start, in words.

use esteira_shared::{
    dto::schedules::{ScheduleFileFormat, ScheduleLineOutcome, ScheduleState},
    status::{
        CatchUp, MaintenanceArea, MissedCause, Overlap, PauseCause, RunOrigin, ScheduleKind, ScheduleRunStatus, Tone,
    },
};

use crate::i18n::tr;

/// What a schedule starts.
pub fn kind(kind: ScheduleKind) -> &'static str {
    match kind {
        ScheduleKind::OpenMonth => tr!(schedules.kind_open_month),
        ScheduleKind::StartDownloads => tr!(schedules.kind_start_downloads),
        ScheduleKind::SendReport => tr!(schedules.kind_send_report),
        ScheduleKind::CleanUp => tr!(schedules.kind_clean_up),
        ScheduleKind::BackUp => tr!(schedules.kind_back_up),
    }
}

/// What it does, in one sentence.
pub fn kind_explained(kind: ScheduleKind) -> &'static str {
    match kind {
        ScheduleKind::OpenMonth => tr!(schedules.kind_open_month_text),
        ScheduleKind::StartDownloads => tr!(schedules.kind_start_downloads_text),
        ScheduleKind::SendReport => tr!(schedules.kind_send_report_text),
        ScheduleKind::CleanUp => tr!(schedules.kind_clean_up_text),
        ScheduleKind::BackUp => tr!(schedules.kind_back_up_text),
    }
}

pub fn state(state: ScheduleState) -> &'static str {
    match state {
        ScheduleState::Active => tr!(schedules.state_active),
        ScheduleState::Paused => tr!(schedules.state_paused),
        ScheduleState::Disabled => tr!(schedules.state_disabled),
    }
}

/// What becomes of slots that could not fire.
pub fn catch_up(catch_up: CatchUp) -> &'static str {
    match catch_up {
        CatchUp::None => tr!(schedules.catch_up_none),
        CatchUp::Last => tr!(schedules.catch_up_last),
        CatchUp::All => tr!(schedules.catch_up_all),
    }
}

/// The same in one sentence.
pub fn catch_up_explained(catch_up: CatchUp) -> &'static str {
    match catch_up {
        CatchUp::None => tr!(schedules.catch_up_none_text),
        CatchUp::Last => tr!(schedules.catch_up_last_text),
        CatchUp::All => tr!(schedules.catch_up_all_text),
    }
}

/// What becomes of a slot while an earlier run is unfinished.
pub fn overlap(overlap: Overlap) -> &'static str {
    match overlap {
        Overlap::Skip => tr!(schedules.overlap_skip),
        Overlap::Wait => tr!(schedules.overlap_wait),
        Overlap::Allow => tr!(schedules.overlap_allow),
        Overlap::CancelPrevious => tr!(schedules.overlap_cancel_previous),
    }
}

/// The same in one sentence.
pub fn overlap_explained(overlap: Overlap) -> &'static str {
    match overlap {
        Overlap::Skip => tr!(schedules.overlap_skip_text),
        Overlap::Wait => tr!(schedules.overlap_wait_text),
        Overlap::Allow => tr!(schedules.overlap_allow_text),
        Overlap::CancelPrevious => tr!(schedules.overlap_cancel_previous_text),
    }
}

pub fn run(status: ScheduleRunStatus) -> &'static str {
    match status {
        ScheduleRunStatus::Waiting => tr!(schedules.run_waiting),
        ScheduleRunStatus::Running => tr!(schedules.run_running),
        ScheduleRunStatus::Succeeded => tr!(schedules.run_succeeded),
        ScheduleRunStatus::Failed => tr!(schedules.run_failed),
        ScheduleRunStatus::Cancelled => tr!(schedules.run_cancelled),
        ScheduleRunStatus::Missed => tr!(schedules.run_missed),
        ScheduleRunStatus::Dismissed => tr!(schedules.run_dismissed),
    }
}

pub fn run_tone(status: ScheduleRunStatus) -> Tone {
    match status {
        ScheduleRunStatus::Waiting => Tone::Waiting,
        ScheduleRunStatus::Running => Tone::Running,
        ScheduleRunStatus::Succeeded => Tone::Done,
        ScheduleRunStatus::Failed => Tone::Failed,
        ScheduleRunStatus::Missed => Tone::NeedsYou,
        ScheduleRunStatus::Cancelled | ScheduleRunStatus::Dismissed => Tone::Cancelled,
    }
}

/// Why a slot did not fire.
pub fn cause(cause: MissedCause) -> &'static str {
    match cause {
        MissedCause::Down => tr!(schedules.cause_down),
        MissedCause::Paused => tr!(schedules.cause_paused),
        MissedCause::Disabled => tr!(schedules.cause_disabled),
        MissedCause::Maintenance => tr!(schedules.cause_maintenance),
        MissedCause::Overlap => tr!(schedules.cause_overlap),
    }
}

/// What made a run.
pub fn origin(origin: RunOrigin) -> &'static str {
    match origin {
        RunOrigin::Schedule => tr!(schedules.origin_schedule),
        RunOrigin::CatchUp => tr!(schedules.origin_catch_up),
        RunOrigin::Manual => tr!(schedules.origin_manual),
        RunOrigin::Backfill => tr!(schedules.origin_backfill),
    }
}

/// How a paused schedule is called, by what paused it.
pub fn pause(cause: PauseCause) -> &'static str {
    match cause {
        PauseCause::Person => tr!(schedules.state_paused),
        PauseCause::Failures => tr!(schedules.pause_failures),
        PauseCause::Unusable => tr!(schedules.pause_unusable),
    }
}

/// What is at rest during a maintenance.
pub fn area(area: MaintenanceArea) -> &'static str {
    match area {
        MaintenanceArea::Everything => tr!(schedules.area_everything),
        MaintenanceArea::Schedules => tr!(schedules.area_schedules),
        MaintenanceArea::Robots => tr!(schedules.area_robots),
        MaintenanceArea::Sat => tr!(schedules.area_sat),
        MaintenanceArea::Messages => tr!(schedules.area_messages),
    }
}

/// The same in one sentence.
pub fn area_explained(area: MaintenanceArea) -> &'static str {
    match area {
        MaintenanceArea::Everything => tr!(schedules.area_everything_text),
        MaintenanceArea::Schedules => tr!(schedules.area_schedules_text),
        MaintenanceArea::Robots => tr!(schedules.area_robots_text),
        MaintenanceArea::Sat => tr!(schedules.area_sat_text),
        MaintenanceArea::Messages => tr!(schedules.area_messages_text),
    }
}

/// What a file to import is.
pub fn format(format: ScheduleFileFormat) -> &'static str {
    match format {
        ScheduleFileFormat::Crontab => tr!(schedules.format_crontab),
        ScheduleFileFormat::Legacy => tr!(schedules.format_legacy),
        ScheduleFileFormat::Esteira => tr!(schedules.format_esteira),
    }
}

/// What an import does with one line.
pub fn outcome(outcome: ScheduleLineOutcome) -> (Tone, &'static str) {
    match outcome {
        ScheduleLineOutcome::Create => (Tone::Done, tr!(schedules.outcome_create)),
        ScheduleLineOutcome::Update => (Tone::Running, tr!(schedules.outcome_update)),
        ScheduleLineOutcome::Unchanged => (Tone::Waiting, tr!(schedules.outcome_unchanged)),
        ScheduleLineOutcome::Refused => (Tone::Failed, tr!(schedules.outcome_refused)),
    }
}
