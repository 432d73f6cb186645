//! Server-sent events, taken apart as their bytes arrive.
//!
//! Source: WHATWG HTML, 9.2.6 "Interpreting an event stream". Two liberties: `end` needs no data, and an event's id is
//! its own, not inherited from the event before.

use std::mem;

use super::log_line::MESSAGE_MAX_BYTES;

/// Enough for whoever cuts messages to see that this one is too long, in the middle of a character too.
const DATA_MAX_BYTES: usize = 2 * MESSAGE_MAX_BYTES + 4 * 1024;
pub(super) const LINE_MAX_BYTES: usize = DATA_MAX_BYTES + "data: ".len();
const BOM: &[u8] = b"\xEF\xBB\xBF";
/// An id goes back as it came, so a longer one is none.
const ID_MAX_BYTES: usize = 1_000;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Event {
    /// Empty when the event has none.
    pub(super) name: String,
    pub(super) id: Option<String>,
    /// Bytes that are no text are replaced. Longer data ends somewhat above [`MESSAGE_MAX_BYTES`].
    pub(super) data: String,
}

/// Holds at most one line and one event's data, both bounded.
#[derive(Default)]
pub(super) struct Parser {
    line: Vec<u8>,
    /// The line break that ended the line may have a second half.
    after_cr: bool,
    /// Only the first line may begin with a byte order mark.
    begun: bool,
    name: String,
    id: Option<String>,
    data: Option<Vec<u8>>,
}

impl Parser {
    /// The events that this chunk completes.
    pub(super) fn push(&mut self, mut chunk: &[u8]) -> Vec<Event> {
        let mut events = Vec::new();
        while let Some(&next) = chunk.first() {
            if mem::take(&mut self.after_cr) && next == b'\n' {
                chunk = chunk.get(1..).unwrap_or_default();
                continue;
            }
            let end = chunk.iter().position(|byte| matches!(byte, b'\r' | b'\n'));
            let (part, rest) = chunk.split_at(end.unwrap_or(chunk.len()));
            extend(&mut self.line, part, LINE_MAX_BYTES);
            let Some((mark, rest)) = rest.split_first() else {
                break;
            };
            self.after_cr = *mark == b'\r';
            events.extend(self.end_line());
            chunk = rest;
        }
        events
    }

    fn end_line(&mut self) -> Option<Event> {
        let line = mem::take(&mut self.line);
        let mut line = line.as_slice();
        if !mem::replace(&mut self.begun, true) {
            line = line.strip_prefix(BOM).unwrap_or(line);
        }
        if line.is_empty() {
            return self.end_event();
        }
        let colon = line.iter().position(|byte| *byte == b':');
        let (field, value) = line.split_at(colon.unwrap_or(line.len()));
        let value = value.strip_prefix(b":").unwrap_or(value);
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match field {
            b"data" => {
                if let Some(data) = &mut self.data {
                    extend(data, b"\n", DATA_MAX_BYTES);
                }
                extend(self.data.get_or_insert_default(), value, DATA_MAX_BYTES);
            }
            b"event" => self.name = short(value),
            b"id" if !value.contains(&0) => self.id = id(value),
            // Comments have an empty field; `retry` and unknown fields mean nothing here.
            _ => {}
        }
        None
    }

    fn end_event(&mut self) -> Option<Event> {
        let name = mem::take(&mut self.name);
        let id = self.id.take();
        let data = self.data.take();
        if data.is_none() && name != "end" {
            return None;
        }
        let data = data.unwrap_or_default();
        Some(Event {
            name,
            id,
            data: String::from_utf8_lossy(&data).into_owned(),
        })
    }
}

pub(super) fn extend(text: &mut Vec<u8>, more: &[u8], max_bytes: usize) {
    let room = max_bytes.saturating_sub(text.len());
    text.extend_from_slice(more.get(..room).unwrap_or(more));
}

fn id(value: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(value).ok()?;
    (text.len() <= ID_MAX_BYTES).then(|| text.to_owned())
}

/// Names, of which nobody needs more than their beginning.
fn short(value: &[u8]) -> String {
    String::from_utf8_lossy(value).chars().take(100).collect()
}

#[cfg(test)]
mod tests;
