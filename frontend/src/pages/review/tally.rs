//! What this person decided since the page was opened.

use crate::{
    i18n::{counted, tr},
    text::format,
};

/// Decisions since the page was opened.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Tally {
    pub(super) approved: u32,
    pub(super) rejected: u32,
    /// Milliseconds from a painted document to its decision, over all.
    pub(super) spent_ms: f64,
}

impl Tally {
    pub(super) fn decided(self) -> u32 {
        self.approved + self.rejected
    }

    pub(super) fn words(self) -> String {
        let approved = match self.approved {
            0 => None,
            count => Some(counted!(review.approved_single, review.approved_many, count)),
        };
        let rejected = match self.rejected {
            0 => None,
            count => Some(counted!(review.rejected_single, review.rejected_many, count)),
        };
        let decided = approved.into_iter().chain(rejected).collect::<Vec<_>>().join(", ");
        let mut words = tr!(review.tally, decided = decided);
        if self.decided() > 0 {
            let seconds = self.spent_ms / 1_000.0 / f64::from(self.decided());
            words += &tr!(review.average, seconds = format::decimal(seconds, 0));
        }
        words
    }
}
