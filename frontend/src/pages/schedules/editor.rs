//! Making and changing a schedule: the form at the left, at the right what the rule will do, read anew as one types.

mod exceptions;
mod fields;
mod form;
mod new;
mod page;
mod preview;
mod problems;
mod tab;
mod times;

pub use new::NewSchedule;
pub use tab::{ExceptionsTab, ScheduleTab};
