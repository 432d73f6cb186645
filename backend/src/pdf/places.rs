//! The places in which files are inspected, and the queues before them.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use esteira_shared::ids::OrganizationId;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// A bounded number of places. An organisation has one at a time and its files wait for each other, so however many
/// it sends, another waits for one of them at most.
pub struct Places {
    places: Arc<Semaphore>,
    turns: Mutex<HashMap<OrganizationId, Arc<Semaphore>>>,
    patience: Duration,
}

/// Free again for others when it is dropped.
pub struct Place {
    _place: OwnedSemaphorePermit,
    _turn: OwnedSemaphorePermit,
}

impl Places {
    /// Nobody waits for longer than `patience`.
    #[must_use]
    pub fn new(count: usize, patience: Duration) -> Self {
        Self {
            places: Arc::new(Semaphore::new(count)),
            turns: Mutex::default(),
            patience,
        }
    }

    /// Waits for the organisation's turn, then for a place. `None` when that takes too long.
    pub async fn take(&self, organization: OrganizationId) -> Option<Place> {
        let turns = self.turns_of(organization);
        let places = Arc::clone(&self.places);
        let wait = async {
            // Both are fair: who came first goes first.
            let turn = turns.acquire_owned().await.ok()?;
            let place = places.acquire_owned().await.ok()?;
            Some(Place {
                _place: place,
                _turn: turn,
            })
        };
        tokio::time::timeout(self.patience, wait).await.ok().flatten()
    }

    fn turns_of(&self, organization: OrganizationId) -> Arc<Semaphore> {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        let turn = turns.entry(organization).or_insert_with(|| Arc::new(Semaphore::new(1)));
        Arc::clone(turn)
    }
}

#[cfg(test)]
mod tests;
