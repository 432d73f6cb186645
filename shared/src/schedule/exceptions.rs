//! What a person decided about single dates of a rule.

use chrono::{NaiveDate, NaiveDateTime};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::civil::{LocalMinute, period};
use crate::reason::Reason;

/// Keyed by the dates that the rule gives, before anything moves them. Both ends belong to a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Exception {
    /// Nothing runs.
    Skip {
        start: NaiveDate,
        end: NaiveDate,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// It runs then, whatever calendars, roll and window say.
    Reschedule {
        date: NaiveDate,
        to: LocalMinute,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// It runs with another configuration.
    Modify {
        start: NaiveDate,
        end: NaiveDate,
        /// Settings of the task, by name; the scheduler hands them on unread.
        changes: Map<String, Value>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
}

impl Exception {
    /// First and last date.
    #[must_use]
    pub fn period(&self) -> (NaiveDate, NaiveDate) {
        match self {
            Self::Skip { start, end, .. } | Self::Modify { start, end, .. } => (*start, *end),
            Self::Reschedule { date, .. } => (*date, *date),
        }
    }

    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        let (Self::Skip { reason, .. } | Self::Reschedule { reason, .. } | Self::Modify { reason, .. }) = self;
        reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty())
    }

    /// The person's reason, else the dates.
    pub(super) fn name(&self) -> String {
        if let Some(reason) = self.reason() {
            return reason.to_owned();
        }
        let (start, end) = self.period();
        match self {
            Self::Reschedule { to, .. } => format!("{start} → {to}"),
            Self::Skip { .. } | Self::Modify { .. } => period(start, end),
        }
    }

    /// Whether both cannot hold on the same day: it either runs, or does not, or runs elsewhere; and each setting has one value.
    pub(super) fn excludes(&self, other: &Self) -> bool {
        let ((start, end), (from, until)) = (self.period(), other.period());
        let changes = |exception: &Self| matches!(exception, Self::Modify { .. });
        changes(self) == changes(other) && start <= until && from <= end
    }
}

/// The exceptions of a schedule, in the order of their dates. Those of one kind do not overlap.
#[derive(Debug, Clone, Default)]
pub(super) struct Exceptions {
    /// Skip and reschedule.
    placing: Vec<Exception>,
    changing: Vec<Exception>,
}

impl Exceptions {
    pub(super) fn new(all: &[Exception]) -> Self {
        let (mut changing, mut placing): (Vec<_>, Vec<_>) = all
            .iter()
            .cloned()
            .partition(|exception| matches!(exception, Exception::Modify { .. }));
        changing.sort_by_key(Exception::period);
        placing.sort_by_key(Exception::period);
        Self { placing, changing }
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Exception> {
        self.placing.iter().chain(&self.changing)
    }

    /// What is decided about whether and when a date runs.
    pub(super) fn placing(&self, date: NaiveDate) -> Option<&Exception> {
        on(&self.placing, date)
    }

    pub(super) fn changes(&self, date: NaiveDate) -> Map<String, Value> {
        match on(&self.changing, date) {
            Some(Exception::Modify { changes, .. }) => changes.clone(),
            _ => Map::new(),
        }
    }

    /// Dates that run at another time, each with that time and why.
    pub(super) fn rescheduled(&self) -> impl Iterator<Item = (NaiveDate, NaiveDateTime, Reason)> {
        self.placing.iter().filter_map(|exception| match exception {
            Exception::Reschedule { date, to, .. } => Some((
                *date,
                to.date_time(),
                Reason::ExceptionReschedule {
                    exception: exception.name(),
                },
            )),
            Exception::Skip { .. } | Exception::Modify { .. } => None,
        })
    }
}

fn on(exceptions: &[Exception], date: NaiveDate) -> Option<&Exception> {
    let before = exceptions.partition_point(|exception| exception.period().0 <= date);
    let last = exceptions.get(before.checked_sub(1)?)?;
    (date <= last.period().1).then_some(last)
}
