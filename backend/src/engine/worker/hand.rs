//! The jobs that a worker has in hand: claimed and waiting here, running, or ended and not written yet. Heartbeats
//! prolong the leases of all of them.

use std::{
    collections::HashMap,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use esteira_shared::ids::JobId;
use tokio_util::sync::CancellationToken;

use super::super::job::Job;

/// By job and fencing number: after a rescue the same process may hold both the old and the new attempt.
#[derive(Default)]
pub(super) struct Hand {
    held: Mutex<HashMap<(JobId, i64), Held>>,
    slotless: AtomicUsize,
}

#[derive(Clone, Default)]
pub(super) struct Held {
    /// Somebody asked for the job's end.
    pub(super) cancel: CancellationToken,
    /// The job is no longer ours, or must be handed back: stop at once.
    pub(super) abandon: CancellationToken,
    /// It went well, and that is being written.
    succeeded: bool,
    slotless: bool,
}

impl Hand {
    fn held(&self) -> MutexGuard<'_, HashMap<(JobId, i64), Held>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn take(&self, job: &Job, takes_slot: bool) {
        let slotless = !takes_slot;
        self.slotless.fetch_add(usize::from(slotless), Ordering::Relaxed);
        let held = Held {
            slotless,
            ..Held::default()
        };
        self.held().insert((job.id, job.fence), held);
    }

    pub(super) fn leave(&self, id: JobId, fence: i64) {
        let left = self.held().remove(&(id, fence));
        let slotless = left.is_some_and(|held| held.slotless);
        self.slotless.fetch_sub(usize::from(slotless), Ordering::Relaxed);
    }

    /// Jobs that take a slot.
    pub(super) fn in_slots(&self) -> usize {
        let all = self.held().len();
        all.saturating_sub(self.slotless())
    }

    pub(super) fn slotless(&self) -> usize {
        self.slotless.load(Ordering::Relaxed)
    }

    pub(super) fn tokens(&self, job: &Job) -> Option<Held> {
        self.held().get(&(job.id, job.fence)).cloned()
    }

    pub(super) fn all(&self) -> Vec<(JobId, i64)> {
        self.held().keys().copied().collect()
    }

    pub(super) fn succeeded(&self, id: JobId, fence: i64) {
        if let Some(held) = self.held().get_mut(&(id, fence)) {
            held.succeeded = true;
        }
    }

    /// What can be handed back.
    pub(super) fn unfinished(&self) -> Vec<(JobId, i64)> {
        self.those(|held| !held.succeeded)
    }

    /// What can be handed back without waiting for its end.
    pub(super) fn unfinished_slotless(&self) -> Vec<(JobId, i64)> {
        self.those(|held| !held.succeeded && held.slotless)
    }

    fn those(&self, wanted: impl Fn(&Held) -> bool) -> Vec<(JobId, i64)> {
        let held = self.held();
        held.iter()
            .filter(|(_, held)| wanted(held))
            .map(|(key, _)| *key)
            .collect()
    }

    pub(super) fn cancel(&self, id: JobId) {
        for (_, held) in self.held().iter().filter(|((of, _), _)| *of == id) {
            held.cancel.cancel();
        }
    }

    pub(super) fn abandon(&self, id: JobId, fence: i64) {
        if let Some(held) = self.held().get(&(id, fence)) {
            held.abandon.cancel();
        }
    }
}
