//! How fast lines are kept: one robot that prints as fast as it is read, also with a password that must not be kept, and many
//! at a steady rate.

use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use esteira_shared::ids::LogId;
use serde_json::{Value, json};

use crate::{
    Bench,
    figures::{median, over_rounds},
    meter, stamp,
};

/// Many robots.
const ROBOTS: usize = 50;
/// Runs in one round.
pub const RUNS: usize = 3 + ROBOTS;
/// Until all lines are kept.
const PATIENCE: Duration = Duration::from_secs(300);
const LOOK: Duration = Duration::from_millis(20);
/// Lines read at once when they are checked.
const PAGE: u64 = 1_000;

#[derive(Clone, Copy)]
struct Load {
    name: &'static str,
    robots: usize,
    rate: Option<u64>,
    /// Of each robot.
    lines: u64,
    /// What is hidden in its lines, in whatever form.
    password: Option<&'static str>,
}

const FAST: Load = Load {
    name: "one robot, as fast as it is read",
    robots: 1,
    rate: None,
    lines: 200_000,
    password: None,
};

const LOADS: [Load; 4] = [
    FAST,
    Load {
        name: "the same, with a password to hide",
        password: Some("Senha-da-bancada-77"),
        ..FAST
    },
    // Then lines with accents may write it in more than one way.
    Load {
        name: "the same, with an accent in the password",
        password: Some("Março-na-bancada-77"),
        ..FAST
    },
    Load {
        name: "50 robots at 100 lines/s each, for 10 s",
        robots: ROBOTS,
        rate: Some(100),
        lines: 1_000,
        password: None,
    },
];

impl Load {
    fn total(self) -> u64 {
        self.robots as u64 * self.lines
    }
}

struct Written {
    seconds: f64,
    server_cpu: f64,
    database_cpu: Option<f64>,
    bytes: f64,
    rows: f64,
}

pub async fn measure(bench: &mut Bench) -> anyhow::Result<Vec<Value>> {
    let mut results: Vec<Vec<Written>> = LOADS.iter().map(|_| Vec::new()).collect();
    for round in 0..=bench.arguments.rounds {
        for (load, results) in LOADS.into_iter().zip(&mut results) {
            let written = one(bench, load).await?;
            if round > 0 {
                results.push(written);
            }
        }
    }
    Ok(LOADS
        .into_iter()
        .zip(&results)
        .map(|(load, results)| figures(load, results))
        .collect())
}

fn figures(load: Load, results: &[Written]) -> Value {
    let lines = load.total() as f64;
    let of = |value: fn(&Written) -> f64, by: f64| over_rounds(results.iter().map(|written| value(written) * by));
    let rate = over_rounds(results.iter().map(|written| lines / written.seconds));
    let bytes = of(|written| written.bytes, 1.0 / lines);
    println!(
        "{}: {:.0} lines/s, {:.0} bytes each",
        load.name,
        median(&rate),
        median(&bytes)
    );
    let database: Vec<f64> = results.iter().filter_map(|written| written.database_cpu).collect();
    let database = (!database.is_empty()).then(|| over_rounds(database.iter().map(|cpu| cpu * 1e3 / lines)));
    json!({
        "load": load.name, "lines": load.total(), "seconds": of(|written| written.seconds, 1.0),
        "lines_per_second": rate, "server_cpu_seconds_per_1000": of(|written| written.server_cpu, 1e3 / lines),
        "database_cpu_seconds_per_1000": database, "database_bytes_per_line": bytes,
        "lines_per_row": over_rounds(results.iter().map(|written| lines / written.rows)),
    })
}

async fn one(bench: &mut Bench, load: Load) -> anyhow::Result<Written> {
    let runs = bench.start(load.robots, load.rate, load.lines, load.password).await?;
    let logs = runs.iter().map(|run| run.parse()).collect::<Result<Vec<LogId>, _>>()?;
    let wanted = i64::try_from(load.total())?;
    let (bytes, server, database) = (
        bench.store.bytes().await?,
        bench.server.id(),
        bench.arguments.database_id,
    );
    let cpu = || (meter::cpu_seconds(server), database.map(meter::family_cpu_seconds));
    let (server_before, database_before) = cpu();
    let began = Instant::now();
    bench.robots.go();
    loop {
        let kept = bench.store.lines(&logs).await?;
        if kept >= wanted {
            break;
        }
        ensure!(began.elapsed() < PATIENCE, "only {kept} of {wanted} lines were kept");
        tokio::time::sleep(LOOK).await;
    }
    let seconds = began.elapsed().as_secs_f64();
    let (server_after, database_after) = cpu();
    let written = Written {
        seconds,
        server_cpu: server_after - server_before,
        database_cpu: database_after
            .zip(database_before)
            .map(|(after, before)| after - before),
        bytes: (bench.store.bytes().await? - bytes) as f64,
        rows: bench.store.rows(&logs).await? as f64,
    };
    for run in &runs {
        check(bench, run, load.lines).await?;
    }
    bench.over(&runs).await?;
    Ok(written)
}

/// Every line is there, once and in its order.
async fn check(bench: &Bench, run: &str, lines: u64) -> anyhow::Result<()> {
    let mut next = 1;
    while next <= lines {
        let path = format!("/executions/{run}/log?from={next}&limit={PAGE}");
        let page = bench.client.get(&path).await?;
        let items = page["lines"].as_array().context("a page has lines")?;
        ensure!(!items.is_empty(), "{run}: no line {next} of {lines}");
        for line in items {
            let number = line["message"].as_str().and_then(stamp::read).map(|(number, _)| number);
            let right = number == Some(next) && line["seq"].as_u64() == Some(next);
            ensure!(right, "{run}: in place of line {next} stands {line}");
            next += 1;
        }
    }
    Ok(())
}
