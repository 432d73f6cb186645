//! Logs, as an API hands them out, and how its answers are joined.

use std::{
    hash::{DefaultHasher, Hash as _, Hasher as _},
    io,
    sync::Arc,
};

use axum::http::{Response, header::CONTENT_TYPE};
use bytes::Bytes;
use esteira_shared::{reason::Reason, status::LogLevel};
use futures_util::{StreamExt as _, stream};
use reqwest::Body;
use tokio::{
    runtime::{Builder, Runtime},
    sync::Semaphore,
    time::Instant,
};

use crate::integrations::rpa::{
    Joining, LogCursor, RpaError, RpaLogLine, RpaLogs, RpaTimeouts, Told, log_answer, log_line::MESSAGE_MAX_BYTES,
};

const KINDS: [&str; 6] = [
    "text/event-stream",
    "text/plain",
    "application/x-ndjson",
    "application/json",
    "application/json; charset=utf-8",
    "text/html",
];
/// Questions to one robot.
const LOOKS: usize = 40;

/// What a log is called, the size of the pieces in which it comes, and the log. However it is cut, it says the same.
pub fn robot_log(data: &[u8]) {
    let [kind, size, body @ ..] = data else { return };
    let kind = KINDS.get(usize::from(*kind) % KINDS.len()).copied().unwrap_or_default();
    let Some(whole) = read(kind, body, body.len().max(1)) else {
        return;
    };
    for line in whole.iter().flatten() {
        // And the note that it was cut.
        assert!(line.message.len() <= MESSAGE_MAX_BYTES + 64);
    }
    // Whether the beginning is text is judged by as much of it as has come.
    if !body.contains(&0) {
        let pieces = read(kind, body, 1 + usize::from(*size) % 64);
        assert_eq!(pieces.as_ref(), Some(&whole));
    }
}

/// The lines, or what an analyst reads in their place.
type Read = Result<Vec<RpaLogLine>, String>;

fn read(kind: &str, body: &[u8], size: usize) -> Option<Read> {
    thread_local! {
        static RUNTIME: Option<Runtime> = Builder::new_current_thread().enable_time().build().ok();
    }
    let pieces: Vec<io::Result<Bytes>> = body
        .chunks(size)
        .map(|piece| Ok(Bytes::copy_from_slice(piece)))
        .collect();
    let body = Body::wrap_stream(stream::iter(pieces));
    let answer = Response::builder().header(CONTENT_TYPE, kind).body(body).ok()?;
    RUNTIME.with(|runtime| {
        let lines = lines(answer.into());
        Some(
            runtime
                .as_ref()?
                .block_on(lines)
                .map_err(|error| error.reason().stored()),
        )
    })
}

async fn lines(answer: reqwest::Response) -> Result<Vec<RpaLogLine>, RpaError> {
    let timeouts = RpaTimeouts::default();
    let (deadline, places) = (Instant::now() + timeouts.logs, Arc::new(Semaphore::new(1)));
    let mut lines = match log_answer::read(answer, timeouts, deadline, &places).await? {
        RpaLogs::Lines(list) => {
            let lines = list.lines();
            let lines = lines.map_err(|error| RpaError::caused(Reason::RobotLogUnreadable {}, error))?;
            return Ok(lines.collect().await);
        }
        RpaLogs::Stream(lines) | RpaLogs::Text(lines) => lines,
        RpaLogs::TooLong { .. } | RpaLogs::Unsupported => return Ok(Vec::new()),
    };
    let mut all = Vec::new();
    while let Some(line) = lines.next().await {
        all.push(line?);
    }
    Ok(all)
}

/// Answers with parts of a log. From sources that do what they should, each line is kept once; from any other, places only
/// grow.
pub fn log_joining(data: &[u8]) {
    let [source, looks @ ..] = data else { return };
    match source % 4 {
        0 => any(looks),
        1 => honest(looks, false, false),
        2 => honest(looks, true, false),
        _ => honest(looks, true, true),
    }
}

/// A source that tells its whole log each time, or goes on where it is asked to. Its lines are much alike.
fn honest(looks: &[u8], numbered: bool, goes_on: bool) {
    let mut cursor = LogCursor::new(marks);
    let mut source: Vec<String> = Vec::new();
    let mut kept: Vec<String> = Vec::new();
    for look in looks.iter().take(LOOKS) {
        source.extend((0..look % 5).map(|more| format!("line {}", (look / 5).wrapping_mul(more) % 3)));
        let asked = cursor.last_event_id().and_then(|id| id.parse::<usize>().ok());
        let from = asked.filter(|_| goes_on).unwrap_or_default();
        let mut joining = match numbered {
            true => Joining::streamed(&cursor),
            false => Joining::listed(&cursor),
        };
        let mut told = Vec::new();
        loop {
            for (number, message) in (1..).zip(&source).skip(from) {
                joining.push(&mut cursor, line(number, numbered, None, message), &mut told);
            }
            joining.settle(&mut cursor, &mut told);
            if !joining.asks_again() {
                break;
            }
        }
        kept.extend(told.into_iter().map(|told| match told {
            Told::Line { line, .. } => line.message,
            Told::Note(reason) => reason.stored(),
        }));
        assert_eq!(kept, source, "each line once, and no note");
    }
}

/// Lines with numbers and words as they come, some answers as lists and some as streams.
fn any(looks: &[u8]) {
    let mut cursor = LogCursor::new(marks);
    let mut last = 0;
    for answer in looks.chunks(16) {
        let mut joining = match answer.len() % 2 {
            0 => Joining::listed(&cursor),
            _ => Joining::streamed(&cursor),
        };
        let lines = (1..).zip(answer).map(|(place, byte)| {
            let (number, numbered, word) = match byte {
                0..=99 => (u64::from(*byte), true, None),
                100..=109 => (i64::MAX.cast_unsigned() - u64::from(*byte), true, None),
                110..=179 => (place, false, None),
                _ => (place, false, Some(format!("id {}", byte % 7))),
            };
            line(number, numbered, word, &format!("line {}", byte % 4))
        });
        let mut told = Vec::new();
        loop {
            for line in lines.clone() {
                joining.push(&mut cursor, line, &mut told);
            }
            joining.settle(&mut cursor, &mut told);
            if !joining.asks_again() {
                break;
            }
        }
        for told in told {
            if let Told::Line { place, .. } = told {
                assert!(place > last, "{place} after {last}");
                last = place;
            }
        }
        assert_eq!(cursor.place(), last);
    }
}

fn marks(message: &str) -> Vec<u64> {
    let mut hasher = DefaultHasher::new();
    message.hash(&mut hasher);
    vec![hasher.finish()]
}

fn line(number: u64, numbered: bool, word: Option<String>, message: &str) -> RpaLogLine {
    RpaLogLine {
        number,
        numbered,
        id: word.or_else(|| numbered.then(|| number.to_string())),
        at: None,
        level: LogLevel::Info,
        message: message.to_owned(),
        unfinished: false,
    }
}
