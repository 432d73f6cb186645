//! What is being done with a calendar.

use esteira_shared::dto::calendars::{CalendarDayDto, CalendarImportDto, CalendarScheduleDto};
use leptos::prelude::*;

#[derive(Clone, Copy)]
pub(super) struct CalendarDialogs {
    /// `None` in an open form means a new day.
    pub(super) chosen: RwSignal<Option<CalendarDayDto>>,
    pub(super) day: RwSignal<bool>,
    pub(super) day_removal: RwSignal<bool>,
    pub(super) rename: RwSignal<bool>,
    pub(super) removal: RwSignal<bool>,
    pub(super) import: RwSignal<bool>,
    pub(super) check: RwSignal<bool>,
    pub(super) undone: RwSignal<Option<CalendarImportDto>>,
    pub(super) undo: RwSignal<bool>,
    /// Schedules that the last change left without a next run.
    pub(super) stopped: RwSignal<Vec<CalendarScheduleDto>>,
}

impl CalendarDialogs {
    pub(super) fn new() -> Self {
        Self {
            chosen: RwSignal::new(None),
            day: RwSignal::new(false),
            day_removal: RwSignal::new(false),
            rename: RwSignal::new(false),
            removal: RwSignal::new(false),
            import: RwSignal::new(false),
            check: RwSignal::new(false),
            undone: RwSignal::new(None),
            undo: RwSignal::new(false),
            stopped: RwSignal::new(Vec::new()),
        }
    }

    pub(super) fn on(self, day: Option<CalendarDayDto>, dialog: RwSignal<bool>) {
        self.chosen.set(day);
        dialog.set(true);
    }
}
