//! What is decided about a robot when it starts.

use std::{sync::Arc, time::Duration};

use super::{
    options::RpaOptions,
    outcome::{Failure, Outcome},
    script::Script,
};

pub(super) struct Plan {
    pub(super) pending: Duration,
    pub(super) duration: Duration,
    pub(super) outcome: Outcome,
    /// Forgotten when half of the work is done.
    pub(super) vanishes: bool,
    pub(super) lines: usize,
    pub(super) bucket: String,
    /// For what differs from robot to robot and means nothing.
    pub(super) whim: u64,
    pub(super) script: Option<Arc<Script>>,
}

impl Plan {
    /// `business` is what the field decides: nothing, a failure, or the success that follows its cure.
    pub(super) fn new(
        options: &RpaOptions,
        hash: &str,
        run: u32,
        business: Option<Outcome>,
        script: Option<Arc<Script>>,
    ) -> Self {
        let technical = || {
            options
                .fails_technically(hash, run)
                .then_some(Outcome::Failed(Failure::Timeout))
        };
        let told = script.as_ref().and_then(|script| script.outcome());
        let duration = script.as_ref().and_then(|script| script.duration());
        Self {
            pending: options.pending(hash, run),
            duration: duration.unwrap_or_else(|| options.duration(hash, run)),
            outcome: told.or(business).or_else(technical).unwrap_or(Outcome::Success),
            vanishes: script.is_none() && options.vanishes(hash, run),
            lines: options.lines(hash, run),
            bucket: options.bucket.clone(),
            whim: options.whim(hash, run),
            script,
        }
    }
}
