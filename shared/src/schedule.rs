//! When something runs. One pure function, without I/O and without a clock, turns a schedule and an instant into what
//! runs after it and what does not, each with the reasons. The scheduler fires from it, the preview shows it, and nothing
//! else computes a date.
//!
//! [`Schedule`] is what people edit; [`Plan`] is the same, checked and ready; [`Plan::after`] gives its [`Step`]s.

mod calendar;
mod civil;
mod closure;
mod cron;
mod describe;
mod exceptions;
mod holidays;
mod jitter;
mod pipeline;
mod plan;
mod preview;
mod rule;
mod slots;
#[cfg(test)]
mod tests;
mod validate;
mod warnings;
mod window;
pub mod zone;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

pub use self::{
    calendar::{Calendar, CalendarDay, Calendars, Holiday, HolidayKind},
    civil::{InvalidCivil, LocalMinute, TimeOfDay, Weekday, written},
    closure::{Blackout, ROLL_DAYS, Roll},
    cron::{CRON_CHARS, Cron, CronField},
    describe::describe,
    exceptions::Exception,
    holidays::{BuiltIn, LawfulHoliday, easter},
    pipeline::{Dropped, LISTED, Occurrence, Step, Steps},
    plan::Plan,
    preview::{PREVIEW_COUNT, Preview, PreviewOccurrence, PreviewRequest, PreviewSkipped, preview, preview_of},
    rule::{
        CronDialect, CronRule, Custom, Daily, Interval, MonthDay, Monthly, NthWeekday, Once, Rule, ShortMonth, Weekly,
    },
    validate::Problem,
    window::Window,
};

/// A rule with everything that decides when it fires.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Schedule {
    /// IANA name, such as `America/Sao_Paulo`.
    pub timezone: String,
    pub rule: Rule,
    /// The first and the last day of the rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<NaiveDate>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<NaiveDate>,
    /// What falls outside of it does not run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<Window>,
    #[serde(default)]
    pub skip_weekends: bool,
    /// Whether the days of `calendars` are excluded. They are no business days either way.
    #[serde(default)]
    pub skip_holidays: bool,
    /// By name, built-in or the organisation's own.
    #[serde(default)]
    pub calendars: Vec<String>,
    #[serde(default)]
    pub blackouts: Vec<Blackout>,
    /// What becomes of a run on an excluded day.
    #[serde(default)]
    pub roll: Roll,
    #[serde(default)]
    pub exceptions: Vec<Exception>,
    /// Longest delay of a run.
    #[serde(default)]
    pub jitter_seconds: u32,
}
