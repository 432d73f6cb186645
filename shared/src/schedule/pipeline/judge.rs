//! What becomes of one slot.

use chrono::{Datelike as _, NaiveDate, NaiveDateTime, NaiveTime};

use super::{Entry, Fate, supply::Supply, supply::Timed};
use crate::{
    reason::Reason,
    schedule::{
        civil::{TimeOfDay, clock, shifted},
        closure::{ROLL_DAYS, Roll, Verdict},
        exceptions::Exception,
        plan::{Plan, Source},
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
        let nominal = slot.local;
        let nominal_at = slot.reading.earliest();
        let mut dropped = |reason, resume| {
            emit(Entry {
                at: nominal_at,
                nominal,
                fate: Fate::Dropped(reason),
            });
            Ruling::Dropped { resume }
        };
        if slot.omitted {
            let month = format!("{:04}-{:02}", nominal.year(), nominal.month());
            return dropped(Reason::ShortMonth { month }, None);
        }
        match self.plan.exceptions.placing(nominal.date()) {
            Some(Exception::Reschedule { .. }) => return Ruling::Elsewhere,
            Some(skip) => {
                let resume = skip.period().1.succ_opt().map(|day| day.and_time(NaiveTime::MIN));
                return dropped(Reason::ExceptionSkip { reason: skip.name() }, resume);
            }
            None => {}
        }
        let day = self.day_of(nominal);
        let mut moved = Vec::new();
        let mut local = nominal;
        let mut rolled = false;
        let plan = self.plan;
        match self.verdict(day).clone() {
            Verdict::Open => {}
            Verdict::Closed {
                cause,
                moved_to: Some(to),
            } => {
                moved.push(plan.closures.rolled(cause));
                local += to - day;
                rolled = true;
            }
            Verdict::Closed { cause, moved_to: None } => {
                if plan.closures.roll != Roll::Skip {
                    self.roll_exhausted.get_or_insert(day);
                }
                return dropped(cause, self.day_after(day));
            }
        }
        if let Some(window) = plan.window
            && !window.contains(local.time())
        {
            let reason = Reason::OutsideWindow {
                start: window.start.to_string(),
                end: window.end.to_string(),
            };
            return dropped(reason, window.opens_after(nominal));
        }
        let reading = if rolled {
            zone::read(&plan.zone, local)
        } else {
            slot.reading
        };
        let interval = self.interval && !rolled;
        match reading {
            Reading::Twice { first, second } if interval => {
                for at in [first, second] {
                    emit(Entry {
                        at,
                        nominal,
                        fate: Fate::Fires {
                            nominal_at: at,
                            moved: moved.clone(),
                        },
                    });
                }
                return Ruling::Fires;
            }
            Reading::Never { .. } if interval => return dropped(gap(local), None),
            Reading::Never { .. } => moved.push(gap(local)),
            Reading::Once(_) | Reading::Twice { .. } => {}
        }
        emit(Entry {
            at: reading.earliest(),
            nominal,
            fate: Fate::Fires { nominal_at, moved },
        });
        Ruling::Fires
    }

    /// Slots that a person put at a time after an instant, wherever they come from.
    pub(super) fn rescheduled(&self, after: i64, mut emit: impl FnMut(Entry)) {
        for (date, to, reason) in self.plan.exceptions.rescheduled() {
            let reading = zone::read(&self.plan.zone, to);
            let at = reading.earliest();
            if at <= after {
                continue;
            }
            let mut moved = vec![reason];
            if matches!(reading, Reading::Never { .. }) {
                moved.push(gap(to));
            }
            for slot in Supply::between(self.plan, date, date) {
                let fate = Fate::Fires {
                    nominal_at: slot.reading.earliest(),
                    moved: moved.clone(),
                };
                emit(Entry {
                    at,
                    nominal: slot.local,
                    fate,
                });
            }
        }
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
