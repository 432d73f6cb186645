//! From the robot's line to somebody who watches: one robot, one watcher, several rates.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::{
    Bench,
    client::live,
    events::Events,
    figures::{median, over_rounds},
    watcher::{Latency, Plan, Total, watch},
};

/// Lines a second.
const RATES: [u64; 3] = [10, 100, 1_000];
/// Runs in one round.
pub const RUNS: usize = RATES.len();
const WARM_UP_SECONDS: u64 = 1;
const SECONDS: u64 = 10;
/// After the last line was due.
const PATIENCE: u64 = 30;

pub async fn measure(bench: &mut Bench) -> anyhow::Result<Vec<Value>> {
    let mut results: Vec<Vec<Latency>> = RATES.iter().map(|_| Vec::new()).collect();
    for round in 0..=bench.arguments.rounds {
        for (rate, results) in RATES.into_iter().zip(&mut results) {
            let seen = one(bench, rate).await?;
            if round > 0 {
                results.push(seen);
            }
        }
    }
    let figures = RATES.into_iter().zip(results).map(|(rate, results)| {
        let of = |value: fn(&Latency) -> f64| over_rounds(results.iter().map(value));
        let (p50, p99) = (of(|seen| seen.p50), of(|seen| seen.p99));
        println!("{rate:>6} lines/s: {:.1} ms, p99 {:.1} ms", median(&p50), median(&p99));
        json!({
            "lines_per_second": rate, "seconds": SECONDS, "p50_ms": p50, "p99_ms": p99,
            "max_ms": of(|seen| seen.max),
        })
    });
    Ok(figures.collect())
}

async fn one(bench: &mut Bench, rate: u64) -> anyhow::Result<Latency> {
    let plan = Plan {
        lines: rate * (WARM_UP_SECONDS + SECONDS),
        measured_from: rate * WARM_UP_SECONDS + 1,
    };
    let runs = bench.start(1, Some(rate), plan.lines, None).await?;
    let events = Events::open(
        bench.server.address,
        &live(&runs[0]),
        Some(bench.client.cookie.as_str()),
    )
    .await?;
    bench.robots.go();
    let stop = CancellationToken::new();
    let late = stop.clone();
    let limit = tokio::spawn(async move {
        tokio::time::sleep(Duration::from_secs(WARM_UP_SECONDS + SECONDS + PATIENCE)).await;
        late.cancel();
    });
    let tally = watch(events, plan, stop).await;
    limit.abort();
    let total = Total::of(&[tally], plan);
    ensure!(
        total.void.is_none(),
        "{rate} lines/s: {:?}, {:?}",
        total.void,
        total.trouble
    );
    bench.over(&runs).await?;
    total.latency_ms.context("lines were measured")
}
