//! Our side of `cargo xtask bench cron` (see `xtask/peers/README.md`), and the preview that people see while they type.
//!
//! `bench_cron measure <request>` works out what `xtask/peers/croniter_bench.py` works out from the same request.
//! `bench_cron preview <server>` asks the real server, with its settings in the environment; its database must be empty.
//! Each prints one line of JSON.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    reason = "a tool for developers may stop at the unexpected"
)]

#[allow(dead_code, reason = "other tools use the rest")]
#[path = "support/client.rs"]
mod client;
#[allow(dead_code, reason = "other tools use the rest")]
#[path = "support/meter.rs"]
mod meter;
#[allow(dead_code, reason = "other tools use the rest")]
#[path = "support/program.rs"]
mod program;

use std::{
    hint::black_box,
    path::{Path, PathBuf},
    time::{Duration, Instant as Stopwatch},
};

use anyhow::{Context as _, anyhow, ensure};
use chrono::{DateTime, NaiveDate};
use clap::Parser;
use esteira::config::Vars;
use esteira_shared::{
    instant::Instant,
    schedule::{
        Calendars, CronDialect, CronRule, Plan, Roll, Rule, Schedule, Step,
        zone::{Iana, IanaZone},
    },
};
use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use self::{client::Client, program::Program};

#[derive(Parser)]
enum Command {
    Measure { request: String },
    Preview { server: PathBuf },
}

/// What is to be worked out.
#[derive(Deserialize)]
struct Request {
    zone: String,
    /// Unix seconds, as all times here.
    start: i64,
    /// How long a measurement lasts at least.
    seconds: f64,
    /// For single occurrences.
    starts: Vec<i64>,
    rules: Vec<Asked>,
}

#[derive(Deserialize)]
struct Asked {
    expression: String,
    /// Occurrences in a row.
    count: usize,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let report = match Command::parse() {
        Command::Measure { request } => measure(&serde_json::from_str(&request)?)?,
        Command::Preview { server } => preview(&server).await?,
    };
    println!("{report}");
    Ok(())
}

fn measure(request: &Request) -> anyhow::Result<Value> {
    let start = at(request.start)?;
    let starts: Vec<Instant> = request.starts.iter().map(|unix| at(*unix)).collect::<Result<_, _>>()?;
    let mut rules = Vec::new();
    for Asked { expression, count } in &request.rules {
        let plan = planned(&request.zone, expression)?;
        let (row_ns, row) = nanoseconds_each(request.seconds, || occurrences(&plan, start, *count));
        let (asked_ns, asked) = nanoseconds_each(request.seconds, || {
            starts.iter().filter_map(|start| next(&plan, *start)).collect()
        });
        let (first_ns, firsts) = nanoseconds_each(request.seconds, || {
            let first = |start: &Instant| next(&planned(&request.zone, expression).ok()?, *start);
            starts.iter().filter_map(first).collect()
        });
        rules.push(json!({
            "row_ns": row_ns, "asked_ns": asked_ns, "first_ns": first_ns, "row": row, "asked": asked, "firsts": firsts,
        }));
    }
    Ok(json!({
        "version": env!("CARGO_PKG_VERSION"), "runtime": "rust",
        "peak_rss_bytes": meter::memory_bytes(std::process::id(), "VmHWM"), "rules": rules,
    }))
}

fn at(unix: i64) -> anyhow::Result<Instant> {
    let at = DateTime::from_timestamp(unix, 0).context("a time that exists")?;
    Ok(at.into())
}

/// From the text of the rule, as it comes from a form or a row.
fn planned(zone: &str, expression: &str) -> anyhow::Result<Plan<IanaZone>> {
    let schedule = Schedule {
        timezone: zone.to_owned(),
        rule: Rule::Cron(CronRule {
            expression: expression.to_owned(),
            dialect: CronDialect::default(),
        }),
        start: None,
        end: None,
        window: None,
        skip_weekends: false,
        skip_holidays: false,
        calendars: Vec::new(),
        blackouts: Vec::new(),
        roll: Roll::default(),
        exceptions: Vec::new(),
        jitter_seconds: 0,
    };
    Plan::new(&schedule, &Iana, &Calendars::default()).map_err(|problems| anyhow!("{expression}: {problems:?}"))
}

fn occurrences(plan: &Plan<IanaZone>, start: Instant, count: usize) -> Vec<i64> {
    let fires = plan.after(start).filter_map(|step| match step {
        Step::Fires(occurrence) => Some(occurrence.at.timestamp()),
        Step::Dropped(_) => None,
    });
    fires.take(count).collect()
}

fn next(plan: &Plan<IanaZone>, start: Instant) -> Option<i64> {
    Some(plan.next_after(start)?.at.timestamp())
}

/// Works again and again, for so long: nanoseconds for each occurrence, and what was found.
fn nanoseconds_each(seconds: f64, mut work: impl FnMut() -> Vec<i64>) -> (f64, Vec<i64>) {
    let began = Stopwatch::now();
    let mut times = 0_u64;
    loop {
        let found = black_box(work());
        times += 1;
        let took = began.elapsed();
        if took.as_secs_f64() >= seconds {
            return (took.as_secs_f64() * 1e9 / times as f64 / found.len() as f64, found);
        }
    }
}

