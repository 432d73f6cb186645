//! How much one user, and one organisation, may have at once, so that nobody takes what others need.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use esteira_shared::ids::{OrganizationId, UserId};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Principal;
use crate::error::{AppError, AppResult};

/// Reads of many rows that one user has at once. A page makes two or three.
const HEAVY_READS: usize = 4;
/// How long another waits for one of them to end.
const PATIENCE: Duration = Duration::from_secs(5);
/// Seconds after which trying again is worth it.
const RETRY_AFTER_S: u64 = 5;
/// With so many holders known, those that hold nothing are forgotten.
const HOLDERS: usize = 1_000;

/// What is shared out in this process. A user's tokens count as the user.
pub struct Shares {
    heavy_reads: Share<UserId>,
    streams: Share<UserId>,
    streams_of_organization: Share<OrganizationId>,
}

/// One part of a share; it is free again when this is dropped.
#[derive(Debug)]
#[must_use = "a place that is dropped is free again"]
pub struct Place {
    _permit: OwnedSemaphorePermit,
}

impl Shares {
    #[must_use]
    pub fn new(streams: usize, streams_of_organization: usize) -> Self {
        Self {
            heavy_reads: Share::new(HEAVY_READS),
            streams: Share::new(streams),
            streams_of_organization: Share::new(streams_of_organization),
        }
    }

    /// For a read of many rows: waits a while when the user has several under way.
    ///
    /// # Errors
    /// `too_many_at_once`.
    pub async fn heavy_read(&self, principal: &Principal) -> AppResult<Place> {
        self.heavy_reads.wait(principal.user_id, PATIENCE).await
    }

    /// For a live stream: one of the user's and one of the organisation's.
    ///
    /// # Errors
    /// `too_many_at_once`.
    pub fn stream(&self, principal: &Principal) -> AppResult<(Place, Place)> {
        let own = self.streams.take(principal.user_id)?;
        Ok((own, self.streams_of_organization.take(principal.organization_id)?))
    }
}

/// So many places for each holder.
struct Share<K> {
    most: usize,
    holders: Mutex<HashMap<K, Arc<Semaphore>>>,
}

impl<K: Eq + Hash> Share<K> {
    fn new(most: usize) -> Self {
        Self {
            most,
            holders: Mutex::default(),
        }
    }

    async fn wait(&self, holder: K, patience: Duration) -> AppResult<Place> {
        match tokio::time::timeout(patience, self.places(holder).acquire_owned()).await {
            Ok(Ok(permit)) => Ok(Place { _permit: permit }),
            Ok(Err(_)) | Err(_) => Err(self.full()),
        }
    }

    fn take(&self, holder: K) -> AppResult<Place> {
        match self.places(holder).try_acquire_owned() {
            Ok(permit) => Ok(Place { _permit: permit }),
            Err(_) => Err(self.full()),
        }
    }

    fn places(&self, holder: K) -> Arc<Semaphore> {
        let mut holders = self.holders.lock().unwrap_or_else(PoisonError::into_inner);
        if holders.len() >= HOLDERS {
            // A place keeps its semaphore.
            holders.retain(|_, places| Arc::strong_count(places) > 1);
        }
        let places = holders
            .entry(holder)
            .or_insert_with(|| Arc::new(Semaphore::new(self.most)));
        Arc::clone(places)
    }

    fn full(&self) -> AppError {
        AppError::too_many_at_once(self.most, RETRY_AFTER_S)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

    use esteira_shared::error::ErrorCode;

    use super::*;

    const SOON: Duration = Duration::from_millis(20);

    #[tokio::test]
    async fn each_holder_has_places_of_its_own_and_gets_them_back() {
        let share = Share::new(2);
        let first = share.take("ana").unwrap();
        let _second = share.wait("ana", SOON).await.unwrap();
        assert_eq!(share.take("ana").unwrap_err().code(), ErrorCode::TooManyAtOnce);
        let waited = share.wait("ana", SOON).await;
        assert_eq!(waited.unwrap_err().code(), ErrorCode::TooManyAtOnce);
        let _other = share.take("bia").unwrap();

        let (third, ()) = tokio::join!(share.wait("ana", Duration::from_secs(60)), async { drop(first) });
        let _third = third.unwrap();
        assert!(share.take("ana").is_err());
    }

    #[test]
    fn who_holds_nothing_is_forgotten() {
        let share = Share::new(1);
        let _held = share.take(0).unwrap();
        for holder in 1..5 * HOLDERS {
            drop(share.take(holder).unwrap());
        }
        assert!(share.holders.lock().unwrap().len() <= HOLDERS);
        assert!(share.take(0).is_err(), "what is held is not forgotten");
    }
}
