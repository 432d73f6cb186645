//! Reading a very long log over HTTP: stretches from anywhere, and looking for lines.
//!
//! The log is made by `generate_log`, once in rows as a fast robot leaves them and once in rows as a slow one does.

use std::process::Command;

use anyhow::{Context as _, ensure};
use serde_json::{Value, json};

use crate::{
    Bench,
    figures::{over_rounds, percentile, sorted},
};

/// Lines of a row.
const ROWS: [u64; 2] = [500, 10];
/// Lines of a page.
const PAGE: u64 = 200;
/// Requests of one kind in a round.
const PAGES: usize = 100;
const SEARCHES: usize = 5;

/// Something that is asked for again and again.
struct Question {
    name: &'static str,
    /// Below the log's address; asked in turn.
    paths: Vec<String>,
    requests: usize,
    /// Asked on until the whole log was looked through; the time is that of all its requests.
    whole: bool,
}

pub async fn measure(bench: &Bench) -> anyhow::Result<Vec<Value>> {
    let mut reports = Vec::new();
    for rows in ROWS {
        let log = generate(bench, rows)?;
        println!("{} lines, {rows} in a row: {log}", bench.arguments.lines);
        for question in questions(bench.arguments.lines) {
            let figures = ask(bench, &log, &question).await?;
            reports.push(json!({
                "lines": bench.arguments.lines, "lines_per_row": rows, "question": question.name,
                "requests_each_round": question.requests, "times": figures,
            }));
        }
    }
    Ok(reports)
}

/// A finished run with a log of this length; gives its id.
fn generate(bench: &Bench, rows: u64) -> anyhow::Result<String> {
    let output = Command::new(&bench.arguments.generate_log)
        .args([bench.arguments.lines.to_string(), rows.to_string()])
        .envs(&bench.vars)
        .output()?;
    let said = String::from_utf8_lossy(&output.stdout);
    ensure!(
        output.status.success(),
        "generate_log: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(said
        .lines()
        .last()
        .context("generate_log says which run it made")?
        .to_owned())
}

fn questions(lines: u64) -> Vec<Question> {
    // Far apart, and the same in every round.
    let anywhere = |page: u64| -> Vec<String> {
        let places = (lines.saturating_sub(page)).max(1);
        let from = |number: u64| number.wrapping_mul(0x9E37_79B9_7F4A_7C15) % places + 1;
        (0..PAGES as u64)
            .map(|number| format!("?from={}&limit={page}", from(number)))
            .collect()
    };
    let pages = |name, paths| Question {
        name,
        paths,
        requests: PAGES,
        whole: false,
    };
    let search = |name, query: &str, whole| Question {
        name,
        paths: vec![format!("/matches?{query}")],
        requests: SEARCHES,
        whole,
    };
    vec![
        pages("200 lines from anywhere", anywhere(PAGE)),
        pages("1,000 lines from anywhere", anywhere(1_000)),
        pages("the last 200 lines", vec![format!("?limit={PAGE}")]),
        search("a rare word, first answer", "q=xq77", false),
        search("a rare word, the whole log", "q=xq77", true),
        search("a common word, first answer", "q=fatura", false),
        search("errors, the whole log", "level=error", true),
        search("errors with a rare word, the whole log", "level=error&q=xq77", true),
    ]
}

async fn ask(bench: &Bench, log: &str, question: &Question) -> anyhow::Result<Value> {
    let (mut p50, mut p95) = (Vec::new(), Vec::new());
    for round in 0..=bench.arguments.rounds {
        let mut times = Vec::with_capacity(question.requests);
        for number in 0..question.requests {
            let path = &question.paths[number % question.paths.len()];
            times.push(time(bench, &format!("/executions/{log}/log{path}"), question.whole).await?);
        }
        let times = sorted(times);
        if round > 0 {
            p50.push(percentile(&times, 50));
            p95.push(percentile(&times, 95));
        }
    }
    let (middle, worst) = (sorted(p50.clone()), sorted(p95.clone()));
    println!(
        "  {:<40} {:>9.2} ms, p95 {:>9.2} ms",
        question.name,
        percentile(&middle, 50),
        percentile(&worst, 50)
    );
    Ok(json!({ "p50_ms": over_rounds(p50), "p95_ms": over_rounds(p95) }))
}

async fn time(bench: &Bench, path: &str, whole: bool) -> anyhow::Result<f64> {
    let (mut took, mut answer) = bench.client.timed(path).await?;
    while whole && answer["complete"].as_bool() == Some(false) {
        let after = &answer["searched_to"];
        let (more, next) = bench.client.timed(&format!("{path}&after={after}")).await?;
        took += more;
        answer = next;
    }
    Ok(took)
}
