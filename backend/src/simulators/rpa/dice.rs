//! The dice. They follow from seed, purpose, key and try, so that a run can be repeated.

use std::time::Duration;

use super::options::RpaOptions;
use crate::secrets::sha256_hex;

impl RpaOptions {
    pub(super) fn wait(&self, call: &str, key: &str, attempt: u32) -> Duration {
        let purpose = format!("latency of {call}");
        Duration::from_millis(self.between(self.latency_ms, &purpose, key, attempt))
    }

    pub(super) fn fails(&self, call: &str, key: &str, attempt: u32) -> bool {
        self.share(&format!("failure of {call}"), key, attempt) < self.failure_rate
    }

    pub(super) fn loses_answer(&self, hash: &str, attempt: u32) -> bool {
        self.share("lost answer", hash, attempt) < self.lost_answer_rate
    }

    pub(super) fn cuts_off(&self, hash: &str, attempt: u32) -> bool {
        self.number("cut off", hash, attempt).is_multiple_of(2)
    }

    /// A number to choose the failure with, if executions with this hash fail for a reason of the field.
    pub(super) fn fails_in_business(&self, hash: &str) -> Option<u64> {
        (self.share("business", hash, 0) < self.business_rate).then(|| self.number("business message", hash, 0))
    }

    pub(super) fn fails_technically(&self, hash: &str, run: u32) -> bool {
        self.share("technical", hash, run) < self.technical_rate
    }

    pub(super) fn vanishes(&self, hash: &str, run: u32) -> bool {
        self.share("vanish", hash, run) < self.vanish_rate
    }

    pub(super) fn refuses_cancel(&self, robot: &str) -> bool {
        self.share("cancel", robot, 0) < self.cancel_refused_rate
    }

    pub(super) fn cancel_wait(&self, robot: &str) -> Duration {
        Duration::from_millis(self.between(self.cancel_ms, "cancel wait", robot, 0))
    }

    pub(super) fn pending(&self, hash: &str, run: u32) -> Duration {
        Duration::from_millis(self.between(self.pending_ms, "pending", hash, run))
    }

    pub(super) fn duration(&self, hash: &str, run: u32) -> Duration {
        Duration::from_millis(self.between(self.duration_ms, "duration", hash, run))
    }

    pub(super) fn lines(&self, hash: &str, run: u32) -> usize {
        usize::try_from(self.between(self.log_lines, "lines", hash, run)).unwrap_or_default()
    }

    /// For what differs from robot to robot and means nothing.
    pub(super) fn whim(&self, hash: &str, run: u32) -> u64 {
        self.number("whim", hash, run)
    }

    fn between(&self, (least, most): (u64, u64), purpose: &str, key: &str, attempt: u32) -> u64 {
        let span = most.saturating_sub(least).saturating_add(1);
        least + self.number(purpose, key, attempt) % span
    }

    fn number(&self, purpose: &str, key: &str, attempt: u32) -> u64 {
        number_of(&format!("{}/{purpose}/{attempt}/{key}", self.seed))
    }

    fn share(&self, purpose: &str, key: &str, attempt: u32) -> f64 {
        self.number(purpose, key, attempt) as f64 / (1_u64 << 52) as f64
    }
}

/// A number for a text, evenly spread over 52 bits.
pub(super) fn number_of(text: &str) -> u64 {
    let digest = sha256_hex(text.as_bytes());
    digest
        .get(..13)
        .and_then(|digits| u64::from_str_radix(digits, 16).ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn thrown(options: &RpaOptions) -> Vec<bool> {
        (0..1_000)
            .map(|n| options.fails("status", &format!("k{n}"), 1))
            .collect()
    }

    #[test]
    fn shares_follow_the_rates_and_repeat_with_the_seed() {
        let options = RpaOptions {
            failure_rate: 0.3,
            seed: 7,
            ..RpaOptions::default()
        };
        let failed = thrown(&options).iter().filter(|failed| **failed).count();
        assert!((230..370).contains(&failed), "{failed}");
        assert_eq!(thrown(&options), thrown(&options.clone()));
        let other = RpaOptions {
            seed: 8,
            ..options.clone()
        };
        assert_ne!(thrown(&options), thrown(&other));
        for (rate, always) in [(0.0, false), (1.0, true)] {
            let options = RpaOptions {
                failure_rate: rate,
                ..RpaOptions::default()
            };
            assert!(thrown(&options).iter().all(|failed| *failed == always));
        }
    }

    #[test]
    fn waits_stay_between_their_bounds() {
        let options = RpaOptions {
            duration_ms: (5, 9),
            ..RpaOptions::default()
        };
        let waits: Vec<_> = (0..200).map(|run| options.duration("k", run).as_millis()).collect();
        assert_eq!((waits.iter().min(), waits.iter().max()), (Some(&5), Some(&9)));
    }
}
