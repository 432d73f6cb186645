#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

use chrono::DateTime;
use esteira_shared::ids::{OrganizationId, ScheduleId};

use super::*;

const NOW: &str = "2026-03-10T12:00:00Z";

fn now() -> Instant {
    NOW.parse::<DateTime<chrono::Utc>>().unwrap().into()
}

fn row(catch_up: CatchUp, overlap: Overlap) -> DueRow {
    DueRow {
        id: ScheduleId(Uuid::nil()),
        organization_id: OrganizationId(Uuid::nil()),
        name: "Report".to_owned(),
        catch_up,
        catch_up_hours: 24,
        overlap,
        active: true,
        paused_at: None,
        settled_at: now() - TimeDelta::days(30),
        updated_at: now(),
        version: 1,
    }
}

/// A slot that was due so many minutes ago.
fn slot(minutes: i64) -> Slot {
    Slot::now(now() - TimeDelta::minutes(minutes))
}

fn situation<'a>(rests: &'a [Rest], open: &'a [Open]) -> Situation<'a> {
    Situation {
        now: now(),
        rests,
        open,
        catches_up: true,
    }
}

/// The fates in words; what waits or is blocked by its place among all, or by the number of an earlier run.
fn fates(row: &DueRow, minutes: &[i64], situation: &Situation<'_>) -> Vec<String> {
    let verdict = decide(row, minutes.iter().map(|minutes| slot(*minutes)).collect(), situation);
    let place = |id: ScheduleRunId| {
        let here = verdict.decided.iter().position(|one| one.id == id);
        here.map_or_else(|| format!("earlier {}", id.0.as_u128()), |place| place.to_string())
    };
    let word = |fate: Fate| match fate {
        Fate::Runs(origin) => origin.to_string(),
        Fate::Waits(origin, behind) => format!("{origin} after {}", place(behind)),
        Fate::Missed(cause) => cause.to_string(),
        Fate::Blocked(by) => format!("overlap with {}", place(by)),
    };
    verdict.decided.iter().map(|one| word(one.fate)).collect()
}

fn open(number: u128, status: ScheduleRunStatus) -> Open {
    let running = status == ScheduleRunStatus::Running;
    Open {
        id: ScheduleRunId(Uuid::from_u128(number)),
        status,
        job_id: running.then_some(JobId(Uuid::from_u128(100 + number))),
    }
}

#[test]
fn what_is_found_in_time_fires_and_what_is_not_was_missed() {
    let row = row(CatchUp::None, Overlap::Allow);
    let seen = fates(&row, &[3, 2, 1, 0], &situation(&[], &[]));
    assert_eq!(seen, ["down", "down", "schedule", "schedule"]);
}

#[test]
fn each_policy_catches_up_as_it_says() {
    let late = [180, 120, 60];
    for (policy, seen) in [
        (CatchUp::None, ["down", "down", "down"]),
        (CatchUp::Last, ["down", "down", "catch_up"]),
        (CatchUp::All, ["catch_up", "catch_up after 0", "catch_up after 1"]),
    ] {
        assert_eq!(fates(&row(policy, Overlap::Skip), &late, &situation(&[], &[])), seen);
    }
    let all_at_once = fates(&row(CatchUp::All, Overlap::Allow), &late, &situation(&[], &[]));
    assert_eq!(all_at_once, ["catch_up", "catch_up", "catch_up"]);
}

#[test]
fn a_catch_up_reaches_no_further_than_its_hours() {
    let far = 25 * 60;
    let mut row = row(CatchUp::All, Overlap::Allow);
    assert_eq!(fates(&row, &[far, 60], &situation(&[], &[])), ["down", "catch_up"]);
    row.catch_up = CatchUp::Last;
    assert_eq!(fates(&row, &[far], &situation(&[], &[])), ["down"]);
    row.catch_up_hours = 26;
    assert_eq!(fates(&row, &[far], &situation(&[], &[])), ["catch_up"]);
}

#[test]
fn a_slot_in_time_is_the_last_one_itself_and_queues_behind_the_others() {
    let last = fates(&row(CatchUp::Last, Overlap::Skip), &[120, 60, 0], &situation(&[], &[]));
    assert_eq!(last, ["down", "down", "schedule"]);
    let all = fates(&row(CatchUp::All, Overlap::Skip), &[120, 60, 0], &situation(&[], &[]));
    assert_eq!(all, ["catch_up", "catch_up after 0", "schedule after 1"]);
}

#[test]
fn what_a_person_stopped_stays_missed() {
    let mut paused = row(CatchUp::All, Overlap::Allow);
    paused.paused_at = Some(now() - TimeDelta::hours(3));
    assert_eq!(fates(&paused, &[60, 0], &situation(&[], &[])), ["paused", "paused"]);
    let mut disabled = paused;
    disabled.active = false;
    assert_eq!(
        fates(&disabled, &[60, 0], &situation(&[], &[])),
        ["disabled", "disabled"]
    );
    let rest = Rest {
        from: now() - TimeDelta::minutes(60),
        until: now() - TimeDelta::minutes(30),
    };
    let seen = fates(
        &row(CatchUp::All, Overlap::Allow),
        &[61, 60, 31, 30],
        &situation(&[rest], &[]),
    );
    assert_eq!(seen, ["catch_up", "maintenance", "maintenance", "catch_up"]);
}

#[test]
fn an_unfinished_run_is_met_by_the_policy() {
    use ScheduleRunStatus::{Running, Waiting};
    let (running, waiting) = (open(1, Running), open(2, Waiting));
    for (policy, unfinished, seen) in [
        (Overlap::Skip, vec![running], "overlap with earlier 1"),
        (Overlap::Wait, vec![running], "schedule after earlier 1"),
        (Overlap::Wait, vec![running, waiting], "overlap with earlier 2"),
        (Overlap::Allow, vec![running], "schedule"),
        (
            Overlap::CancelPrevious,
            vec![running, waiting],
            "schedule after earlier 2",
        ),
        (Overlap::CancelPrevious, vec![], "schedule"),
    ] {
        let row = row(CatchUp::None, policy);
        assert_eq!(fates(&row, &[0], &situation(&[], &unfinished)), [seen], "{policy}");
    }
    let unfinished = [running, waiting];
    let situation = situation(&[], &unfinished);
    let verdict = decide(&row(CatchUp::None, Overlap::CancelPrevious), vec![slot(0)], &situation);
    assert_eq!(
        (verdict.cancels, verdict.gives_up),
        (vec![JobId(Uuid::from_u128(101))], vec![waiting.id])
    );
}

#[test]
fn nothing_of_the_past_runs_where_nothing_may() {
    let situation = Situation {
        catches_up: false,
        ..situation(&[], &[])
    };
    let seen = fates(&row(CatchUp::All, Overlap::Skip), &[120, 60, 0], &situation);
    assert_eq!(seen, ["down", "down", "schedule"]);
}
