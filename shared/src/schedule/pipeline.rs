//! The pipeline: slot → exceptions → calendars → roll → window → UTC → one of each → jitter.
//!
//! Slots come in the order of the wall's clock. Nearly all steps keep that order, so that one slot ahead is enough to know
//! that nothing earlier follows. What changes it (a clock that is put back, a roll to an earlier day, a rescheduled date)
//! waits in a heap until the slots have passed it.

mod judge;
mod supply;

use std::{
    cmp::{Ordering, Reverse},
    collections::BinaryHeap,
};

use chrono::{NaiveDate, NaiveDateTime};
use serde_json::{Map, Value};

pub(super) use self::supply::Supply;
use self::{
    judge::{Judge, Rescheduled, Ruling},
    supply::Timed,
};
use super::{
    civil::written,
    jitter::Delays,
    plan::Plan,
    zone::{self, Zone},
};
use crate::{instant::Instant, reason::Reason};

/// After so many dropped slots in a row, days that are excluded as a whole are jumped over.
pub const LISTED: u32 = 1_000;

/// After so many dropped slots in a row (ten years, since excluded days count as one) nothing more is expected.
const BARREN: u32 = 5_000;

/// Something that runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occurrence {
    /// When it is due.
    pub at: Instant,
    /// The same on the wall's clock.
    pub local: NaiveDateTime,
    /// The date and time of the rule, before anything moved it.
    pub nominal: NaiveDateTime,
    /// The same as an instant. Together with the schedule it is the occurrence's identity.
    pub nominal_at: Instant,
    /// Each step that moved it, in their order.
    pub moved: Vec<Reason>,
    /// Settings that an exception changes for it.
    pub changes: Map<String, Value>,
}

/// Something that does not run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dropped {
    /// When it would have run.
    pub at: Instant,
    pub nominal: NaiveDateTime,
    pub reason: Reason,
}

/// One slot of the rule, accounted for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    Fires(Occurrence),
    Dropped(Dropped),
}

/// What became of a slot, before it is known what else happens at the same instant.
#[derive(Debug)]
struct Entry {
    /// Unix seconds: when it runs, or would have.
    at: i64,
    nominal: NaiveDateTime,
    fate: Fate,
}

#[derive(Debug)]
enum Fate {
    Dropped(Reason),
    Fires { nominal_at: Instant, moved: Vec<Reason> },
}

impl Entry {
    /// Of those at one instant the first that fires does so: one that nothing moved, else the one that was due first.
    fn order(&self) -> (i64, u8, NaiveDateTime) {
        let rank = match &self.fate {
            Fate::Dropped(_) => 0,
            Fate::Fires { .. } => 1 + u8::from(self.gives_way()),
        };
        (self.at, rank, self.nominal)
    }

    /// Whether another at its instant may be the one that fires.
    fn gives_way(&self) -> bool {
        matches!(&self.fate, Fate::Fires { moved, .. } if !moved.is_empty())
    }
}

impl Ord for Entry {
    fn cmp(&self, other: &Self) -> Ordering {
        self.order().cmp(&other.order())
    }
}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Entry {}

/// What runs and what does not after an instant, in the order of time. It ends with the rule, or when nothing has run for
/// so long that nothing more is expected.
pub struct Steps<'p, Z> {
    flow: Flow<'p, Z>,
    delays: Delays,
}

impl<'p, Z: Zone> Steps<'p, Z> {
    pub(super) fn new(plan: &'p Plan<Z>, after: Instant) -> Self {
        let delays = Delays::new(plan.jitter, after);
        Self {
            flow: Flow::new(plan, delays.due_after()),
            delays,
        }
    }

    /// Whether slots were jumped over, of which no step tells.
    #[must_use]
    pub fn jumped(&self) -> bool {
        self.flow.jumped
    }

    /// The first day from which no roll found another within its reach.
    #[must_use]
    pub fn roll_exhausted(&self) -> Option<NaiveDate> {
        self.flow.judge.roll_exhausted
    }
}

impl<Z: Zone> Iterator for Steps<'_, Z> {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        let flow = &mut self.flow;
        self.delays.next(&flow.plan.zone, || flow.next())
    }
}

