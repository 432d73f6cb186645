//! What a restore finds is put aside under the moment at which that was done, never removed.

use crate::clock::{Clock as _, SystemClock};

/// Fit for names of files and of schemas: `20261202_140000`.
pub(super) fn stamp() -> String {
    SystemClock.now().format("%Y%m%d_%H%M%S").to_string()
}

pub(super) const NOT_EMPTY: &str = "there are organisations in it already; --force puts what is there aside";
