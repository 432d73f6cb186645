//! Calendários: the list, one calendar with its year, and files of its days.

mod check;
mod columns;
mod day_form;
mod detail;
mod dialogs;
mod form;
mod import;
mod imports;
mod list;
mod removal;
mod words;

pub use detail::CalendarPage;
pub use list::CalendarsPage;
