//! How the simulator behaves, and the dice it throws.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::secrets::sha256_hex;

/// Rates are shares from 0 to 1. The dice follow from seed, key and try, so that a run can be repeated.
#[derive(Clone, Default, Serialize)]
pub struct SatOptions {
    /// Shortest and longest wait before an answer.
    pub latency_ms: (u64, u64),
    /// Answers 500, thrown anew for each try; nothing is kept.
    pub failure_rate: f64,
    /// Refuses with 422, thrown once per key: the same document is refused again.
    pub business_rate: f64,
    /// Keeps a new document, then answers 502 or cuts the answer off.
    pub lost_answer_rate: f64,
    /// Bearer token that every call must bring.
    #[serde(skip)]
    pub token: Option<String>,
    pub seed: u64,
    /// Where documents outlive the process.
    #[serde(skip)]
    pub dir: Option<PathBuf>,
}

/// The options that may change while the simulator runs; what is absent stays as it is.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SatOptionsChange {
    latency_ms: Option<(u64, u64)>,
    failure_rate: Option<f64>,
    business_rate: Option<f64>,
    lost_answer_rate: Option<f64>,
    seed: Option<u64>,
}

impl SatOptionsChange {
    pub(super) fn applied_to(self, options: SatOptions) -> SatOptions {
        SatOptions {
            latency_ms: self.latency_ms.unwrap_or(options.latency_ms),
            failure_rate: self.failure_rate.unwrap_or(options.failure_rate),
            business_rate: self.business_rate.unwrap_or(options.business_rate),
            lost_answer_rate: self.lost_answer_rate.unwrap_or(options.lost_answer_rate),
            seed: self.seed.unwrap_or(options.seed),
            ..options
        }
    }
}

impl SatOptions {
    pub(super) fn validate(&self) -> Result<(), String> {
        let rates = [
            ("failure_rate", self.failure_rate),
            ("business_rate", self.business_rate),
            ("lost_answer_rate", self.lost_answer_rate),
        ];
        if let Some((name, _)) = rates.iter().find(|(_, rate)| !(0.0..=1.0).contains(rate)) {
            return Err(format!("{name} must be between 0 and 1"));
        }
        if self.latency_ms.0 > self.latency_ms.1 {
            return Err("latency_ms must be [shortest, longest]".to_owned());
        }
        Ok(())
    }

    pub(super) fn wait_ms(&self, key: &str, attempt: u32) -> u64 {
        let (shortest, longest) = self.latency_ms;
        let span = longest.saturating_sub(shortest).saturating_add(1);
        shortest + self.number("latency", key, attempt) % span
    }

    pub(super) fn fails(&self, key: &str, attempt: u32) -> bool {
        self.share("failure", key, attempt) < self.failure_rate
    }

    pub(super) fn loses_answer(&self, key: &str, attempt: u32) -> bool {
        self.share("lost answer", key, attempt) < self.lost_answer_rate
    }

    /// A number to choose the refusal with, if this key is refused.
    pub(super) fn refuses(&self, key: &str) -> Option<u64> {
        (self.share("business", key, 0) < self.business_rate).then(|| self.number("business message", key, 0))
    }

    pub(super) fn cuts_off(&self, key: &str, attempt: u32) -> bool {
        self.number("cut off", key, attempt).is_multiple_of(2)
    }

    /// Evenly spread over 52 bits.
    fn number(&self, purpose: &str, key: &str, attempt: u32) -> u64 {
        let digest = sha256_hex(format!("{}/{purpose}/{attempt}/{key}", self.seed).as_bytes());
        digest
            .get(..13)
            .and_then(|digits| u64::from_str_radix(digits, 16).ok())
            .unwrap_or_default()
    }

    fn share(&self, purpose: &str, key: &str, attempt: u32) -> f64 {
        self.number(purpose, key, attempt) as f64 / (1_u64 << 52) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_follow_the_rates_and_repeat_with_the_seed() {
        let options = SatOptions {
            failure_rate: 0.3,
            business_rate: 0.3,
            seed: 7,
            ..SatOptions::default()
        };
        let thrown = |options: &SatOptions| {
            (0..1_000)
                .map(|n| options.fails(&format!("k{n}"), 1))
                .collect::<Vec<_>>()
        };
        let failed = thrown(&options).iter().filter(|failed| **failed).count();
        assert!((230..370).contains(&failed), "{failed}");
        assert_eq!(thrown(&options), thrown(&options.clone()));
        assert_ne!(
            thrown(&options),
            thrown(&SatOptions {
                seed: 8,
                ..options.clone()
            })
        );
        let extremes = [(0.0, false), (1.0, true)];
        for (rate, always) in extremes {
            let options = SatOptions {
                failure_rate: rate,
                ..SatOptions::default()
            };
            assert!(thrown(&options).iter().all(|failed| *failed == always));
        }
    }

    #[test]
    fn waits_stay_between_their_bounds() {
        let options = SatOptions {
            latency_ms: (5, 9),
            ..SatOptions::default()
        };
        let waits: Vec<_> = (0..200).map(|n| options.wait_ms("k", n)).collect();
        assert_eq!((waits.iter().min(), waits.iter().max()), (Some(&5), Some(&9)));
    }

    #[test]
    fn contradictions_are_refused() {
        let bad = [
            SatOptions {
                failure_rate: 1.1,
                ..SatOptions::default()
            },
            SatOptions {
                business_rate: -0.1,
                ..SatOptions::default()
            },
            SatOptions {
                lost_answer_rate: f64::NAN,
                ..SatOptions::default()
            },
            SatOptions {
                latency_ms: (2, 1),
                ..SatOptions::default()
            },
        ];
        assert!(bad.iter().all(|options| options.validate().is_err()));
        assert!(SatOptions::default().validate().is_ok());
    }
}
