//! The slots of a plan, one after the other, each with what it means in UTC.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

use crate::schedule::{
    civil::shifted,
    closure::{ROLL_DAYS, Roll},
    plan::Plan,
    slots::{Slot, Slots, Source},
    zone::{self, DAY, Reader, Reading, Zone},
};

/// A slot and its place in time.
#[derive(Debug, Clone, Copy)]
pub(in crate::schedule) struct Timed {
    pub(super) local: NaiveDateTime,
    pub(super) omitted: bool,
    pub(super) reading: Reading,
}

pub(in crate::schedule) struct Supply<'p, Z> {
    plan: &'p Plan<Z>,
    reader: Reader<'p, Z>,
    cursor: Cursor<'p>,
}

/// Where the next slot is looked for.
#[derive(Debug, Clone, Copy)]
enum Cursor<'p> {
    Wall(&'p Slots, NaiveDateTime),
    /// Every so many seconds, from an instant on.
    Unix {
        every: i64,
        from: i64,
    },
}

impl<'p> Cursor<'p> {
    /// Before everything.
    fn new(source: &'p Source) -> Self {
        match source {
            Source::Wall(slots) => Self::Wall(slots, NaiveDateTime::MIN),
            Source::Seconds(every) => Self::Unix {
                every: *every,
                from: i64::MIN,
            },
        }
    }
}

impl<'p, Z: Zone> Supply<'p, Z> {
    /// From the first slot that may end up after an instant in Unix seconds.
    pub(super) fn new(plan: &'p Plan<Z>, after: i64) -> Self {
        let mut supply = Self::all(plan);
        if plan.closures.roll == Roll::NextBusinessDay {
            supply.jump(supply.rolls_beyond(after));
        } else if let Cursor::Unix { from, .. } = &mut supply.cursor {
            *from = after + 1;
        } else {
            // The second half of a time that comes twice lies before what the clock shows in its first half.
            let offset = plan.zone.offset_at(after).min(plan.zone.offset_at(after + DAY));
            supply.jump(zone::wall(after + i64::from(offset)));
        }
        if plan.start > NaiveDate::MIN {
            supply.jump(plan.start.and_time(NaiveTime::MIN));
        }
        supply
    }

    /// The slots of some days that the rule does not omit.
    pub(in crate::schedule) fn between(
        plan: &'p Plan<Z>,
        first: NaiveDate,
        last: NaiveDate,
    ) -> impl Iterator<Item = Timed> {
        let mut supply = Self::all(plan);
        supply.jump(first.max(plan.start).and_time(NaiveTime::MIN));
        std::iter::from_fn(move || supply.take())
            .take_while(move |slot| slot.local.date() <= last)
            .filter(|slot| !slot.omitted)
    }

    fn all(plan: &'p Plan<Z>) -> Self {
        Self {
            plan,
            reader: Reader::new(&plan.zone),
            cursor: Cursor::new(&plan.source),
        }
    }

    /// The first time from which a roll may lead beyond an instant: after the last open day, less a day for a window over
    /// midnight and a change of the clock.
    fn rolls_beyond(&self, after: i64) -> NaiveDateTime {
        let today = zone::local(&self.plan.zone, after).date();
        let day = |days: i64| shifted(today, -days).unwrap_or(NaiveDate::MIN);
        let open = (2..ROLL_DAYS + 2).map(day).find(|day| self.plan.closures.is_open(*day));
        open.unwrap_or_else(|| day(ROLL_DAYS + 2)).and_time(NaiveTime::MIN)
    }

    pub(super) fn take(&mut self) -> Option<Timed> {
        let slot = match &mut self.cursor {
            Cursor::Wall(slots, from) => {
                let Slot { local, omitted } = slots.at_or_after(*from, &self.plan.closures.calendars)?;
                *from = Slots::after(local);
                Timed {
                    local,
                    omitted,
                    reading: self.reader.read(local),
                }
            }
            Cursor::Unix { every, from } => {
                let past = from.rem_euclid(*every);
                let at = if past == 0 { *from } else { *from + (*every - past) };
                *from = at + 1;
                Timed {
                    local: zone::local(&self.plan.zone, at),
                    omitted: false,
                    reading: Reading::Once(at),
                }
            }
        };
        (slot.local.date() <= self.plan.end).then_some(slot)
    }

    /// Nothing before a time on the wall is of interest any more.
    pub(super) fn jump(&mut self, to: NaiveDateTime) {
        match &mut self.cursor {
            Cursor::Wall(_, from) => *from = to.max(*from),
            Cursor::Unix { from, .. } => *from = self.reader.read(to).earliest().max(*from),
        }
    }
}
