//! Scripts: what shall happen to the robots of one execution, exactly.

use std::{
    collections::{HashMap, VecDeque},
    mem::take,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{
    Json,
    extract::{Path, State},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde::{Deserialize, Deserializer, de::Error as _};
use serde_json::{Number, Value, json};

use super::{
    Shared,
    fault::Fault,
    options::LONGEST_MS,
    outcome::{Failure, Outcome},
    refusal::Refusal,
};

/// Everything is optional. What a robot does is taken from here when it starts; the lists are used up by the calls that
/// come, of whichever robot with this hash.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Script {
    duration_ms: Option<u64>,
    /// The result, byte for byte.
    pub(super) payload: Option<String>,
    final_status: Option<FinalStatus>,
    /// In the place of the lines that a robot prints.
    pub(super) logs: Option<Vec<String>>,
    /// Data of one more event of the log stream, after the other lines.
    #[serde(rename = "log_bytes_base64", deserialize_with = "base64_bytes")]
    pub(super) log_bytes: Option<Vec<u8>>,
    /// Answers to the next requests of the status.
    http: VecDeque<Fault>,
    /// Answers to the next requests of the log.
    logs_http: VecDeque<Fault>,
    /// Answers to the next starts. A status starts nothing; otherwise a robot starts and its answer is spoiled.
    start_http: VecDeque<Fault>,
    /// Told by the next answers with a status.
    progress: VecDeque<Number>,
    cancel: Option<CancelAnswer>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum FinalStatus {
    Completed,
    Failed,
    Cancelled,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum CancelAnswer {
    Refuse,
    /// No answer, and the robot goes on.
    Hang,
}

#[derive(Default)]
pub(super) struct Scripts(Mutex<HashMap<String, Entry>>);

struct Entry {
    script: Arc<Script>,
    polls: VecDeque<Fault>,
    logs: VecDeque<Fault>,
    starts: VecDeque<Fault>,
    progress: VecDeque<Number>,
}

impl Script {
    pub(super) fn duration(&self) -> Option<Duration> {
        self.duration_ms.map(Duration::from_millis)
    }

    /// Told, or read from the payload; a failure is a technical one.
    pub(super) fn outcome(&self) -> Option<Outcome> {
        let status = self
            .final_status
            .or_else(|| self.payload.as_deref().map(FinalStatus::of_payload))?;
        Some(match status {
            FinalStatus::Completed => Outcome::Success,
            FinalStatus::Failed => Outcome::Failed(Failure::Timeout),
            FinalStatus::Cancelled => Outcome::Cancelled,
        })
    }

    fn validate(&self) -> Result<(), String> {
        if self.duration_ms.is_some_and(|duration| duration > LONGEST_MS) {
            return Err(format!("duration_ms must not be above {LONGEST_MS}"));
        }
        let mut faults = self.http.iter().chain(&self.logs_http).chain(&self.start_http);
        if !faults.all(|fault| fault.is_valid()) {
            return Err("http, logs_http and start_http take status codes from 200 to 599".to_owned());
        }
        Ok(())
    }
}

impl FinalStatus {
    fn of_payload(payload: &str) -> Self {
        let parsed: Value = serde_json::from_str(payload).unwrap_or_default();
        match parsed.get("success").and_then(Value::as_bool) {
            Some(false) => Self::Failed,
            _ => Self::Completed,
        }
    }
}

impl Scripts {
    pub(super) fn find(&self, hash: &str) -> Option<Arc<Script>> {
        self.lock().get(hash).map(|entry| entry.script.clone())
    }

    pub(super) fn next_start(&self, hash: &str) -> Option<Fault> {
        self.lock().get_mut(hash)?.starts.pop_front()
    }

    pub(super) fn next_poll(&self, hash: &str) -> Option<Fault> {
        self.lock().get_mut(hash)?.polls.pop_front()
    }

    pub(super) fn next_log(&self, hash: &str) -> Option<Fault> {
        self.lock().get_mut(hash)?.logs.pop_front()
    }

    pub(super) fn next_progress(&self, hash: &str) -> Option<Number> {
        self.lock().get_mut(hash)?.progress.pop_front()
    }

    pub(super) fn cancel_answer(&self, hash: &str) -> Option<CancelAnswer> {
        self.lock().get(hash)?.script.cancel
    }

    fn keep(&self, hash: String, mut script: Script) {
        let entry = Entry {
            polls: take(&mut script.http),
            logs: take(&mut script.logs_http),
            starts: take(&mut script.start_http),
            progress: take(&mut script.progress),
            script: Arc::new(script),
        };
        self.lock().insert(hash, entry);
    }

    fn clear(&self) -> usize {
        take(&mut *self.lock()).len()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) async fn put_script(
    State(shared): State<Arc<Shared>>,
    Path(hash): Path<String>,
    Json(script): Json<Script>,
) -> Result<Json<Value>, Refusal> {
    script.validate().map_err(|problem| Refusal::invalid(&problem))?;
    let answer = json!({ "hash_execucao": hash });
    shared.scripts.keep(hash, script);
    Ok(Json(answer))
}

pub(super) async fn delete_scripts(State(shared): State<Arc<Shared>>) -> Json<Value> {
    Json(json!({ "removidos": shared.scripts.clear() }))
}

fn base64_bytes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<u8>>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    text.map(|text| BASE64_STANDARD.decode(text).map_err(D::Error::custom))
        .transpose()
}
