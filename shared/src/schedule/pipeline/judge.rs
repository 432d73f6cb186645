//! What becomes of one slot.

use std::cmp::Reverse;

use chrono::{Datelike as _, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

use super::{
    Entry, Fate, instant,
    supply::{Supply, Timed},
};
use crate::{
    instant::Instant,
    reason::Reason,
    schedule::{
        civil::{TimeOfDay, clock, shifted},
        closure::{ROLL_DAYS, Roll, Verdict},
        exceptions::Exception,
        plan::Plan,
        slots::Source,
        zone::{self, Reading, Zone},
    },
};

pub(super) struct Judge<'p, Z> {
    plan: &'p Plan<Z>,
    /// Whether a slot stands for an interval around changes of the clock.
    interval: bool,
    /// The last day that was looked at; most rules have several slots a day, and each is asked for twice.
    day: Option<(NaiveDate, Verdict)>,
    pub(super) roll_exhausted: Option<NaiveDate>,
}

/// A date whose slots run at another time.
pub(super) struct Rescheduled {
    /// Unix seconds.
    pub(super) at: i64,
    date: NaiveDate,
    to: NaiveDateTime,
    reason: Reason,
}

/// What became of a slot as a whole.
pub(super) enum Ruling {
    Fires,
    /// Each slot from here up to `resume` would be dropped too.
    Dropped {
        resume: Option<NaiveDateTime>,
    },
    /// A person put it elsewhere; see [`Judge::rescheduled`].
    Elsewhere,
}

impl<'p, Z: Zone> Judge<'p, Z> {
    pub(super) fn new(plan: &'p Plan<Z>) -> Self {
        let interval = matches!(&plan.source, Source::Wall(slots) if slots.is_interval());
        Self {
            plan,
            interval,
            day: None,
            roll_exhausted: None,
        }
    }

    /// Unix seconds; neither this slot nor a later one ends up before.
    pub(super) fn floor(&mut self, slot: &Timed) -> i64 {
        let own = slot.reading.earliest();
        if self.plan.closures.roll != Roll::PreviousBusinessDay {
            return own;
        }
        let plan = self.plan;
        let day = self.day_of(slot.local);
        let first = match self.verdict(day) {
            // Slots of the closed days that follow come back to this one, at any time of it.
            Verdict::Open if shifted(day, 1).is_some_and(|next| !plan.closures.is_open(next)) => Some(day),
            Verdict::Open => return own,
            Verdict::Closed {
                moved_to: Some(day), ..
            } => Some(*day),
            Verdict::Closed { moved_to: None, .. } => shifted(day, -ROLL_DAYS),
        };
        let first = first.unwrap_or(day).and_time(NaiveTime::MIN);
        own.min(zone::read(&plan.zone, first).earliest())
    }

    /// Hands on what a slot comes to.
    pub(super) fn slot(&mut self, slot: &Timed, mut emit: impl FnMut(Entry)) -> Ruling {
        let plan = self.plan;
        let nominal = slot.local;
        let mut dropped = |reason, resume| {
            emit(Entry {
                at: slot.reading.earliest(),
                nominal,
                fate: Fate::Dropped(reason),
            });
            Ruling::Dropped { resume }
        };
        if slot.omitted {
            let month = format!("{:04}-{:02}", nominal.year(), nominal.month());
            return dropped(Reason::ShortMonth { month }, None);
        }
        match plan.exceptions.placing(nominal.date()) {
            Some(Exception::Reschedule { .. }) => return Ruling::Elsewhere,
            Some(skip) => {
                let resume = skip.period().1.succ_opt().map(|day| day.and_time(NaiveTime::MIN));
                return dropped(Reason::ExceptionSkip { reason: skip.name() }, resume);
            }
            None => {}
        }
        let day = self.day_of(nominal);
        let rolled = match self.verdict(day).clone() {
            Verdict::Open => None,
            Verdict::Closed {
                cause,
                moved_to: Some(to),
            } => Some((nominal + (to - day), plan.closures.rolled(cause))),
            Verdict::Closed { cause, moved_to: None } => {
                if plan.closures.roll != Roll::Skip {
                    self.roll_exhausted.get_or_insert(day);
                }
                return dropped(cause, self.day_after(day));
            }
        };
        // A roll keeps the time.
        if let Some(window) = plan.window.filter(|window| !window.contains(nominal.time())) {
            let (start, end) = (window.start.to_string(), window.end.to_string());
            return dropped(Reason::OutsideWindow { start, end }, window.opens_after(nominal));
        }
        match (rolled, slot.reading) {
            (Some((local, reason)), _) => emit(self.moved(slot, local, reason)),
            (None, Reading::Never { .. }) if self.interval => return dropped(gap(nominal), None),
            (None, Reading::Never { next }) => emit(fires(next, nominal, next, vec![gap(nominal)])),
            (None, Reading::Twice { first, second }) if self.interval => {
                emit(fires(first, nominal, first, Vec::new()));
                emit(fires(second, nominal, second, Vec::new()));
            }
            (None, Reading::Once(at) | Reading::Twice { first: at, .. }) => emit(fires(at, nominal, at, Vec::new())),
        }
        Ruling::Fires
    }

