//! Approving and rejecting. The next document is shown at once; a decision the server refuses comes back to the queue.

use std::future::Future;

use esteira_shared::{
    dto::processes::{ProcessApprove, ProcessDetailDto, ProcessReject},
    ids::ProcessId,
    status::ProcessStatus,
};
use leptos::{prelude::*, task::spawn_local};

use super::desk::{Desk, Outcome};
use crate::{api, api::ApiResult, i18n::tr, pages::processes::words, state::toasts::use_toasts};

impl Desk {
    /// Whether the item under work can be decided as it stands on the screen.
    pub(super) fn can_decide(self) -> bool {
        let waits = self.seen.with(|seen| {
            seen.as_ref().is_some_and(|seen| {
                seen.process.status == ProcessStatus::AguardandoAprovacao && seen.process.fatura_sha256.is_some()
            })
        });
        self.entries.track();
        let outcome = self.current.get().and_then(|id| self.outcome(id));
        waits && outcome == Some(Outcome::Waiting) && self.newer.with(Option::is_none)
    }

    /// Approves exactly the document on the screen.
    pub(super) fn approve(self) {
        if !untrack(|| self.can_decide()) {
            return;
        }
        let Some(seen) = self.seen.get_untracked() else { return };
        let Some(sha256) = seen.process.fatura_sha256.clone() else {
            return;
        };
        let approve = ProcessApprove {
            version: seen.process.version,
            sha256,
        };
        let id = seen.process.id;
        self.decide(&seen, Outcome::Approved, async move {
            api::processes::approve_process(id, &approve).await
        });
    }

    pub(super) fn reject(self, reason: String) {
        self.rejecting.set(false);
        if !untrack(|| self.can_decide()) {
            return;
        }
        let Some(seen) = self.seen.get_untracked() else { return };
        let reject = ProcessReject {
            version: seen.process.version,
            reason,
        };
        let id = seen.process.id;
        self.decide(&seen, Outcome::Rejected, async move {
            api::processes::reject_process(id, &reject).await
        });
    }

    fn decide(
        self,
        seen: &ProcessDetailDto,
        outcome: Outcome,
        call: impl Future<Output = ApiResult<ProcessDetailDto>> + 'static,
    ) {
        let id = seen.process.id;
        let name = words::title(&seen.process);
        let spent = self.spent();
        self.set_outcome(id, Outcome::Sending, None);
        self.forget(id);
        self.advance();
        spawn_local(async move {
            match call.await {
                Ok(_) => {
                    self.set_outcome(id, outcome, None);
                    let _ = self.tally.try_update(|tally| {
                        match outcome {
                            Outcome::Rejected => tally.rejected += 1,
                            _ => tally.approved += 1,
                        }
                        tally.spent_ms += spent;
                    });
                }
                Err(error) => {
                    let reason = error.text();
                    use_toasts().fail_text(tr!(review.failed, name = name, reason = reason.clone()));
                    self.set_outcome(id, Outcome::Waiting, Some(reason));
                    // The page may be gone.
                    if self.current.try_get_untracked().is_some() {
                        self.query.refetch();
                        if self.current.get_untracked().is_none() {
                            self.go(id);
                        }
                    }
                }
            }
        });
    }

    fn set_outcome(self, id: ProcessId, outcome: Outcome, problem: Option<String>) {
        let _ = self.entries.try_update(|entries| {
            if let Some(entry) = entries.iter_mut().find(|entry| entry.process.id == id) {
                entry.outcome = outcome;
                entry.problem = problem;
            }
        });
    }
}
