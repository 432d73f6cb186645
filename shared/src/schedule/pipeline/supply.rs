//! The slots of a plan, one after the other, each with what it means in UTC.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

use crate::schedule::{
    civil::shifted,
    closure::{ROLL_DAYS, Roll},
    plan::{Plan, Source},
    slots::{Slot, Slots},
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
    cursor: Cursor,
}

/// Where the next slot is looked for.
#[derive(Debug, Clone, Copy)]
enum Cursor {
    Wall(NaiveDateTime),
    Unix(i64),
}

impl<'p, Z: Zone> Supply<'p, Z> {
    /// From the first slot that may end up after an instant in Unix seconds.
    pub(super) fn new(plan: &'p Plan<Z>, after: i64) -> Self {
        let cursor = match plan.source {
            Source::Seconds(_) => Cursor::Unix(after + 1),
            // The second half of a time that comes twice lies before what the clock shows in its first half.
            Source::Wall(_) => {
                let offset = plan.zone.offset_at(after).min(plan.zone.offset_at(after + DAY));
                Cursor::Wall(zone::wall(after + i64::from(offset)))
            }
        };
        let mut supply = Self {
            plan,
            reader: Reader::new(&plan.zone),
            cursor,
        };
        if plan.closures.roll == Roll::NextBusinessDay {
            supply.go_back(after);
        }
        if plan.start > NaiveDate::MIN {
            supply.jump(plan.start.and_time(NaiveTime::MIN));
        }
        supply
    }

    /// To the days from which a roll may lead beyond an instant: those after the last open day. A window over midnight and a
    /// change of the clock may add a day to it.
    fn go_back(&mut self, after: i64) {
        let today = zone::local(&self.plan.zone, after).date();
        let mut days = (2..ROLL_DAYS + 2).map_while(|days| shifted(today, -days));
        let open = days.find(|day| self.plan.closures.is_open(*day));
        let from = open
            .or_else(|| shifted(today, -ROLL_DAYS - 2))
            .unwrap_or(today)
            .and_time(NaiveTime::MIN);
        self.cursor = match self.cursor {
            Cursor::Wall(cursor) => Cursor::Wall(cursor.min(from)),
            Cursor::Unix(cursor) => Cursor::Unix(cursor.min(self.reader.read(from).earliest())),
        };
    }

    /// The slots of some days that the rule does not omit.
    pub(in crate::schedule) fn between(
        plan: &'p Plan<Z>,
        first: NaiveDate,
        last: NaiveDate,
    ) -> impl Iterator<Item = Timed> {
        let cursor = match plan.source {
            Source::Seconds(_) => Cursor::Unix(i64::MIN),
            Source::Wall(_) => Cursor::Wall(NaiveDateTime::MIN),
        };
        let mut supply = Self {
            plan,
            reader: Reader::new(&plan.zone),
            cursor,
        };
        supply.jump(first.max(plan.start).and_time(NaiveTime::MIN));
        std::iter::from_fn(move || supply.take())
            .take_while(move |slot| slot.local.date() <= last)
            .filter(|slot| !slot.omitted)
    }

    pub(super) fn take(&mut self) -> Option<Timed> {
        let slot = self.find().filter(|slot| slot.local.date() <= self.plan.end)?;
        self.cursor = match self.cursor {
            Cursor::Unix(_) => Cursor::Unix(slot.reading.earliest() + 1),
            Cursor::Wall(_) => Cursor::Wall(Slots::after(slot.local)),
        };
        Some(slot)
    }

    /// Nothing before a time on the wall is of interest any more.
    pub(super) fn jump(&mut self, to: NaiveDateTime) {
        self.cursor = match self.cursor {
            Cursor::Wall(cursor) => Cursor::Wall(cursor.max(to)),
            Cursor::Unix(cursor) => Cursor::Unix(cursor.max(self.reader.read(to).earliest())),
        };
    }

    fn find(&mut self) -> Option<Timed> {
        match (self.cursor, &self.plan.source) {
            (Cursor::Wall(cursor), Source::Wall(slots)) => {
                let Slot { local, omitted } = slots.at_or_after(cursor, &self.plan.closures.calendars)?;
                Some(Timed {
                    local,
                    omitted,
                    reading: self.reader.read(local),
                })
            }
            (Cursor::Unix(cursor), Source::Seconds(seconds)) => {
                let past = cursor.rem_euclid(*seconds);
                let at = if past == 0 { cursor } else { cursor + (seconds - past) };
                let local = zone::local(&self.plan.zone, at);
                Some(Timed {
                    local,
                    omitted: false,
                    reading: Reading::Once(at),
                })
            }
            _ => None,
        }
    }
}
