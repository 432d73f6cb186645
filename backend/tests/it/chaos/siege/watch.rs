//! Asks for health ten times a second, and keeps what it says and how long it takes.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use serde_json::Value;
use tokio::{
    task::JoinSet,
    time::{MissedTickBehavior, interval},
};
use tokio_util::sync::CancellationToken;

const EVERY: Duration = Duration::from_millis(100);
/// By then it is far too late.
const LONGEST: Duration = Duration::from_secs(20);
/// From one part to the next. Only its times are judged.
const BETWEEN: &str = "in between";

type Part = Arc<Mutex<&'static str>>;

/// On a thread of its own, so that nothing else in the test delays it.
pub(super) struct Watch {
    part: Part,
    stop: CancellationToken,
    thread: JoinHandle<Vec<Sample>>,
}

struct Sample {
    part: &'static str,
    took: Duration,
    /// Absent when there was no answer.
    health: Option<Value>,
}

pub(super) struct Seen(Vec<Sample>);

impl Watch {
    pub(super) fn over(base: &str) -> Self {
        let (part, stop) = (Part::new(Mutex::new(BETWEEN)), CancellationToken::new());
        let (url, now, told) = (format!("{base}/api/health"), Arc::clone(&part), stop.clone());
        let thread = std::thread::spawn(move || {
            let mut runtime = tokio::runtime::Builder::new_current_thread();
            runtime.enable_all().build().unwrap().block_on(ask_on(url, now, told))
        });
        Self { part, stop, thread }
    }

    /// For nothing: this part of the siege lasts so long.
    pub(super) async fn during(&self, part: &'static str, length: Duration) {
        *self.part.lock().unwrap() = part;
        tokio::time::sleep(length).await;
        *self.part.lock().unwrap() = BETWEEN;
    }

    pub(super) fn end(self) -> Seen {
        self.stop.cancel();
        Seen(self.thread.join().unwrap())
    }
}

async fn ask_on(url: String, part: Part, stop: CancellationToken) -> Vec<Sample> {
    // A connection of its own for each: a new one must be taken too.
    let http = reqwest::Client::builder()
        .pool_max_idle_per_host(0)
        .timeout(LONGEST)
        .build()
        .unwrap();
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut asked = JoinSet::new();
    while stop.run_until_cancelled(ticks.tick()).await.is_some() {
        asked.spawn(ask(http.clone(), url.clone(), Arc::clone(&part)));
    }
    asked.join_all().await
}

async fn ask(http: reqwest::Client, url: String, now: Part) -> Sample {
    let (part, began) = (*now.lock().unwrap(), Instant::now());
    let answer = async { http.get(url).send().await?.json().await };
    let health = answer.await.ok();
    let took = began.elapsed();
    let same = *now.lock().unwrap() == part;
    Sample {
        part: if same { part } else { BETWEEN },
        took,
        health,
    }
}

impl Seen {
    /// Prints a table, and fails when an answer came late or did not say what was the matter in a part. One in ten may say
    /// something else: what is full or hangs can have its moments.
    pub(super) fn judge(&self, within: Duration, expected: &[(&str, Option<&str>)]) {
        println!("| health while | answers | times | what they say |\n|---|---|---|---|");
        for part in expected.iter().map(|(part, _)| *part).chain([BETWEEN]) {
            let samples = self.during(part);
            let took: Vec<Duration> = samples.iter().map(|sample| sample.took).collect();
            let mut said: BTreeMap<&str, usize> = BTreeMap::new();
            for sample in &samples {
                *said.entry(sample.says()).or_default() += 1;
            }
            println!("| {part} | {} | {} | {said:?} |", samples.len(), figures(&took));
        }
        for sample in &self.0 {
            assert!(
                sample.health.is_some() && sample.took < within,
                "{}: {:?} after {:?}",
                sample.part,
                sample.health,
                sample.took
            );
        }
        for (part, wanted) in expected {
            let samples = self.during(part);
            let wanted = wanted.unwrap_or("healthy");
            let right = samples.iter().filter(|sample| sample.says() == wanted).count();
            assert!(
                right * 10 >= samples.len() * 9,
                "{part}: only {right} of {} say {wanted}",
                samples.len()
            );
        }
    }

    fn during(&self, part: &str) -> Vec<&Sample> {
        self.0.iter().filter(|sample| sample.part == part).collect()
    }
}

impl Sample {
    fn says(&self) -> &str {
        match &self.health {
            Some(health) => health["reason"].as_str().unwrap_or("healthy"),
            None => "nothing",
        }
    }
}

/// Half of them, nearly all of them, and the slowest.
pub(super) fn figures(took: &[Duration]) -> String {
    let mut sorted = took.to_vec();
    sorted.sort_unstable();
    let at = |share: usize| {
        let last = sorted.len().saturating_sub(1);
        let found = sorted.get((sorted.len() * share / 100).min(last));
        found.copied().unwrap_or_default().as_millis()
    };
    format!("p50 {} ms, p99 {} ms, at most {} ms", at(50), at(99), at(100))
}
