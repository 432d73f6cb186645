//! What becomes of the slots that are due: a pure function of the schedule, the time and what is unfinished.

use chrono::TimeDelta;
use esteira_shared::{
    ids::{JobId, ScheduleRunId},
    instant::Instant,
    status::{CatchUp, MissedCause, Overlap, RunOrigin, ScheduleRunStatus},
};
use uuid::Uuid;

use super::{
    Slot,
    due::{DueRow, Open, Rest},
};

/// A slot that is found so late still fires as its rule says. What is later was missed, and is caught up with or not.
pub(super) const ON_TIME: TimeDelta = TimeDelta::seconds(60);

/// What the slots of one schedule are judged by.
pub(super) struct Situation<'a> {
    pub(super) now: Instant,
    /// Maintenance of the organisation.
    pub(super) rests: &'a [Rest],
    /// Runs that are not over, oldest first.
    pub(super) open: &'a [Open],
    /// Whether slots of the past may still run.
    pub(super) catches_up: bool,
}

/// A slot and what becomes of it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Decided {
    /// Of the row that it gets.
    pub(super) id: ScheduleRunId,
    pub(super) slot: Slot,
    pub(super) fate: Fate,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Runs(RunOrigin),
    /// Until this run is over.
    Waits(RunOrigin, ScheduleRunId),
    Missed(MissedCause),
    Blocked(ScheduleRunId),
}

/// What becomes of all slots of a schedule that are due, and of its earlier runs.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Verdict {
    pub(super) decided: Vec<Decided>,
    /// Jobs whose end is to be asked for.
    pub(super) cancels: Vec<JobId>,
    /// Runs that waited and now never begin.
    pub(super) gives_up: Vec<ScheduleRunId>,
}

/// `slots` in the order of time.
pub(super) fn decide(row: &DueRow, slots: Vec<Slot>, situation: &Situation<'_>) -> Verdict {
    let on_time = |slot: &Slot| situation.now - slot.due_at <= ON_TIME;
    let causes: Vec<Option<MissedCause>> = slots
        .iter()
        .map(|slot| held_back(row, slot, situation.rests).or((!on_time(slot)).then_some(MissedCause::Down)))
        .collect();
    let caught_up = caught_up(row, &slots, &causes, situation);
    let chained = caught_up.iter().any(|taken| *taken);
    let mut queue = Queue::new(row.overlap, situation.open);
    let mut verdict = Verdict::default();
    for ((slot, cause), caught_up) in slots.into_iter().zip(causes).zip(caught_up) {
        let id = ScheduleRunId(Uuid::now_v7());
        let fate = match cause {
            _ if caught_up => queue.behind(id, RunOrigin::CatchUp),
            Some(cause) => Fate::Missed(cause),
            // What is caught up with goes first; that is no reason to miss this one.
            None if chained => queue.behind(id, RunOrigin::Schedule),
            None => queue.next(id, &mut verdict),
        };
        verdict.decided.push(Decided { id, slot, fate });
    }
    verdict
}

/// Why a slot does not fire even in time.
fn held_back(row: &DueRow, slot: &Slot, rests: &[Rest]) -> Option<MissedCause> {
    if !row.active {
        Some(MissedCause::Disabled)
    } else if row.paused_at.is_some() {
        Some(MissedCause::Paused)
    } else if rests
        .iter()
        .any(|rest| rest.from <= slot.due_at && slot.due_at < rest.until)
    {
        Some(MissedCause::Maintenance)
    } else {
        None
    }
}

/// Which slots of the past run after all. Only those that nobody was there for: what a person paused stays missed.
fn caught_up(row: &DueRow, slots: &[Slot], causes: &[Option<MissedCause>], situation: &Situation<'_>) -> Vec<bool> {
    let reach = TimeDelta::hours(row.catch_up_hours.into());
    let may = |(slot, cause): (&Slot, &Option<MissedCause>)| {
        situation.catches_up && *cause == Some(MissedCause::Down) && situation.now - slot.due_at <= reach
    };
    let mut taken: Vec<bool> = slots.iter().zip(causes).map(may).collect();
    match row.catch_up {
        CatchUp::All => {}
        CatchUp::None => taken.fill(false),
        CatchUp::Last => {
            // One that fires in time is the last one itself.
            let fires = causes.iter().any(Option::is_none);
            let last = taken.iter().rposition(|taken| *taken).filter(|_| !fires);
            for (place, taken) in taken.iter_mut().enumerate() {
                *taken = Some(place) == last;
            }
        }
    }
    taken
}

/// The unfinished runs of a schedule, those that are just decided included.
struct Queue<'a> {
    overlap: Overlap,
    open: &'a [Open],
    /// The newest unfinished one.
    newest: Option<ScheduleRunId>,
    /// One that waits.
    waiting: Option<ScheduleRunId>,
}

impl<'a> Queue<'a> {
    fn new(overlap: Overlap, open: &'a [Open]) -> Self {
        let waits = |run: &&Open| run.status == ScheduleRunStatus::Waiting;
        Self {
            overlap,
            open,
            newest: open.last().map(|run| run.id),
            waiting: open.iter().rfind(waits).map(|run| run.id),
        }
    }

    /// At the end of the queue, whatever the policy: one after the other.
    fn behind(&mut self, id: ScheduleRunId, origin: RunOrigin) -> Fate {
        match self.newest.replace(id).filter(|_| self.overlap != Overlap::Allow) {
            None => Fate::Runs(origin),
            Some(earlier) => {
                self.waiting = Some(id);
                Fate::Waits(origin, earlier)
            }
        }
    }

    /// By the policy.
    fn next(&mut self, id: ScheduleRunId, verdict: &mut Verdict) -> Fate {
        let Some(earlier) = self.newest else {
            self.newest = Some(id);
            return Fate::Runs(RunOrigin::Schedule);
        };
        match (self.overlap, self.waiting) {
            (Overlap::Skip, _) => Fate::Blocked(earlier),
            (Overlap::Wait, Some(waiting)) => Fate::Blocked(waiting),
            (Overlap::Wait | Overlap::Allow, _) => self.behind(id, RunOrigin::Schedule),
            (Overlap::CancelPrevious, _) => {
                for run in self.open {
                    match (run.status, run.job_id) {
                        (ScheduleRunStatus::Running, Some(job)) => verdict.cancels.push(job),
                        _ => verdict.gives_up.push(run.id),
                    }
                }
                self.behind(id, RunOrigin::Schedule)
            }
        }
    }
}

#[cfg(test)]
mod tests;
