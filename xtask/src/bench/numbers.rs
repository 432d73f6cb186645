//! Numbers of several rounds.

pub(super) fn sorted(mut numbers: Vec<f64>) -> Vec<f64> {
    numbers.sort_by(f64::total_cmp);
    numbers
}

pub(super) fn median(sorted: &[f64]) -> f64 {
    percentile(sorted, 50)
}

pub(super) fn percentile(sorted: &[f64], percent: usize) -> f64 {
    let last = sorted.len().saturating_sub(1);
    sorted
        .get(sorted.len() * percent / 100)
        .or(sorted.get(last))
        .copied()
        .unwrap_or(f64::NAN)
}
