//! How long a failed job waits.

use std::time::Duration;

/// Exponential backoff with full jitter over its upper half: about 2, 4, 8 … seconds, at most 15 minutes. Because of
/// the jitter, a thousand jobs that failed together do not come back together.
#[must_use]
pub(super) fn backoff(attempt: i32, random: f64) -> Duration {
    let exponent = u32::try_from(attempt.clamp(1, 16)).unwrap_or(1);
    let ceiling = f64::from(2_u32.saturating_pow(exponent).min(900));
    Duration::from_secs_f64(ceiling * (0.5 + random.clamp(0.0, 1.0) / 2.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grows_and_stays_bounded() {
        assert_eq!(backoff(1, 1.0), Duration::from_secs(2));
        assert_eq!(backoff(3, 0.0), Duration::from_secs(4));
        assert_eq!(backoff(i32::MAX, 1.0), Duration::from_secs(900));
        assert!((1..30).all(|attempt| backoff(attempt, 0.3) <= backoff(attempt + 1, 0.3)));
    }
}
