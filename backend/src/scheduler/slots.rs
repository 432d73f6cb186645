//! Slots that are to have their rows.

use std::collections::VecDeque;

use chrono::TimeDelta;
use esteira_shared::{
    dto::schedules::CATCH_UP_RUNS,
    instant::Instant,
    reason::Reason,
    schedule::{Occurrence, Step},
};
use serde_json::{Map, Value};

use super::Planned;

/// One slot of a schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// What the rule gives: the slot's identity.
    pub nominal_at: Instant,
    pub due_at: Instant,
    /// What moved it from there.
    pub moved: Vec<Reason>,
    /// What exceptions change of the parameters.
    pub changes: Map<String, Value>,
}

impl From<Occurrence> for Slot {
    fn from(occurrence: Occurrence) -> Self {
        Self {
            nominal_at: occurrence.nominal_at,
            due_at: occurrence.at,
            moved: occurrence.moved,
            changes: occurrence.changes,
        }
    }
}

impl Slot {
    /// One that no rule gives: a person wants it now.
    #[must_use]
    pub fn now(now: Instant) -> Self {
        Self {
            nominal_at: now,
            due_at: now,
            moved: Vec::new(),
            changes: Map::new(),
        }
    }
}

/// Rows that one settling writes for a schedule at most: as many as can be caught up with.
const MOST: usize = CATCH_UP_RUNS as usize;

/// The slots of a time that passed.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Passed {
    /// The newest of them, oldest first.
    pub(super) slots: Vec<Slot>,
    /// There were older ones.
    pub(super) more: bool,
}

/// Slots that were due after an instant and up to another. It looks back from the end in steps that double, so a long
/// time costs no more than a short one.
pub(super) fn passed(plan: &Planned, after: Instant, until: Instant) -> Passed {
    if after >= until {
        return Passed::default();
    }
    let mut span = TimeDelta::hours(1);
    loop {
        let from = (until - span).max(after);
        let mut slots: VecDeque<Slot> = VecDeque::new();
        let mut more = false;
        for slot in fires(plan, from).take_while(|slot| slot.due_at <= until) {
            if slots.len() == MOST {
                slots.pop_front();
                more = true;
            }
            slots.push_back(slot);
        }
        if more || from <= after {
            return Passed {
                slots: slots.into(),
                more,
            };
        }
        span = span * 2;
    }
}

/// What fires after an instant.
pub(super) fn fires(plan: &Planned, after: Instant) -> impl Iterator<Item = Slot> + '_ {
    plan.after(after).filter_map(|step| match step {
        Step::Fires(occurrence) => Some(Slot::from(occurrence)),
        Step::Dropped(_) => None,
    })
}
