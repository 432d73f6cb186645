//! A job as its API tells of it.

use anyhow::bail;
use esteira_shared::reason::Reason;
use serde_json::{Map, Value, json};
use tokio::sync::OwnedSemaphorePermit;

use super::{
    bounds::Counted,
    fields::{tidy, whole_number},
    log_line::RpaLogLine,
    log_lines,
};

const WORD_MAX_CHARS: usize = 100;
const PAYLOAD_FIELDS: [&str; 4] = ["result", "resultado", "payload", "data"];

#[derive(Debug)]
pub struct RpaJob {
    pub status: RpaStatus,
    /// 0 to 100.
    pub progress: Option<u8>,
    /// The lines that came along, when any did.
    pub logs: Option<Vec<RpaLogLine>>,
    /// The result, whole, with fields that nobody here knows; [`super::payload::parse_result`] reads it.
    pub payload: Option<Value>,
    /// Everything that was answered.
    pub body: Value,
    /// Why nothing but the status was read.
    pub too_much: Option<Reason>,
    /// Of a long answer: the next one is read when this is dropped.
    pub place: Option<OwnedSemaphorePermit>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RpaStatus {
    Pending,
    Running,
    Completed,
    Failed,
    Cancelled,
    /// A word that is on no list; empty when there was none.
    Unknown(String),
}

impl RpaStatus {
    /// True when the robot will do nothing more.
    #[must_use]
    pub fn is_over(&self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Cancelled)
    }

    /// True when the robot is known to work, or to have worked.
    #[must_use]
    pub fn has_begun(&self) -> bool {
        !matches!(self, Self::Pending | Self::Unknown(_))
    }

    pub(super) fn read(job: &Value) -> Self {
        let word = match job.get("status") {
            Some(Value::String(text)) => tidy(text, WORD_MAX_CHARS).unwrap_or_default(),
            None | Some(Value::Null) => String::new(),
            Some(other) => tidy(&other.to_string(), WORD_MAX_CHARS).unwrap_or_default(),
        };
        match word.to_uppercase().as_str() {
            "PENDING" => Self::Pending,
            "RUNNING" => Self::Running,
            "COMPLETED" => Self::Completed,
            "FAILED" => Self::Failed,
            "CANCELLED" | "CANCELED" => Self::Cancelled,
            _ => Self::Unknown(word),
        }
    }
}

/// What is read of an answer that holds too much; nothing when it does not.
pub(super) fn of_too_much(body: &[u8]) -> Option<RpaJob> {
    let counted = Counted::of(body);
    let too_much = Some(counted.excess()?);
    Some(RpaJob {
        status: RpaStatus::read(&json!({ "status": counted.status })),
        progress: None,
        logs: None,
        payload: None,
        body: Value::Null,
        too_much,
        place: None,
    })
}

pub(super) fn read(body: Value) -> anyhow::Result<RpaJob> {
    let Value::Object(fields) = &body else {
        bail!("the job is not a JSON object");
    };
    let status = RpaStatus::read(&body);
    let progress = fields.get("progress").and_then(progress);
    let logs = fields
        .get("logs")
        .filter(|logs| !logs.is_null())
        .and_then(|logs| log_lines::from_value(logs).ok());
    let payload = payload(&body, fields).cloned();
    Ok(RpaJob {
        status,
        progress,
        logs,
        payload,
        body,
        too_much: None,
        place: None,
    })
}

fn progress(value: &Value) -> Option<u8> {
    let number = match value {
        Value::String(text) => whole_number(&Value::from(text.trim().trim_end_matches('%'))),
        other => whole_number(other),
    };
    number.and_then(|number| u8::try_from(number.clamp(0, 100)).ok())
}

/// The body itself when it is a result. A `success` alone may belong to an envelope, so what lies below goes first when
/// it lists processes.
fn payload<'a>(body: &'a Value, fields: &'a Map<String, Value>) -> Option<&'a Value> {
    if fields.contains_key("processes") {
        return Some(body);
    }
    below(fields)
        .find(|value| value.get("processes").is_some())
        .or_else(|| fields.contains_key("success").then_some(body))
        .or_else(|| below(fields).next())
}

/// What may wrap a result.
pub(super) fn below(fields: &Map<String, Value>) -> impl Iterator<Item = &Value> {
    let values = PAYLOAD_FIELDS.into_iter().filter_map(|name| fields.get(name));
    values.filter(|value| value.is_object())
}
