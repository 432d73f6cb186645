//! A task that does what a test asks of it.

use std::{
    collections::HashMap,
    sync::{Mutex, OnceLock},
    time::Duration,
};

use esteira::{
    app::{App, Diagnostic, JobContext, Tasks},
    db::Tx,
    engine::{Failure, FinalFailure, Task, TaskResult, job::Job},
    error::AppResult,
};
use esteira_shared::reason::Reason;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::eventually;

/// What the task shall do at each attempt; the last entry goes on for ever.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ProbePayload {
    /// Under which the test finds what happened.
    pub key: String,
    pub script: Vec<String>,
}

/// `ok`, `business`, `technical`, `panic`, `nap` (25 ms), `sleep` (ignores cancelling), `wait` (until cancelled), `late`
/// (shows progress once the test has noted `go on`, and notes that it is refused).
pub struct Probe;

/// What happened to the jobs of each key: one word for each start, and `failed:<cause>` for the end.
pub fn probes(key: &str) -> Vec<String> {
    seen().lock().unwrap().get(key).cloned().unwrap_or_default()
}

fn seen() -> &'static Mutex<HashMap<String, Vec<String>>> {
    static SEEN: OnceLock<Mutex<HashMap<String, Vec<String>>>> = OnceLock::new();
    SEEN.get_or_init(Mutex::default)
}

/// Adds a word, and says how many there are now.
pub fn note(key: &str, word: impl Into<String>) -> usize {
    let mut seen = seen().lock().unwrap();
    let words = seen.entry(key.to_owned()).or_default();
    words.push(word.into());
    words.len()
}

pub fn with_probe(tasks: Tasks) -> Tasks {
    tasks.with::<Probe>().with::<Diagnostic>()
}

impl Task for Probe {
    const NAME: &'static str = "probe";
    const MAX_ATTEMPTS: i32 = 3;
    const TIMEOUT: Duration = Duration::from_secs(4);

    type App = App;
    type Payload = ProbePayload;

    async fn run(job: &JobContext, payload: ProbePayload) -> TaskResult {
        let start = note(&payload.key, "start");
        let step = payload.script.get(start - 1).or(payload.script.last()).unwrap();
        job.log(Reason::quoted(format!("attempt {}: {step}", job.row().attempt)));
        match step.as_str() {
            "ok" => Ok(json!({ "key": payload.key })),
            "progress" => {
                job.progress(50, &Reason::quoted("half")).await?;
                Ok(json!({}))
            }
            "business" => Err(Failure::Business {
                cause: Reason::quoted("wrong password"),
                step: Some("LOGIN".to_owned()),
                action: Some(Reason::quoted("change it")),
            }),
            "technical" => Err(anyhow::anyhow!("no answer").into()),
            "panic" => panic!("probe panics"),
            "nap" => {
                tokio::time::sleep(Duration::from_millis(25)).await;
                Ok(json!({}))
            }
            "sleep" => {
                tokio::time::sleep(Duration::from_secs(3_600)).await;
                Ok(json!({}))
            }
            "late" => {
                eventually("the test says go on", || async {
                    probes(&payload.key).iter().any(|word| word == "go on")
                })
                .await;
                let shown = job.progress(50, &Reason::quoted("late")).await;
                if matches!(shown, Err(Failure::LeaseLost)) {
                    note(&payload.key, "refused");
                }
                shown?;
                Ok(json!({}))
            }
            "wait" => {
                job.cancelled().await;
                Err(Failure::Cancelled)
            }
            other => panic!("unknown step {other}"),
        }
    }

    async fn on_failed(_: &mut Tx, job: &Job, failure: &FinalFailure) -> AppResult<()> {
        let key = job.payload.0["key"].as_str().unwrap_or("unread");
        note(key, format!("failed:{}", failure.cause));
        Ok(())
    }
}
