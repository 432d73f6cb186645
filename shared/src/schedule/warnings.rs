//! What a person should know about a schedule that can be saved.

use super::{
    exceptions::Exception,
    pipeline::Supply,
    plan::Plan,
    slots::{Slots, Source},
    zone::{self, Zone},
};
use crate::{instant::Instant, reason::Reason};

impl<Z: Zone> Plan<Z> {
    /// Exceptions that match no date of the rule are among them.
    #[must_use]
    pub fn warnings(&self, now: Instant) -> Vec<Reason> {
        let mut warnings = Vec::new();
        if matches!(&self.source, Source::Wall(Slots::Cron(cron)) if cron.takes_either_day()) {
            warnings.push(Reason::CronEitherDay {});
        }
        if self.closures.holidays && self.closures.calendars.0.is_empty() {
            warnings.push(Reason::NoCalendar {});
        }
        warnings.extend(self.unmatched().map(|exception| Reason::ExceptionUnmatched {
            exception: exception.name(),
        }));
        warnings.extend(
            self.rescheduled_until(now)
                .map(|(exception, to)| Reason::RescheduleInPast { exception, to }),
        );
        warnings
    }

    /// Exceptions for dates that the rule does not give.
    pub fn unmatched(&self) -> impl Iterator<Item = &Exception> {
        self.exceptions.all().filter(|exception| {
            let (start, end) = exception.period();
            Supply::between(self, start, end).next().is_none()
        })
    }

    /// Exceptions that put an occurrence at a time that is over.
    pub(super) fn rescheduled_until(&self, now: Instant) -> impl Iterator<Item = (String, String)> {
        self.exceptions.all().filter_map(move |exception| match exception {
            Exception::Reschedule { to, .. } => {
                let at = zone::read(&self.zone, to.date_time()).earliest();
                (at <= now.timestamp()).then(|| (exception.name(), to.to_string()))
            }
            Exception::Skip { .. } | Exception::Modify { .. } => None,
        })
    }
}
