//! What an answer with a log holds: events, text, or JSON.

use std::{sync::Arc, thread};

use esteira_shared::reason::Reason;
use reqwest::{Response, header::CONTENT_TYPE};
use serde_json::Value;
use tokio::{
    sync::{Semaphore, oneshot},
    task::spawn_blocking,
    time::{Instant, timeout_at},
};

use super::{
    RpaError, RpaLogList, RpaLogs, RpaTimeouts, answer,
    fields::tidy,
    log_lines::{LISTS, MOST_LINES},
    log_stream,
    log_text::TextLines,
};

const MAX_BYTES: usize = 64 * 1024 * 1024;
/// A list that is longer is in memory alone.
const LONG_BYTES: usize = 256 * 1024;
const KIND_MAX_CHARS: usize = 100;
/// Of a body; its first line is seldom longer.
const BEGINNING_BYTES: usize = 64 * 1024;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Events,
    Text,
    JsonLines,
    Json,
}

impl Form {
    fn of(kind: &str) -> Self {
        match kind {
            "text/event-stream" => Self::Events,
            "" | "text/plain" | "text/x-log" | "application/octet-stream" => Self::Text,
            "application/x-ndjson"
            | "application/ndjson"
            | "application/jsonl"
            | "application/x-jsonl"
            | "application/jsonlines"
            | "application/x-jsonlines"
            | "application/json-lines"
            | "application/json-seq"
            | "application/stream+json" => Self::JsonLines,
            _ => Self::Json,
        }
    }
}

/// Reads a 2xx answer by what it calls itself, and text by what it is. A long list waits for its place.
pub(super) async fn read(
    mut response: Response,
    timeouts: RpaTimeouts,
    deadline: Instant,
    long_lists: &Arc<Semaphore>,
) -> Result<RpaLogs, RpaError> {
    let kind = kind(&response);
    let form = Form::of(&kind);
    if form == Form::Events {
        return Ok(RpaLogs::Stream(log_stream::events(response, timeouts.silence)));
    }
    let mut begun = Vec::new();
    if form != Form::Json {
        let read = timeout_at(deadline, beginning(&mut response)).await;
        begun = read.map_err(|_| late(timeouts))??;
        if is_page(&begun) {
            return Err(RpaError::technical(answer::page(response.status())));
        }
        if begun.contains(&0) {
            return Err(unreadable(&kind, anyhow::anyhow!("the log is no text")));
        }
        if !is_list(&begun) {
            let lines = TextLines::new(form == Form::Text);
            return Ok(RpaLogs::Text(log_stream::text(
                response,
                &begun,
                lines,
                timeouts.silence,
            )));
        }
    }
    let status = response.status();
    let reading = async move {
        answer::read_on(&mut response, &mut begun, LONG_BYTES).await?;
        let place = match begun.len() < LONG_BYTES {
            true => None,
            // Nobody closes it.
            false => Arc::clone(long_lists).acquire_owned().await.ok(),
        };
        let body = answer::within(response, begun, MAX_BYTES).await?;
        Ok::<_, RpaError>((body, place))
    };
    let (body, place) = timeout_at(deadline, reading).await.map_err(|_| late(timeouts))??;
    let Some(body) = body else {
        return Ok(RpaLogs::TooLong {
            told: Reason::LogTooLong {
                most_mib: MAX_BYTES / (1024 * 1024),
            },
        });
    };
    let looks_like_a_page = answer::is_page(&body);
    let is_long = place.is_some();
    let read = away(is_long, move || RpaLogList::read(body, form != Form::Json, place)).await;
    match read {
        Ok(Ok(Some(list))) => Ok(RpaLogs::Lines(list)),
        Ok(Ok(None)) => Ok(RpaLogs::TooLong {
            told: Reason::LogHasTooManyLines { most: MOST_LINES },
        }),
        // A proxy's, and not the form in which the API gives its log.
        Ok(Err(error)) if looks_like_a_page => Err(RpaError::caused(answer::page(status), error)),
        Ok(Err(error)) => Err(unreadable(&kind, error)),
        Err(error) => Err(RpaError::caused(Reason::RobotLogUnreadable {}, error)),
    }
}

/// Works where it holds up nobody. Long work has a thread of its own: each of the pool would keep memory of what it did.
async fn away<T: Send + 'static>(is_long: bool, work: impl FnOnce() -> T + Send + 'static) -> anyhow::Result<T> {
    if !is_long {
        return Ok(spawn_blocking(work).await?);
    }
    let (tell, done) = oneshot::channel();
    // Nobody waits for it when the run has been given up.
    let work = move || drop(tell.send(work()));
    thread::Builder::new().name("robot-log".to_owned()).spawn(work)?;
    Ok(done.await?)
}

/// The log did not come in time.
pub(super) fn late(timeouts: RpaTimeouts) -> RpaError {
    RpaError::technical(Reason::RobotLogLate {
        after: timeouts.logs.into(),
    })
}

fn unreadable(kind: &str, cause: impl Into<anyhow::Error>) -> RpaError {
    let kind = tidy(kind, KIND_MAX_CHARS).unwrap_or_else(|| "?".to_owned());
    RpaError::caused(Reason::LogFormUnknown { kind }, cause)
}

/// What the answer calls itself, without parameters and in small letters.
fn kind(response: &Response) -> String {
    let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default();
    kind.trim().to_lowercase()
}

/// Until the first line with text is whole, or longer than most.
async fn beginning(response: &mut Response) -> Result<Vec<u8>, RpaError> {
    let mut body = Vec::new();
    while body.len() < BEGINNING_BYTES && first_line(&body).is_none() {
        let chunk = response.chunk().await;
        match chunk.map_err(|error| RpaError::caused(Reason::RobotLogBrokenOff {}, error))? {
            Some(chunk) => body.extend_from_slice(&chunk),
            None => break,
        }
    }
    Ok(body)
}

fn first_line(body: &[u8]) -> Option<&[u8]> {
    let body = without_mark(body);
    let end = body.iter().rposition(|byte| *byte == b'\n')?;
    let whole = body.get(..end)?;
    whole
        .split(|byte| *byte == b'\n')
        .map(<[u8]>::trim_ascii)
        .find(|line| !line.is_empty())
}

/// A byte order mark is no line, wherever the first piece of the answer ends.
fn without_mark(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body)
}

/// Systems of syslog begin their lines with `<` too.
fn is_page(body: &[u8]) -> bool {
    let head: Vec<u8> = body
        .trim_ascii_start()
        .iter()
        .take(9)
        .map(u8::to_ascii_lowercase)
        .collect();
    head.starts_with(b"<!doctype") || head.starts_with(b"<html")
}

/// JSON that lists lines, although it calls itself text. A line of a log may begin with a bracket too.
fn is_list(body: &[u8]) -> bool {
    let Some(line) = first_line(body) else {
        return matches!(without_mark(body).trim_ascii_start(), [b'[' | b'{', ..]);
    };
    match serde_json::from_slice(line) {
        Ok(Value::Array(_)) => true,
        Ok(Value::Object(fields)) => LISTS.iter().any(|name| fields.contains_key(*name)),
        Ok(_) => false,
        // The first line of JSON that is laid out for people.
        Err(_) => matches!(line, b"[" | b"{"),
    }
}
