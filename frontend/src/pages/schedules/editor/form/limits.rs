//! What keeps a date of the rule from running.

use esteira_shared::schedule::{Blackout, Roll, Schedule, Window};

use super::Wrong;
use crate::{i18n::tr, pages::schedules::editor::times::parse_time};

#[derive(Debug, Clone, PartialEq)]
pub struct LimitsForm {
    pub skip_weekends: bool,
    pub skip_holidays: bool,
    /// By name.
    pub calendars: Vec<String>,
    /// The wire word.
    pub roll: String,
    pub windowed: bool,
    pub window_start: String,
    pub window_end: String,
    pub blackouts: Vec<Blackout>,
    pub jitter_seconds: String,
}

impl Default for LimitsForm {
    fn default() -> Self {
        Self {
            skip_weekends: false,
            skip_holidays: false,
            calendars: Vec::new(),
            roll: Roll::default().as_str().to_owned(),
            windowed: false,
            window_start: "09:00".to_owned(),
            window_end: "18:00".to_owned(),
            blackouts: Vec::new(),
            jitter_seconds: "0".to_owned(),
        }
    }
}

impl LimitsForm {
    pub fn of(schedule: &Schedule) -> Self {
        let usual = Self::default();
        let written = schedule
            .window
            .map(|window| (window.start.to_string(), window.end.to_string()));
        let (window_start, window_end) = written.unwrap_or((usual.window_start, usual.window_end));
        Self {
            skip_weekends: schedule.skip_weekends,
            skip_holidays: schedule.skip_holidays,
            calendars: schedule.calendars.clone(),
            roll: schedule.roll.as_str().to_owned(),
            windowed: schedule.window.is_some(),
            window_start,
            window_end,
            blackouts: schedule.blackouts.clone(),
            jitter_seconds: schedule.jitter_seconds.to_string(),
        }
    }

    pub(super) fn window(&self, wrong: &mut Wrong) -> Option<Window> {
        if !self.windowed {
            return None;
        }
        let (start, end) = (parse_time(&self.window_start), parse_time(&self.window_end));
        if start.is_none() {
            wrong.push(("window.start", tr!(schedule_editor.not_a_time)));
        }
        if end.is_none() {
            wrong.push(("window.end", tr!(schedule_editor.not_a_time)));
        }
        Some(Window {
            start: start?,
            end: end?,
        })
    }
}