    /// Dates that a person put at a time after an instant, the last of them first.
    pub(super) fn rescheduled(&self, after: i64) -> Vec<Rescheduled> {
        let placed = self.plan.exceptions.rescheduled().map(|(date, to, reason)| {
            let at = zone::read(&self.plan.zone, to).earliest();
            Rescheduled { at, date, to, reason }
        });
        let mut placed: Vec<Rescheduled> = placed.filter(|placed| placed.at > after).collect();
        placed.sort_by_key(|placed| Reverse(placed.at));
        placed
    }

    /// Hands on the slots of such a date.
    pub(super) fn slots_of(&self, placed: &Rescheduled, mut emit: impl FnMut(Entry)) {
        for slot in Supply::between(self.plan, placed.date, placed.date) {
            emit(self.moved(&slot, placed.to, placed.reason.clone()));
        }
    }

    /// One that runs at another time on the wall.
    fn moved(&self, slot: &Timed, local: NaiveDateTime, reason: Reason) -> Entry {
        let mut moved = vec![reason];
        let reading = zone::read(&self.plan.zone, local);
        if matches!(reading, Reading::Never { .. }) {
            moved.push(gap(local));
        }
        Entry {
            at: reading.earliest(),
            nominal: slot.local,
            fate: Fate::Fires {
                nominal_at: self.identity(slot),
                moved,
            },
        }
    }

    /// The nominal instant of a slot that runs elsewhere. All that a gap swallows have the same, and so are told apart by as many
    /// microseconds as they are seconds before its end.
    fn identity(&self, slot: &Timed) -> Instant {
        let at = slot.reading.earliest();
        let before = match slot.reading {
            Reading::Never { next } => zone::local(&self.plan.zone, next) - slot.local,
            Reading::Once(_) | Reading::Twice { .. } => TimeDelta::zero(),
        };
        instant(at) - TimeDelta::microseconds(before.num_seconds())
    }

    fn verdict(&mut self, day: NaiveDate) -> &Verdict {
        if self.day.as_ref().is_some_and(|(known, _)| *known != day) {
            self.day = None;
        }
        &self.day.get_or_insert_with(|| (day, self.plan.closures.verdict(day))).1
    }

    /// The day that a time counts for.
    fn day_of(&self, local: NaiveDateTime) -> NaiveDate {
        self.plan.window.map_or(local.date(), |window| window.day_of(local))
    }

    /// The first time that counts for a later day.
    fn day_after(&self, day: NaiveDate) -> Option<NaiveDateTime> {
        let crossing = self.plan.window.filter(|window| window.crosses_midnight());
        let begins = crossing
            .map(|window| window.end)
            .map_or(NaiveTime::MIN, TimeOfDay::time);
        day.succ_opt().map(|day| day.and_time(begins))
    }
}

fn gap(local: NaiveDateTime) -> Reason {
    Reason::DstGap {
        time: clock(local.time()),
    }
}

fn fires(at: i64, nominal: NaiveDateTime, nominal_at: i64, moved: Vec<Reason>) -> Entry {
    Entry {
        at,
        nominal,
        fate: Fate::Fires {
            nominal_at: instant(nominal_at),
            moved,
        },
    }
}
