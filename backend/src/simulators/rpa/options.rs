//! How the simulator behaves.

use serde::{Deserialize, Serialize};

/// No wait may be longer than a day.
pub(super) const LONGEST_MS: u64 = 24 * 60 * 60 * 1_000;
const MOST_LINES: u64 = 1_000_000;

/// Rates are shares from 0 to 1; pairs are the least and the most. The dice follow from seed, execution and run, so that
/// a run can be repeated.
#[derive(Clone, Serialize)]
pub struct RpaOptions {
    /// Wait before an answer of the contract.
    pub latency_ms: (u64, u64),
    /// Time that a robot waits for its turn.
    pub pending_ms: (u64, u64),
    /// Time that a robot works; one that fails takes as long.
    pub duration_ms: (u64, u64),
    /// Answers 500, thrown anew for each call; a start that meets it starts nothing.
    pub failure_rate: f64,
    /// The robot fails for a reason of the field, thrown once per `hash_execucao`. A wrong password is cured by another
    /// one, an unpublished invoice by a later attempt.
    pub business_rate: f64,
    /// The robot times out, thrown anew for each run.
    pub technical_rate: f64,
    /// Starts a robot, then answers 502 or cuts the answer off.
    pub lost_answer_rate: f64,
    /// The robot is forgotten in the middle of its work, thrown anew for each run.
    pub vanish_rate: f64,
    /// Lines that a robot prints.
    pub log_lines: (u64, u64),
    /// Time from a cancellation to the robot's end.
    pub cancel_ms: (u64, u64),
    /// The robot refuses every cancellation, thrown once for each run.
    pub cancel_refused_rate: f64,
    /// `job_id` is a number.
    pub numeric_ids: bool,
    /// A repeated `Idempotency-Key` answers with the first robot; otherwise it starts another.
    pub honours_keys: bool,
    /// Logs can be had as a stream.
    pub sse: bool,
    /// Bearer token that every call of the contract must bring.
    #[serde(skip)]
    pub token: Option<String>,
    pub seed: u64,
    /// Where robots say that they put invoices.
    pub bucket: String,
}

impl Default for RpaOptions {
    /// Robots that are done at once and never fail.
    fn default() -> Self {
        Self {
            latency_ms: (0, 0),
            pending_ms: (0, 0),
            duration_ms: (0, 0),
            failure_rate: 0.0,
            business_rate: 0.0,
            technical_rate: 0.0,
            lost_answer_rate: 0.0,
            vanish_rate: 0.0,
            log_lines: (14, 14),
            cancel_ms: (0, 0),
            cancel_refused_rate: 0.0,
            numeric_ids: false,
            honours_keys: true,
            sse: true,
            token: None,
            seed: 0,
            bucket: "robos".to_owned(),
        }
    }
}

/// The options that may change while the simulator runs; what is absent stays as it is. Robots at work go on as they
/// began.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RpaOptionsChange {
    latency_ms: Option<(u64, u64)>,
    pending_ms: Option<(u64, u64)>,
    duration_ms: Option<(u64, u64)>,
    failure_rate: Option<f64>,
    business_rate: Option<f64>,
    technical_rate: Option<f64>,
    lost_answer_rate: Option<f64>,
    vanish_rate: Option<f64>,
    log_lines: Option<(u64, u64)>,
    cancel_ms: Option<(u64, u64)>,
    cancel_refused_rate: Option<f64>,
    numeric_ids: Option<bool>,
    honours_keys: Option<bool>,
    sse: Option<bool>,
    seed: Option<u64>,
    bucket: Option<String>,
}

impl RpaOptionsChange {
    pub(super) fn applied_to(self, options: RpaOptions) -> RpaOptions {
        RpaOptions {
            latency_ms: self.latency_ms.unwrap_or(options.latency_ms),
            pending_ms: self.pending_ms.unwrap_or(options.pending_ms),
            duration_ms: self.duration_ms.unwrap_or(options.duration_ms),
            failure_rate: self.failure_rate.unwrap_or(options.failure_rate),
            business_rate: self.business_rate.unwrap_or(options.business_rate),
            technical_rate: self.technical_rate.unwrap_or(options.technical_rate),
            lost_answer_rate: self.lost_answer_rate.unwrap_or(options.lost_answer_rate),
            vanish_rate: self.vanish_rate.unwrap_or(options.vanish_rate),
            log_lines: self.log_lines.unwrap_or(options.log_lines),
            cancel_ms: self.cancel_ms.unwrap_or(options.cancel_ms),
            cancel_refused_rate: self.cancel_refused_rate.unwrap_or(options.cancel_refused_rate),
            numeric_ids: self.numeric_ids.unwrap_or(options.numeric_ids),
            honours_keys: self.honours_keys.unwrap_or(options.honours_keys),
            sse: self.sse.unwrap_or(options.sse),
            seed: self.seed.unwrap_or(options.seed),
            bucket: self.bucket.unwrap_or(options.bucket),
            token: options.token,
        }
    }
}

impl RpaOptions {
    pub(super) fn validate(&self) -> Result<(), String> {
        let rates = [
            ("failure_rate", self.failure_rate),
            ("business_rate", self.business_rate),
            ("technical_rate", self.technical_rate),
            ("lost_answer_rate", self.lost_answer_rate),
            ("vanish_rate", self.vanish_rate),
            ("cancel_refused_rate", self.cancel_refused_rate),
        ];
        if let Some((name, _)) = rates.iter().find(|(_, rate)| !(0.0..=1.0).contains(rate)) {
            return Err(format!("{name} must be between 0 and 1"));
        }
        let ranges = [
            ("latency_ms", self.latency_ms, LONGEST_MS),
            ("pending_ms", self.pending_ms, LONGEST_MS),
            ("duration_ms", self.duration_ms, LONGEST_MS),
            ("cancel_ms", self.cancel_ms, LONGEST_MS),
            ("log_lines", self.log_lines, MOST_LINES),
        ];
        if let Some((name, _, bound)) = ranges
            .iter()
            .find(|(_, (least, most), bound)| least > most || most > bound)
        {
            return Err(format!("{name} must be [least, most], and neither above {bound}"));
        }
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.');
        if self.bucket.is_empty() || !self.bucket.chars().all(fits) {
            return Err("bucket must be lower-case letters, digits, dots and hyphens".to_owned());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(change: fn(&mut RpaOptions)) -> bool {
        let mut options = RpaOptions::default();
        change(&mut options);
        options.validate().is_err()
    }

    #[test]
    fn contradictions_are_refused() {
        assert!(refused(|options| options.failure_rate = 1.1));
        assert!(refused(|options| options.business_rate = -0.1));
        assert!(refused(|options| options.technical_rate = f64::NAN));
        assert!(refused(|options| options.lost_answer_rate = 2.0));
        assert!(refused(|options| options.vanish_rate = 2.0));
        assert!(refused(|options| options.cancel_refused_rate = 2.0));
        assert!(refused(|options| options.latency_ms = (2, 1)));
        assert!(refused(|options| options.pending_ms = (2, 1)));
        assert!(refused(|options| options.duration_ms = (0, LONGEST_MS + 1)));
        assert!(refused(|options| options.cancel_ms = (2, 1)));
        assert!(refused(|options| options.log_lines = (0, MOST_LINES + 1)));
        assert!(refused(|options| options.bucket = String::new()));
        assert!(refused(|options| options.bucket = "a/b".to_owned()));
        assert!(!refused(|_| {}));
    }
}
