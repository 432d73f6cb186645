//! Logs that are text, or JSON line by line, as their bytes arrive.

use std::mem;

use super::{
    log_line::Draft,
    sse::{LINE_MAX_BYTES, extend},
};

/// Holds at most one line, which is bounded.
pub(super) struct TextLines {
    line: Vec<u8>,
    /// Only the first line may begin with a byte order mark.
    begun: bool,
    /// A line without text is one; in JSON line by line it is none.
    blanks: bool,
}

impl TextLines {
    pub(super) fn new(blanks: bool) -> Self {
        Self {
            line: Vec::new(),
            begun: false,
            blanks,
        }
    }

    /// The lines that this chunk completes.
    pub(super) fn push(&mut self, mut chunk: &[u8]) -> Vec<Draft> {
        let mut drafts = Vec::new();
        while let Some(end) = chunk.iter().position(|byte| *byte == b'\n') {
            let (part, rest) = chunk.split_at(end);
            extend(&mut self.line, part, LINE_MAX_BYTES);
            drafts.extend(self.end_line());
            chunk = rest.get(1..).unwrap_or_default();
        }
        extend(&mut self.line, chunk, LINE_MAX_BYTES);
        drafts
    }

    /// What stands behind the last line break.
    pub(super) fn finish(&mut self) -> Option<Draft> {
        if self.line.is_empty() {
            return None;
        }
        let unfinished = true;
        self.end_line().map(|draft| Draft { unfinished, ..draft })
    }

    fn end_line(&mut self) -> Option<Draft> {
        let line = mem::take(&mut self.line);
        let text = String::from_utf8_lossy(&line);
        let mut text = text.as_ref();
        if !mem::replace(&mut self.begun, true) {
            text = text.trim_start_matches('\u{feff}');
        }
        let text = text.strip_suffix('\r').unwrap_or(text);
        // RFC 7464 marks the beginning of each JSON text.
        let text = text.strip_prefix('\u{1e}').unwrap_or(text);
        (self.blanks || !text.trim().is_empty()).then(|| Draft::data(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(drafts: impl IntoIterator<Item = Draft>) -> Vec<String> {
        drafts.into_iter().map(|draft| draft.message).collect()
    }

    #[test]
    fn every_split_gives_the_same_lines() {
        let text = "\u{feff}um\r\n\r\n{\"n\":3,\"msg\":\"três\"}\nquatro, ainda".as_bytes();
        for middle in 0..=text.len() {
            let (a, b) = text.split_at(middle);
            let mut lines = TextLines::new(true);
            let mut drafts = lines.push(a);
            drafts.extend(lines.push(b));
            assert_eq!(messages(drafts), ["um", "", "três"], "{middle}");
            let rest = lines.finish();
            assert!(rest.as_ref().is_some_and(|rest| rest.unfinished));
            assert_eq!(messages(rest), ["quatro, ainda"], "{middle}");
        }
        let mut lines = TextLines::new(false);
        assert_eq!(messages(lines.push(b"\x1e{\"msg\":\"a\"}\n\n  \nb\n")), ["a", "b"]);
        assert!(lines.finish().is_none());
    }

    #[test]
    fn a_line_without_end_takes_no_more_than_a_bounded_one() {
        let mut lines = TextLines::new(true);
        for _ in 0..64 {
            assert!(lines.push(&[b'x'; 64 * 1024]).is_empty());
            assert!(lines.line.len() <= LINE_MAX_BYTES);
        }
    }
}
