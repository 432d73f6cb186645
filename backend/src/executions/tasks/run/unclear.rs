//! A robot whose API answers without a status that is known here. It may be at work or over, and nobody can tell.
//!
//! The run says so at once. After [`KEPT`] its place under the limits is free for others, and it is looked at more
//! rarely. When a known status comes, it counts again. When the longest time is over, a person decides; nothing is
//! cancelled at the API.

use chrono::TimeDelta;
use esteira_shared::{
    reason::Reason,
    status::{Elsewhere, LogLevel},
};
use tokio::sync::mpsc;

use super::{Robot, log};
use crate::{engine::Failure, executions::model::ExecutionChanges, integrations::rpa::RpaStatus};

/// How long such a robot keeps its place under the limits.
const KEPT: TimeDelta = TimeDelta::minutes(1);

impl Robot<'_> {
    /// Writes down what a status means for the run, when it is another than before.
    pub(super) async fn judge(&mut self, status: &RpaStatus, lines: &mpsc::Sender<log::Lines>) -> Result<(), Failure> {
        let said = self.not_understood(status);
        let shown = self.execution.error_cause.as_ref();
        let now = self.job.app.clock.now();
        let since = said.as_ref().map(|_| self.unclear_since.unwrap_or(now));
        let freed = since.is_some_and(|since| self.is_freed() || now - since >= KEPT);
        let frees = freed && !self.is_freed();
        let is_new = said.as_ref() != shown;
        self.unclear_since = since;
        if !is_new && freed == self.is_freed() {
            return Ok(());
        }
        let (level, line) = match &said {
            Some(said) => (LogLevel::Warn, said.clone()),
            None => (LogLevel::Info, Reason::RobotsStatusKnownAgain {}),
        };
        let changes = ExecutionChanges {
            error_action: Some(said.as_ref().map(|_| Reason::RobotFollowedOn {})),
            error_cause: Some(said),
            ..ExecutionChanges::default()
        };
        let elsewhere = if freed { Elsewhere::Unclear } else { Elsewhere::Working };
        self.change_with(changes, Some(elsewhere)).await?;
        if is_new {
            self.say(lines, level, &line);
        }
        if frees {
            self.say(lines, LogLevel::Warn, &Reason::RobotPlaceFreed {});
        }
        Ok(())
    }

    /// What a status says, when nobody here can tell what it means.
    pub(super) fn not_understood(&self, status: &RpaStatus) -> Option<Reason> {
        let RpaStatus::Unknown(word) = status else { return None };
        let said = match word.is_empty() {
            true => Reason::RobotsNoStatus {},
            false => Reason::RobotsUnknownStatus { word: word.clone() },
        };
        Some(self.mask.reason(said))
    }

    /// Its place is free for others.
    pub(super) fn is_freed(&self) -> bool {
        self.elsewhere == Some(Elsewhere::Unclear)
    }
}