/// The pipeline up to jitter.
struct Flow<'p, Z> {
    plan: &'p Plan<Z>,
    supply: Supply<'p, Z>,
    judge: Judge<'p, Z>,
    waiting: BinaryHeap<Reverse<Entry>>,
    /// Dates whose slots do not wait yet, the last of them first.
    rescheduled: Vec<Rescheduled>,
    /// Unix seconds; nothing up to here is told.
    after: i64,
    /// The last instant at which something fires, and what.
    last: Option<(i64, NaiveDateTime)>,
    /// Unix seconds; no slot that is still to come ends up before.
    passed: i64,
    /// Slots since something fired.
    barren: u32,
    jumped: bool,
}

impl<'p, Z: Zone> Flow<'p, Z> {
    fn new(plan: &'p Plan<Z>, after: i64) -> Self {
        let judge = Judge::new(plan);
        Self {
            plan,
            supply: Supply::new(plan, after),
            rescheduled: judge.rescheduled(after),
            judge,
            waiting: BinaryHeap::new(),
            after,
            last: None,
            passed: i64::MIN,
            barren: 0,
            jumped: false,
        }
    }

    fn next(&mut self) -> Option<Step> {
        loop {
            self.place_rescheduled();
            if self.is_ready() {
                let Reverse(entry) = self.waiting.pop()?;
                if entry.at > self.after {
                    return Some(self.step(entry));
                }
            } else if let Some(slot) = self.slot() {
                self.passed = self.judge.floor(&slot);
                self.judge_slot(&slot);
            } else if self.waiting.is_empty() {
                return None;
            } else {
                self.passed = i64::MAX;
            }
        }
    }

    /// Lets those wait that come before all others.
    fn place_rescheduled(&mut self) {
        let first = |waiting: &BinaryHeap<Reverse<Entry>>| waiting.peek().map_or(i64::MAX, |Reverse(entry)| entry.at);
        while let Some(placed) = self.rescheduled.pop_if(|placed| placed.at <= first(&self.waiting)) {
            self.judge.slots_of(&placed, |entry| self.waiting.push(Reverse(entry)));
        }
    }

    /// Whether no slot can come any more that goes before the first of those that wait.
    fn is_ready(&self) -> bool {
        let first = self.waiting.peek();
        first.is_some_and(|Reverse(entry)| entry.at < self.passed || (entry.at == self.passed && !entry.gives_way()))
    }

    fn slot(&mut self) -> Option<Timed> {
        if self.barren < BARREN { self.supply.take() } else { None }
    }

    fn judge_slot(&mut self, slot: &Timed) {
        match self.judge.slot(slot, |entry| self.waiting.push(Reverse(entry))) {
            Ruling::Fires => self.barren = 0,
            Ruling::Elsewhere => {}
            Ruling::Dropped { resume } => {
                self.barren += 1;
                if let Some(resume) = resume.filter(|_| self.barren > LISTED) {
                    self.jumped = true;
                    self.supply.jump(resume);
                }
            }
        }
    }

    /// Two that end up at one instant become one.
    fn step(&mut self, Entry { at, nominal, fate }: Entry) -> Step {
        let (nominal_at, moved) = match fate {
            Fate::Dropped(reason) => {
                return Step::Dropped(Dropped {
                    at: instant(at),
                    nominal,
                    reason,
                });
            }
            Fate::Fires { nominal_at, moved } => (nominal_at, moved),
        };
        if let Some((_, kept)) = self.last.filter(|(last, _)| *last == at) {
            let reason = Reason::Duplicate {
                kept: written(kept),
                moved,
            };
            return Step::Dropped(Dropped {
                at: instant(at),
                nominal,
                reason,
            });
        }
        self.last = Some((at, nominal));
        Step::Fires(Occurrence {
            at: instant(at),
            local: zone::local(&self.plan.zone, at),
            nominal,
            nominal_at,
            moved,
            changes: self.plan.exceptions.changes(nominal.date()),
        })
    }
}

pub(super) fn instant(unix: i64) -> Instant {
    chrono::DateTime::from_timestamp(unix, 0).unwrap_or_default().into()
}
