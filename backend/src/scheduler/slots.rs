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

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "a test may fail by panicking"
    )]

    use chrono::{DateTime, Utc};
    use esteira_shared::{
        ids::ScheduleId,
        schedule::{Calendars, Schedule},
    };
    use serde_json::json;
    use uuid::Uuid;

    use super::{super::plan, *};

    fn planned(rule: Value) -> Planned {
        let schedule = json!({ "timezone": "America/Sao_Paulo", "rule": rule });
        let schedule: Schedule = serde_json::from_value(schedule).unwrap();
        plan(ScheduleId(Uuid::nil()), &schedule, &Calendars::default()).unwrap()
    }

    fn at(text: &str) -> Instant {
        text.parse::<DateTime<Utc>>().unwrap().into()
    }

    /// What a walk from the beginning gives.
    fn walked(plan: &Planned, after: Instant, until: Instant) -> Vec<Slot> {
        fires(plan, after).take_while(|slot| slot.due_at <= until).collect()
    }

    #[test]
    fn looking_back_finds_what_a_walk_finds() {
        let until = at("2026-03-10T12:00:00Z");
        for rule in [
            json!({ "type": "interval", "minutes": 5 }),
            json!({ "type": "cron", "expression": "*/7 9-10 * * 1" }),
            json!({ "type": "daily", "every": 1, "times": ["09:00", "21:30"] }),
            json!({ "type": "monthly", "day": 31, "every": 1, "times": ["08:00"] }),
        ] {
            let plan = planned(rule.clone());
            for days in [0, 1, 3, 40, 400] {
                let after = until - TimeDelta::days(days);
                let all = walked(&plan, after, until);
                let found = passed(&plan, after, until);
                let older = all.len().saturating_sub(MOST);
                assert_eq!(found.slots, all[older..], "{rule} {days}");
                assert_eq!(found.more, older > 0, "{rule} {days}");
            }
        }
    }

    #[test]
    fn both_ends_are_as_the_index_has_them() {
        let plan = planned(json!({ "type": "interval", "minutes": 60 }));
        let (after, until) = (at("2026-03-10T10:00:00Z"), at("2026-03-10T12:00:00Z"));
        let due: Vec<Instant> = passed(&plan, after, until)
            .slots
            .iter()
            .map(|slot| slot.due_at)
            .collect();
        assert_eq!(due, [at("2026-03-10T11:00:00Z"), until]);
        assert_eq!(passed(&plan, until, after), Passed::default());
    }
}
