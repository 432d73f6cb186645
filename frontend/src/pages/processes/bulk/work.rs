//! What is done to many rows at once: what the server is asked, and what the person reads.

use std::{future::Future, pin::Pin};

use esteira_shared::dto::processes::{BulkAction, BulkCreate, BulkDto, BulkTarget};

use super::super::words;
use crate::{
    api::{self, ApiResult},
    i18n::tr,
};

/// A count or a start on its way.
pub type BulkAnswer = Pin<Box<dyn Future<Output = ApiResult<BulkDto>>>>;

/// One action on one selection.
pub trait BulkWork: Send + Sync {
    /// Counts with `dry_run`, starts without.
    fn send(&self, reason: Option<String>, dry_run: bool) -> BulkAnswer;

    fn title(&self) -> &'static str;

    /// The verb of the button, with how many it is for.
    fn verb(&self, count: i64) -> String;

    fn eligible(&self, eligible: i64, matching: i64) -> String;

    /// `12 aprovados`
    fn done(&self, count: i64) -> String;

    /// Names the list of those that failed.
    fn failures(&self) -> &'static str;

    /// What else to know before it begins.
    fn note(&self) -> Option<&'static str> {
        None
    }

    /// What else to know once it is over.
    fn afterwards(&self) -> Option<&'static str> {
        None
    }

    /// Some of the rows it is for, where the page knows them.
    fn names(&self) -> &[String] {
        &[]
    }

    fn needs_reason(&self) -> bool {
        false
    }

    fn is_danger(&self) -> bool {
        false
    }

    /// The button that leaves everything as it is.
    fn leave(&self) -> &'static str {
        tr!(parts.cancel)
    }
}

/// An action on many processes.
pub(super) struct ProcessBulk {
    pub(super) action: BulkAction,
    pub(super) target: BulkTarget,
}

impl BulkWork for ProcessBulk {
    fn send(&self, reason: Option<String>, dry_run: bool) -> BulkAnswer {
        let action = self.action;
        let create = BulkCreate {
            target: self.target.clone(),
            reason,
            dry_run,
        };
        Box::pin(async move { api::processes::bulk(action, &create).await })
    }

    fn title(&self) -> &'static str {
        words::bulk_title(self.action)
    }

    fn verb(&self, count: i64) -> String {
        words::bulk_verb(self.action, count)
    }

    fn eligible(&self, eligible: i64, matching: i64) -> String {
        words::bulk_eligible(self.action, eligible, matching)
    }

    fn done(&self, count: i64) -> String {
        words::bulk_done(self.action, count)
    }

    fn failures(&self) -> &'static str {
        tr!(processes.bulk_failures_label)
    }

    fn note(&self) -> Option<&'static str> {
        match self.action {
            BulkAction::Approve => Some(tr!(processes.bulk_approve_note)),
            BulkAction::Download => Some(tr!(processes.bulk_download_note)),
            BulkAction::Send => Some(tr!(processes.bulk_send_left)),
            BulkAction::Reject => None,
        }
    }

    fn afterwards(&self) -> Option<&'static str> {
        match self.action {
            BulkAction::Send => Some(tr!(processes.bulk_send_note)),
            BulkAction::Download => Some(tr!(processes.bulk_download_after)),
            BulkAction::Approve | BulkAction::Reject => None,
        }
    }

    fn needs_reason(&self) -> bool {
        self.action == BulkAction::Reject
    }

    fn is_danger(&self) -> bool {
        self.action == BulkAction::Reject
    }
}
