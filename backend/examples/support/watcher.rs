//! One who watches a log: whether every line came, once and in its order, and how long each took.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use crate::{
    events::{Event, Events},
    stamp,
};

/// What is going to be printed.
#[derive(Clone, Copy)]
pub struct Plan {
    pub lines: u64,
    /// Lines before this one warm up.
    pub measured_from: u64,
}

#[derive(Deserialize)]
struct Chunk<'a> {
    #[serde(borrow)]
    lines: Vec<Line<'a>>,
}

#[derive(Deserialize)]
struct Line<'a> {
    seq: u64,
    #[serde(borrow)]
    message: Cow<'a, str>,
}

/// What one watcher saw.
#[derive(Default)]
pub struct Tally {
    received: u64,
    repeated: u64,
    misnumbered: u64,
    behind: u64,
    trouble: Option<String>,
    /// Of the measured lines.
    latencies_us: Vec<u32>,
    first_sent: Option<u64>,
    last_sent: u64,
    last_arrived: u64,
    last_number: u64,
    last_seq: u64,
}

/// Watches until the last line has come, the stream ends or breaks, or somebody stops it.
pub async fn watch(mut events: Events, plan: Plan, stop: CancellationToken) -> Tally {
    let measured = (plan.lines + 1).saturating_sub(plan.measured_from);
    let mut tally = Tally {
        latencies_us: Vec::with_capacity(usize::try_from(measured).unwrap_or_default()),
        ..Tally::default()
    };
    while tally.last_number < plan.lines {
        let more = tokio::select! {
            biased;
            more = events.read(|event| tally.take(event, plan)) => more,
            () = stop.cancelled() => break,
        };
        match more {
            Ok(true) => {}
            // A browser would come back and go on; here it counts as lines missed.
            Ok(false) => {
                tally.trouble = (tally.last_number < plan.lines).then(|| "the stream ended early".to_owned());
                break;
            }
            Err(error) => {
                tally.trouble = Some(format!("{error:#}"));
                break;
            }
        }
    }
    tally
}

impl Tally {
    fn take(&mut self, event: &Event<'_>, plan: Plan) -> anyhow::Result<()> {
        match event.name {
            "log" => {}
            "behind" => {
                self.behind += 1;
                return Ok(());
            }
            // Greetings, changes elsewhere, comments.
            _ => return Ok(()),
        }
        let chunk: Chunk<'_> = serde_json::from_str(event.data)?;
        for line in &chunk.lines {
            self.misnumbered += u64::from(line.seq != self.last_seq + 1);
            self.last_seq = line.seq;
            // Whoever serves the log may say something of its own in it.
            let Some((number, sent)) = stamp::read(&line.message) else {
                continue;
            };
            self.received += 1;
            if number <= self.last_number {
                self.repeated += 1;
                continue;
            }
            self.last_number = number;
            if number >= plan.measured_from {
                let took = event.at.saturating_sub(sent) / 1_000;
                self.latencies_us.push(u32::try_from(took).unwrap_or(u32::MAX));
                self.first_sent.get_or_insert(sent);
                (self.last_sent, self.last_arrived) = (sent, event.at);
            }
        }
        self.misnumbered += u64::from(event.id.parse::<u64>().ok() != Some(self.last_seq));
        Ok(())
    }
}

/// Milliseconds from a line's handing in to its arrival.
#[derive(Clone, Copy, Serialize)]
pub struct Latency {
    pub p50: f64,
    pub p99: f64,
    pub max: f64,
}

/// What all watchers saw.
#[derive(Serialize)]
pub struct Total {
    /// Lines that all of them together were to receive.
    pub expected: u64,
    pub received: u64,
    pub missed: u64,
    pub repeated: u64,
    /// Lines, or events, whose number is not the one that was due.
    pub misnumbered: u64,
    /// Times that one was too slow and was served from the store.
    pub behind: u64,
    /// Why the first connection that broke did so.
    pub trouble: Option<String>,
    /// Over every measured line at every watcher.
    pub latency_ms: Option<Latency>,
    /// Measured lines that the source handed in.
    pub source_lines_per_second: f64,
    /// Measured lines that arrived, at all watchers together.
    pub deliveries_per_second: f64,
    /// From the last line's handing in to its arrival at the last of them.
    pub last_line_seconds: f64,
    /// Why this counts for nothing.
    pub void: Option<String>,
}

impl Total {
    pub fn of(tallies: &[Tally], plan: Plan) -> Self {
        let sum = |of: fn(&Tally) -> u64| tallies.iter().map(of).sum::<u64>();
        let expected = plan.lines * tallies.len() as u64;
        let (received, repeated) = (sum(|tally| tally.received), sum(|tally| tally.repeated));
        let misnumbered = sum(|tally| tally.misnumbered);
        let missed = expected.saturating_sub(received - repeated);
        let mut latencies: Vec<u32> = tallies
            .iter()
            .flat_map(|tally| tally.latencies_us.iter().copied())
            .collect();
        latencies.sort_unstable();
        let first = tallies.iter().filter_map(|tally| tally.first_sent).min();
        let sent = tallies.iter().map(|tally| tally.last_sent).max().unwrap_or_default();
        let arrived = tallies.iter().map(|tally| tally.last_arrived).max().unwrap_or_default();
        let first = first.unwrap_or_default();
        let void = (missed + repeated + misnumbered > 0)
            .then(|| format!("{missed} lines missed, {repeated} repeated, {misnumbered} wrong numbers"));
        Self {
            expected,
            received,
            missed,
            repeated,
            misnumbered,
            behind: sum(|tally| tally.behind),
            trouble: tallies.iter().find_map(|tally| tally.trouble.clone()),
            latency_ms: latency(&latencies),
            source_lines_per_second: plan.lines.saturating_sub(plan.measured_from) as f64 / seconds(first, sent),
            deliveries_per_second: latencies.len() as f64 / seconds(first, arrived),
            last_line_seconds: seconds(sent, arrived),
            void,
        }
    }
}

fn latency(sorted_us: &[u32]) -> Option<Latency> {
    let last = sorted_us.len().checked_sub(1)?;
    let at = |percent: usize| f64::from(sorted_us[(sorted_us.len() * percent / 100).min(last)]) / 1e3;
    Some(Latency {
        p50: at(50),
        p99: at(99),
        max: at(100),
    })
}

fn seconds(from: u64, to: u64) -> f64 {
    to.saturating_sub(from) as f64 / 1e9
}
