//! Agendamentos: what runs by itself and when, what did not run, and how it went.

mod bulk;
mod columns;
mod detail;
mod dialogs;
pub mod editor;
mod import;
mod list;
mod missed;
mod parameters;
mod results;
mod retention;
mod stopped;
mod words;

pub use detail::SchedulePage;
pub use editor::NewSchedule;
pub use list::SchedulesPage;
pub use missed::MissedPage;
