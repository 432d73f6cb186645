//! What people and machines send, and what must be true of whatever is made of it: one function for each parser.
//!
//! A function takes any bytes, hands them to its parser and panics when a promise is broken; that the parser itself does not
//! panic is the least of these. `cargo xtask fuzz` runs each of them under libFuzzer (`backend/fuzz`). The tests here run
//! each with its seeds, `backend/fuzz/seeds/<name>/`, and with some thousand changes of them.
//!
//! Where the parts of a parser are private, its function stands in a `fuzzing` module beside it. None of this is in the
//! program: it is compiled for tests, and with the feature `fuzzing`.

mod documents;
mod requests;
mod secrets;
#[cfg(test)]
mod tests;
mod texts;

pub use self::{
    documents::{object_key, pdf, pdf_packed},
    requests::{cursor, request_body, retry_after},
    secrets::{mask, seam},
    texts::{calendar_csv, calendar_ics, cron, csv_cell, email, log_text, values},
};
pub use crate::{
    clients::fuzzing::csv_import,
    integrations::{
        rpa::fuzzing::{log_joining, robot_job, robot_log, robot_start},
        sat::fuzzing::sat_answer,
    },
};

/// The names of all functions above, and a test for each.
macro_rules! targets {
    ($($name:ident),+ $(,)?) => {
        #[cfg(test)]
        const NAMES: &[&str] = &[$(stringify!($name)),+];

        #[cfg(test)]
        mod short {
            $(
                #[test]
                fn $name() {
                    super::tests::short(stringify!($name), super::$name);
                }
            )+
        }
    };
}

targets! {
    pdf,
    pdf_packed,
    object_key,
    csv_import,
    csv_cell,
    calendar_csv,
    calendar_ics,
    cron,
    request_body,
    cursor,
    retry_after,
    robot_start,
    robot_job,
    robot_log,
    log_joining,
    log_text,
    mask,
    seam,
    sat_answer,
    email,
    values,
}
