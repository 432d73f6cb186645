//! A schedule made ready: everything in it is checked, read and looked up once.

use chrono::NaiveDate;

use super::{
    Schedule,
    calendar::{Calendars, Chosen},
    closure::Closures,
    exceptions::Exceptions,
    pipeline::{Occurrence, Step, Steps},
    slots::Source,
    validate::{Problem, Problems},
    window::Window,
    zone::{Zone, Zones},
};
use crate::{error::FieldCode, instant::Instant, reason::Reason};

/// A schedule whose occurrences can be asked for.
#[derive(Debug, Clone)]
pub struct Plan<Z> {
    pub(super) zone: Z,
    pub(super) source: Source,
    /// Slots before and after these days do not exist.
    pub(super) start: NaiveDate,
    pub(super) end: NaiveDate,
    pub(super) exceptions: Exceptions,
    pub(super) closures: Closures,
    pub(super) window: Option<Window>,
    pub(super) jitter: Jitter,
}

/// A delay that differs from one occurrence to the next and from one schedule to another, but is always the same.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Jitter {
    pub(super) most_seconds: u32,
    pub(super) seed: u64,
}

impl<Z: Zone> Plan<Z> {
    /// # Errors
    /// Everything in the schedule that cannot be, each with its field.
    pub fn new(schedule: &Schedule, zones: &impl Zones<Zone = Z>, calendars: &Calendars) -> Result<Self, Vec<Problem>> {
        let mut problems = Problems::default();
        problems.of_schedule(schedule);
        let zone = zones.zone(&schedule.timezone);
        if zone.is_none() {
            let reason = Reason::UnknownZone {
                zone: schedule.timezone.clone(),
            };
            problems.push("timezone", FieldCode::Unknown, reason);
        }
        let mut chosen = Vec::new();
        for (place, name) in schedule.calendars.iter().enumerate() {
            match calendars.find(name) {
                Some(calendar) => chosen.push(calendar),
                None => problems.push(
                    format!("calendars.{place}"),
                    FieldCode::Unknown,
                    Reason::UnknownCalendar { name: name.clone() },
                ),
            }
        }
        let source = Source::of(&schedule.rule);
        let source = source
            .map_err(|reason| problems.push("rule.expression", FieldCode::Invalid, reason))
            .ok();
        problems.finish()?;
        let (Some(zone), Some(source)) = (zone, source) else {
            return Err(Vec::new());
        };
        Ok(Self {
            zone,
            source,
            start: schedule.start.max(schedule.rule.start()).unwrap_or(NaiveDate::MIN),
            end: schedule.end.unwrap_or(NaiveDate::MAX),
            exceptions: Exceptions::new(&schedule.exceptions),
            closures: Closures {
                weekends: schedule.skip_weekends,
                holidays: schedule.skip_holidays,
                calendars: Chosen(chosen),
                blackouts: schedule.blackouts.clone(),
                roll: schedule.roll,
            },
            window: schedule.window,
            jitter: Jitter {
                most_seconds: schedule.jitter_seconds,
                seed: 0,
            },
        })
    }

    /// Gives the schedule's own seed to its jitter, so that schedules with one rule do not start at one instant.
    #[must_use]
    pub fn seeded(mut self, seed: u64) -> Self {
        self.jitter.seed = seed;
        self
    }

    /// Everything after an instant: what runs and what does not, in the order of time.
    #[must_use]
    pub fn after(&self, after: Instant) -> Steps<'_, Z> {
        Steps::new(self, after)
    }

    /// The next occurrence after an instant.
    #[must_use]
    pub fn next_after(&self, after: Instant) -> Option<Occurrence> {
        self.after(after).find_map(|step| match step {
            Step::Fires(occurrence) => Some(occurrence),
            Step::Dropped(_) => None,
        })
    }

    /// What speaks against saving the schedule now, although it can be understood.
    ///
    /// # Errors
    /// That it never fires again, and each exception that puts an occurrence into the past.
    pub fn check_saving(&self, now: Instant) -> Result<(), Vec<Problem>> {
        let mut problems = Problems::default();
        for (exception, to) in self.rescheduled_until(now) {
            problems.push(
                "exceptions",
                FieldCode::OutOfRange,
                Reason::RescheduleInPast { exception, to },
            );
        }
        if self.next_after(now).is_none() {
            problems.push("rule", FieldCode::Invalid, Reason::NeverFires {});
        }
        problems.finish()
    }
}
