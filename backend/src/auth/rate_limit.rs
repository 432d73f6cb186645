//! Slows down guessing of passwords, per account and per address. Only wrong guesses count, so it does not stop people
//! who know their password. Held in memory: each replica counts for itself.

use std::{
    collections::HashMap,
    hash::Hash,
    net::IpAddr,
    sync::{Mutex, PoisonError},
};

use chrono::TimeDelta;
use esteira_shared::instant::Instant;

use crate::error::{AppError, AppResult};

/// Wrong guesses of passwords.
pub struct SignInLimit {
    by_account: Failures<String>,
    by_address: Failures<IpAddr>,
}

impl Default for SignInLimit {
    fn default() -> Self {
        // An office shares one address.
        Self {
            by_account: Failures::new(10, TimeDelta::seconds(60)),
            by_address: Failures::new(60, TimeDelta::seconds(10)),
        }
    }
}

impl SignInLimit {
    /// Counts a guess as wrong until [`SignInLimit::give_back`] says otherwise. So a thousand guesses at once do not
    /// get around it.
    ///
    /// # Errors
    /// `rate_limited`, with the seconds to wait; then nothing is counted.
    pub fn take(&self, account: &str, address: IpAddr, now: Instant) -> AppResult<()> {
        let (account, network) = (account.to_lowercase(), network(address));
        let wait = self
            .by_account
            .wait(&account, now)
            .max(self.by_address.wait(&network, now));
        match u64::try_from(wait.num_seconds()) {
            Ok(0) | Err(_) => {
                self.by_account.add(account, now);
                self.by_address.add(network, now);
                Ok(())
            }
            Ok(seconds) => Err(AppError::rate_limited(seconds)),
        }
    }

    /// The guess was right.
    pub fn give_back(&self, account: &str, address: IpAddr) {
        self.by_account.remove(&account.to_lowercase());
        self.by_address.remove(&network(address));
    }
}

/// One customer of a provider has a whole /64 of IPv6.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => (u128::from(v6) & !u128::from(u64::MAX)).to_be_bytes().into(),
    }
}

/// A leaky bucket for each key: `burst` failures at once, then one for each `refill`.
struct Failures<K> {
    burst: i32,
    refill: TimeDelta,
    /// When each bucket will have run empty.
    empty_at: Mutex<HashMap<K, Instant>>,
}

/// With so many keys, those that ran empty are removed.
const KEYS: usize = 10_000;

impl<K: Eq + Hash> Failures<K> {
    fn new(burst: i32, refill: TimeDelta) -> Self {
        Self {
            burst,
            refill,
            empty_at: Mutex::default(),
        }
    }

    /// Time until there is room for one more, in whole seconds rounded up; zero when there is.
    fn wait(&self, key: &K, now: Instant) -> TimeDelta {
        let buckets = self.empty_at.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(empty_at) = buckets.get(key) else {
            return TimeDelta::zero();
        };
        let over = (*empty_at - now) - self.refill * (self.burst - 1);
        if over > TimeDelta::zero() {
            TimeDelta::seconds(over.num_seconds() + 1)
        } else {
            TimeDelta::zero()
        }
    }

    fn add(&self, key: K, now: Instant) {
        let mut buckets = self.empty_at.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() > KEYS {
            buckets.retain(|_, empty_at| *empty_at > now);
        }
        let empty_at = buckets.get(&key).copied().unwrap_or(now).max(now);
        buckets.insert(key, empty_at + self.refill);
    }

    fn remove(&self, key: &K) {
        let mut buckets = self.empty_at.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(empty_at) = buckets.get_mut(key) {
            *empty_at = *empty_at - self.refill;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_wrong_guesses_then_one_a_minute() {
        let start: Instant = chrono::DateTime::UNIX_EPOCH.into();
        let at = |seconds| start + TimeDelta::seconds(seconds);
        let failures = Failures::new(10, TimeDelta::seconds(60));
        for _ in 0..10 {
            assert_eq!(failures.wait(&"ana", at(0)), TimeDelta::zero());
            failures.add("ana", at(0));
        }
        assert_eq!(failures.wait(&"ana", at(0)), TimeDelta::seconds(61));
        assert_eq!(failures.wait(&"bia", at(0)), TimeDelta::zero());
        assert_eq!(failures.wait(&"ana", at(61)), TimeDelta::zero());
        failures.add("ana", at(61));
        assert!(failures.wait(&"ana", at(61)) > TimeDelta::zero());
    }
}