/// Of each draft, after the first ones, which warm up.
const REQUESTS: usize = 500;
const WARM_UP: usize = 50;
/// As long as somebody needs for a keystroke or two.
const BETWEEN: Duration = Duration::from_millis(2);
/// What a page asks for.
const COUNT: u32 = 10;

/// The time until the whole answer is there, on loopback.
async fn preview(server: &Path) -> anyhow::Result<Value> {
    let mut vars: Vars = std::env::vars()
        .filter(|(name, _)| name.starts_with("ESTEIRA_"))
        .collect();
    vars.insert("ESTEIRA_LOG".to_owned(), "warn".to_owned());
    let program = Program::serve(server, &vars).await?;
    let client = Client::set_up(&program.base).await?;
    take_calendar(&client).await?;
    let mut report = Vec::new();
    let mut all = Vec::new();
    for (name, draft) in drafts() {
        let mut times = Vec::with_capacity(REQUESTS);
        for number in 0..REQUESTS + WARM_UP {
            let took = ask(&client, &draft).await.context(name)?;
            if number >= WARM_UP {
                times.push(took);
            }
            tokio::time::sleep(BETWEEN).await;
        }
        all.extend_from_slice(&times);
        report.push(figures(name, times));
    }
    Ok(json!({ "requests_each": REQUESTS, "all": figures("all", all), "drafts": report }))
}

/// A calendar of the organisation's own, in which the second Monday of each month is a holiday.
async fn take_calendar(client: &Client) -> anyhow::Result<()> {
    let mut days = Vec::new();
    for year in 2026..2029 {
        for month in 1..=12 {
            let day = NaiveDate::from_weekday_of_month_opt(year, month, chrono::Weekday::Mon, 2);
            let name = format!("folga {month:02}/{year}");
            days.push(json!({ "date": day, "yearly": false, "name": name, "kind": "local" }));
        }
    }
    let calendar = json!({ "name": CALENDAR, "title": "Bancada", "days": days });
    let file = json!({ "version": 1, "calendars": [calendar] });
    let import = json!({ "format": "esteira", "text": file.to_string() });
    let request = client.request(Method::POST, "/schedules/import").json(&import);
    let answer = request.send().await?;
    let status = answer.status();
    let text = answer.text().await?;
    let report: Value = serde_json::from_str(&text).with_context(|| text.clone())?;
    ensure!(
        status.is_success() && report["refused"].as_i64() == Some(0),
        "the calendar was not taken: {status} {text}"
    );
    Ok(())
}

const CALENDAR: &str = "bancada";

/// What people draft, each with calendars.
fn drafts() -> [(&'static str, Value); 5] {
    let draft = |rule: Value| {
        json!({
            "timezone": "America/Sao_Paulo", "rule": rule, "skip_weekends": true, "skip_holidays": true,
            "calendars": ["br-national", "br-banking", CALENDAR], "roll": "next_business_day",
            "window": { "start": "08:00", "end": "18:00" },
            "blackouts": [{ "start": "2026-12-24", "end": "2027-01-02", "reason": "fechamento" }],
            "exceptions": [{ "type": "skip", "start": "2026-03-01", "end": "2026-03-31", "reason": "manutenção" }],
            "from": "2026-01-01T00:00:00Z", "count": COUNT,
        })
    };
    [
        (
            "cron, weekdays",
            draft(json!({ "type": "cron", "expression": "30 9 * * 1-5" })),
        ),
        (
            "monthly, day 31",
            draft(json!({ "type": "monthly", "day": 31, "short_month": "backward", "times": ["09:00"] })),
        ),
        (
            "fifth business day",
            draft(json!({ "type": "monthly", "business_day": 5, "times": ["09:00"] })),
        ),
        (
            "weekly, Mondays and Thursdays",
            draft(json!({ "type": "weekly", "weekdays": ["mon", "thu"], "times": ["09:00", "17:00"] })),
        ),
        ("every five minutes", draft(json!({ "type": "interval", "minutes": 5 }))),
    ]
}

/// Milliseconds.
async fn ask(client: &Client, draft: &Value) -> anyhow::Result<f64> {
    let request = client.request(Method::POST, "/schedules/preview").json(draft);
    let began = Stopwatch::now();
    let answer = request.send().await?;
    let status = answer.status();
    let text = answer.text().await?;
    let took = began.elapsed().as_secs_f64() * 1e3;
    ensure!(status.is_success(), "{status} {text}");
    let preview: Value = serde_json::from_str(&text)?;
    let shown = preview["occurrences"].as_array().map_or(0, Vec::len);
    ensure!(u32::try_from(shown) == Ok(COUNT), "{shown} occurrences: {text}");
    Ok(took)
}

fn figures(name: &str, mut times: Vec<f64>) -> Value {
    times.sort_by(f64::total_cmp);
    let at = |percent: usize| times.get(times.len() * percent / 100).copied();
    json!({ "draft": name, "p50_ms": at(50), "p95_ms": at(95), "max_ms": times.last() })
}
