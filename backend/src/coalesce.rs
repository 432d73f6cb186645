//! One computation for many who ask the same at the same time.
//!
//! What is handed out is never older than the question: whoever comes while a computation is under way may be asking
//! because something has just changed, and that computation may have read before. So it waits for the next one, and shares
//! that with all others who wait. Any number of callers costs one computation at a time.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use crate::error::AppResult;

/// Computations by what they answer.
pub struct Coalesced<K, V> {
    slots: Mutex<HashMap<K, Arc<Slot<V>>>>,
}

struct Slot<V> {
    /// Computations that have begun.
    begun: AtomicU64,
    /// The number of the newest one that ended, and what it found. Held while one is under way.
    newest: tokio::sync::Mutex<Option<(u64, V)>>,
}

impl<K, V> Default for Coalesced<K, V> {
    fn default() -> Self {
        Self {
            slots: Mutex::default(),
        }
    }
}

impl<K: Eq + Hash + Clone, V: Clone> Coalesced<K, V> {
    /// What a computation finds that begins after this call, whoever makes it. All who use a key must compute the same.
    ///
    /// # Errors
    /// That of the caller's own computation. A failure is not shared: the next in line tries for itself.
    pub async fn get(&self, key: K, compute: impl Future<Output = AppResult<V>>) -> AppResult<V> {
        let slot = self.slot(key.clone());
        let found = slot.find(compute).await;
        self.forget_unused(&key);
        found
    }

    fn slot(&self, key: K) -> Arc<Slot<V>> {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let slot = slots.entry(key).or_insert_with(|| {
            Arc::new(Slot {
                begun: AtomicU64::new(0),
                newest: tokio::sync::Mutex::default(),
            })
        });
        Arc::clone(slot)
    }

    /// Nobody waits when only the map and the caller hold it.
    fn forget_unused(&self, key: &K) {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        if slots.get(key).is_some_and(|slot| Arc::strong_count(slot) <= 2) {
            slots.remove(key);
        }
    }
}

impl<V: Clone> Slot<V> {
    async fn find(&self, compute: impl Future<Output = AppResult<V>>) -> AppResult<V> {
        let before = self.begun.load(Ordering::SeqCst);
        let mut newest = self.newest.lock().await;
        if let Some((number, value)) = &*newest
            && *number > before
        {
            return Ok(value.clone());
        }
        let number = self.begun.fetch_add(1, Ordering::SeqCst) + 1;
        let value = compute.await?;
        *newest = Some((number, value.clone()));
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

    use futures_util::future::join_all;
    use tokio::sync::Semaphore;

    use super::*;
    use crate::error::AppError;

    /// Counts up, once it is let through.
    async fn count(runs: &AtomicU64, gate: &Semaphore) -> AppResult<u64> {
        let run = runs.fetch_add(1, Ordering::SeqCst) + 1;
        gate.acquire().await.map_err(AppError::internal)?.forget();
        Ok(run)
    }

    #[tokio::test]
    async fn three_hundred_at_once_cost_two_computations() {
        let shared = Coalesced::default();
        let (runs, gate) = (AtomicU64::new(0), Semaphore::new(0));
        let all = join_all((0..300).map(|_| shared.get("home", count(&runs, &gate))));
        let (found, ()) = tokio::join!(all, async { gate.add_permits(300) });
        let found: Vec<u64> = found.into_iter().map(Result::unwrap).collect();
        // All others came when the first was under way.
        assert_eq!((runs.load(Ordering::SeqCst), found.first()), (2, Some(&1)));
        assert!(found.iter().skip(1).all(|run| *run == 2), "{found:?}");
        assert!(shared.slots.lock().unwrap().is_empty());
    }

    #[tokio::test]
    async fn who_comes_later_does_not_get_what_was_read_before() {
        let shared = Coalesced::default();
        let (runs, gate) = (AtomicU64::new(0), Semaphore::new(0));
        let ask = || shared.get("home", count(&runs, &gate));
        let mut first = std::pin::pin!(ask());
        assert!(futures_util::poll!(first.as_mut()).is_pending(), "it is under way");
        let (first, one, other, ()) = tokio::join!(first, ask(), ask(), async { gate.add_permits(2) });
        assert_eq!((first.unwrap(), one.unwrap(), other.unwrap()), (1, 2, 2));
        gate.add_permits(1);
        assert_eq!(ask().await.unwrap(), 3, "what is over is not kept");
        assert!(shared.slots.lock().unwrap().is_empty());
    }

    #[tokio::test]
    async fn a_failure_or_a_caller_that_leaves_does_not_stop_the_others() {
        let shared: Coalesced<&str, u64> = Coalesced::default();
        let refused = shared.get("home", async { Err(AppError::not_found("row")) }).await;
        assert!(refused.is_err());
        let stuck = shared.get("home", std::future::pending());
        let soon = std::time::Duration::from_millis(5);
        assert!(tokio::time::timeout(soon, stuck).await.is_err());
        assert_eq!(shared.get("home", async { Ok(7) }).await.unwrap(), 7);
    }
}
