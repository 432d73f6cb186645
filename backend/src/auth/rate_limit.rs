//! Slows down guessing of passwords. Only wrong guesses count.
//!
//! Strangers share a limit for each account, ten wrong guesses and then one a minute, and one for each address, sixty and
//! then one every ten seconds. Whoever fills these keeps out other strangers, but not the right person where they are
//! known: at an address from which the account signed in well lately, and in a session of theirs. There the account has
//! ten wrong guesses and one a minute of its own, for each such address.
//!
//! Held in memory: each replica counts for itself.

use std::{
    collections::HashMap,
    hash::Hash,
    net::IpAddr,
    sync::{Mutex, PoisonError},
};

use chrono::TimeDelta;
use esteira_shared::instant::Instant;

use crate::error::{AppError, AppResult};

/// What speaks for the one who guesses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Stranger,
    /// The account signed in well from this address lately.
    KnownAddress,
    /// The guess came with an open session of the account.
    InSession,
}

/// Wrong guesses of passwords.
pub struct SignInLimit {
    by_account: Failures<String>,
    by_address: Failures<IpAddr>,
    where_known: Failures<Known>,
}

/// An account, and an address where it is known or its sessions.
type Known = (String, Option<IpAddr>);

impl Default for SignInLimit {
    fn default() -> Self {
        let minute = TimeDelta::seconds(60);
        Self {
            by_account: Failures::new(10, minute),
            // An office shares one address.
            by_address: Failures::new(60, TimeDelta::seconds(10)),
            where_known: Failures::new(10, minute),
        }
    }
}

/// A guess that counts as wrong until [`Guess::was_right`] says otherwise.
pub struct Guess<'a> {
    limit: &'a SignInLimit,
    counted: Counted,
}

enum Counted {
    Stranger { account: String, network: IpAddr },
    Known(Known),
}

impl SignInLimit {
    /// Counts a guess before it is judged. So a thousand guesses at once do not get around the limit.
    ///
    /// # Errors
    /// `rate_limited`, with the seconds to wait; then nothing is counted.
    pub fn take(&self, account: &str, address: IpAddr, standing: Standing, now: Instant) -> AppResult<Guess<'_>> {
        let (account, network) = (account.to_lowercase(), network(address));
        let counted = match standing {
            Standing::Stranger => Counted::Stranger { account, network },
            Standing::KnownAddress => Counted::Known((account, Some(network))),
            Standing::InSession => Counted::Known((account, None)),
        };
        let wait = match &counted {
            Counted::Stranger { account, network } => {
                let wait = self.by_account.wait(account, now);
                wait.max(self.by_address.wait(network, now))
            }
            Counted::Known(known) => self.where_known.wait(known, now),
        };
        if let Ok(seconds @ 1..) = u64::try_from(wait.num_seconds()) {
            return Err(AppError::rate_limited(seconds));
        }
        match &counted {
            Counted::Stranger { account, network } => {
                self.by_account.add(account.clone(), now);
                self.by_address.add(*network, now);
            }
            Counted::Known(known) => self.where_known.add(known.clone(), now),
        }
        Ok(Guess { limit: self, counted })
    }
}

impl Guess<'_> {
    /// So it does not count.
    pub fn was_right(self) {
        match &self.counted {
            Counted::Stranger { account, network } => {
                self.limit.by_account.remove(account);
                self.limit.by_address.remove(network);
            }
            Counted::Known(known) => self.limit.where_known.remove(known),
        }
    }
}

/// One customer of a provider has a whole /64 of IPv6.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => (u128::from(v6) & !u128::from(u64::MAX)).to_be_bytes().into(),
        v4 => v4,
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
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
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

    #[test]
    fn strangers_keep_nobody_out_who_is_known() {
        let now: Instant = chrono::DateTime::UNIX_EPOCH.into();
        let limit = SignInLimit::default();
        let (office, elsewhere): (IpAddr, IpAddr) = ("192.0.2.1".parse().unwrap(), "198.51.100.1".parse().unwrap());
        let take = |account: &str, address, standing| limit.take(account, address, standing, now).is_ok();
        for _ in 0..10 {
            assert!(take("ana", elsewhere, Standing::Stranger));
        }
        assert!(!take("ANA", office, Standing::Stranger), "from anywhere");
        for number in 0..50 {
            assert!(take(&format!("nobody {number}"), elsewhere, Standing::Stranger));
        }
        assert!(!take("bia", elsewhere, Standing::Stranger), "of any account");
        for standing in [Standing::KnownAddress, Standing::InSession] {
            for _ in 0..10 {
                assert!(take("ana", elsewhere, standing), "{standing:?}");
            }
            assert!(!take("ana", elsewhere, standing), "{standing:?}: slow here as well");
        }
        assert!(take("ana", office, Standing::KnownAddress), "each address for itself");
    }

    #[test]
    fn right_guesses_do_not_count() {
        let now: Instant = chrono::DateTime::UNIX_EPOCH.into();
        let limit = SignInLimit::default();
        let address = "192.0.2.1".parse().unwrap();
        for standing in [Standing::Stranger, Standing::KnownAddress] {
            for _ in 0..100 {
                limit.take("ana", address, standing, now).unwrap().was_right();
            }
        }
    }
}
