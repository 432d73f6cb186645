//! Slows down guessing of passwords, per account and per address. Held in memory: each replica counts for itself.

use std::{net::IpAddr, num::NonZeroU32, time::Duration};

use governor::{
    DefaultKeyedRateLimiter, Quota, RateLimiter,
    clock::{Clock as _, DefaultClock},
};

use crate::error::{AppError, AppResult};

/// Tries at signing in.
pub struct SignInLimit {
    by_account: DefaultKeyedRateLimiter<String>,
    by_address: DefaultKeyedRateLimiter<IpAddr>,
}

/// Ten tries at once, then one a minute.
const ACCOUNT_TRIES: NonZeroU32 = NonZeroU32::new(10).unwrap();
/// An office shares one address.
const ADDRESS_TRIES: NonZeroU32 = NonZeroU32::new(60).unwrap();
const REFILL: Duration = Duration::from_secs(60);
/// Keys kept before old ones are let go.
const KEYS: usize = 10_000;

impl Default for SignInLimit {
    fn default() -> Self {
        Self {
            by_account: RateLimiter::keyed(quota(REFILL, ACCOUNT_TRIES)),
            by_address: RateLimiter::keyed(quota(REFILL / 6, ADDRESS_TRIES)),
        }
    }
}

fn quota(refill: Duration, burst: NonZeroU32) -> Quota {
    Quota::with_period(refill)
        .unwrap_or_else(|| Quota::per_minute(burst))
        .allow_burst(burst)
}

impl SignInLimit {
    /// Counts one try.
    ///
    /// # Errors
    /// `rate_limited`, with the seconds to wait.
    pub fn count(&self, account: &str, address: IpAddr) -> AppResult<()> {
        if self.by_account.len() > KEYS || self.by_address.len() > KEYS {
            self.by_account.retain_recent();
            self.by_address.retain_recent();
        }
        let now = DefaultClock::default().now();
        let wait = [
            self.by_account.check_key(&account.to_lowercase()).err(),
            self.by_address.check_key(&address).err(),
        ]
        .into_iter()
        .flatten()
        .map(|refused| refused.wait_time_from(now))
        .max();
        match wait {
            Some(wait) => Err(AppError::rate_limited(wait.as_secs() + 1)),
            None => Ok(()),
        }
    }
}
