//! Schedules: what fires when, once for each slot, however many replicas look at the clock.
//!
//! ```text
//! the rule ─▶ next slot (schedules.next_at) ─due─▶ one row of schedule_runs, and its job
//!                                          └─ or one row that says why it did not fire
//! ```
//!
//! A slot is one row, unique by schedule and nominal instant. [`Scheduler`] sleeps until the next one is due, writes the
//! rows of all that are due in few transactions, and the jobs in the same ones. What a schedule starts is a
//! [`Scheduled`] kind that an application registers; nothing here knows one by name.
//!
//! Locks are taken in one order everywhere: the job's row, the schedule's, the runs'.

mod batch;
mod by_hand;
mod decide;
mod due;
mod end;
mod kind;
mod kinds;
mod model;
mod old;
mod planner;
mod replan;
mod rounds;
mod slots;
mod task;
mod write;

use crate::engine;

pub use by_hand::{backfill, fire, run_again};
pub use kind::{Fired, Scheduled};
pub use kinds::{KindFacts, Kinds, OnPaused};
pub use model::{RunRow, ScheduleRow};
pub use old::OldRuns;
pub use planner::{Planned, calendars, plan};
pub use replan::{calendar_changed, replan};
pub use rounds::Scheduler;
pub use slots::Slot;
pub use task::{RunPayload, RunSchedule};

/// The program that schedules belong to.
pub trait Host: engine::Host {
    fn kinds(&self) -> &Kinds<Self>;
}
