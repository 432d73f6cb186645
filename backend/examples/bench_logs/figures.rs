//! Numbers of several rounds.

use serde_json::{Value, json};

pub fn sorted(mut numbers: Vec<f64>) -> Vec<f64> {
    numbers.sort_by(f64::total_cmp);
    numbers
}

/// Of sorted numbers.
pub fn percentile(sorted: &[f64], percent: usize) -> f64 {
    let last = sorted.len().saturating_sub(1);
    let at = (sorted.len() * percent / 100).min(last);
    sorted.get(at).copied().unwrap_or(f64::NAN)
}

/// Median and range.
pub fn over_rounds(numbers: impl IntoIterator<Item = f64>) -> Value {
    let numbers = sorted(numbers.into_iter().collect());
    json!({ "median": percentile(&numbers, 50), "range": [numbers.first(), numbers.last()] })
}

/// The median of what [`over_rounds`] made, for the terminal.
pub fn median(figure: &Value) -> f64 {
    figure["median"].as_f64().unwrap_or(f64::NAN)
}
