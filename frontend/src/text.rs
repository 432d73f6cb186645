//! Words for codes, and numbers and dates the way the reader writes them.

pub mod calendars;
pub mod csv;
pub mod errors;
pub mod format;
pub mod reasons;
pub mod schedules;
pub mod status;
pub mod tasks;
pub mod webhooks;
