//! A secret that two lines share.

use std::{mem, ops::Range};

use super::{Mask, SHORTEST_CHARS, without};
use crate::integrations::rpa::RpaLogLine;

/// Lines that may wait for the next one, and their bytes. No secret is longer.
const WAITING_LINES: usize = 300;
const WAITING_BYTES: usize = 64 * 1024;
/// The secret is looked for in so much of the end of a line.
const TAIL_BYTES: usize = 2 * 1024;

/// Hides a secret in lines as they come, also when it begins in one and ends in another. A line whose end may be its
/// beginning waits for the next one, or for [`Seam::rest`].
#[derive(Debug, Default)]
pub struct Seam {
    mask: Mask,
    /// The end of a line that was given out, when the secret may go on after it.
    open: String,
    waiting: Vec<RpaLogLine>,
}

impl Seam {
    #[must_use]
    pub fn new(mask: Mask) -> Self {
        Self {
            mask,
            ..Self::default()
        }
    }

    #[must_use]
    pub fn is_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Takes the next line; gives the lines that wait for nothing, in order.
    pub fn push(&mut self, line: RpaLogLine) -> Vec<RpaLogLine> {
        let Some(known) = &self.mask.known else {
            return vec![line];
        };
        if self.waiting.is_empty() && self.open.is_empty() {
            let end = end_of(&line.message);
            if known.begun(end).is_none() {
                return vec![RpaLogLine {
                    message: self.mask.text(line.message),
                    ..line
                }];
            }
        }
        self.waiting.push(line);
        self.give(false)
    }

    /// The lines that still wait. What may be the beginning of the secret is hidden, unless it is very short.
    pub fn rest(&mut self) -> Vec<RpaLogLine> {
        if self.waiting.is_empty() {
            return Vec::new();
        }
        self.give(true)
    }

    fn give(&mut self, all: bool) -> Vec<RpaLogLine> {
        let Some(known) = &self.mask.known else {
            return mem::take(&mut self.waiting);
        };
        let mut joined = self.open.clone();
        let mut spans = Vec::with_capacity(self.waiting.len());
        for line in &self.waiting {
            let start = joined.len();
            joined.push_str(&line.message);
            spans.push(start..joined.len());
        }
        let mut hidden = known.find(&joined);
        let end = end_of(&joined);
        let before = joined.len() - end.len();
        let (begun, seen) = known
            .begun(end)
            .map_or((joined.len(), false), |(at, seen)| (before + at, seen));
        let all = all || spans.len() > WAITING_LINES || joined.len() > WAITING_BYTES;
        let given = if all {
            spans.len()
        } else {
            ready(&spans, &hidden, begun)
        };
        if all && seen && joined.len() - begun >= SHORTEST_CHARS {
            hidden.push(begun..joined.len());
            hidden.sort_unstable_by_key(|range| range.start);
        }
        if given == spans.len() {
            self.open = joined.get(begun..).unwrap_or_default().to_owned();
        } else if given > 0 {
            self.open.clear();
        }
        let lines = self.waiting.drain(..given).zip(spans);
        lines
            .map(|(line, span)| RpaLogLine {
                message: without(line.message, &within(&hidden, &span)),
                ..line
            })
            .collect()
    }
}

/// How many lines wait for nothing: they end before the secret may begin, and none of them shares one with a line that
/// waits.
fn ready(spans: &[Range<usize>], hidden: &[Range<usize>], begun: usize) -> usize {
    let before = |at: usize| spans.iter().take_while(|span| span.end <= at).count();
    let mut given = before(begun);
    while given > 0
        && let Some(next) = spans.get(given)
    {
        let shared = hidden
            .iter()
            .find(|range| range.start < next.start && next.start < range.end);
        let Some(shared) = shared else { break };
        given = before(shared.start);
    }
    given
}

/// The parts of the ranges that lie in the span, counted from its start. Where they overlap, the first has both.
fn within(ranges: &[Range<usize>], span: &Range<usize>) -> Vec<Range<usize>> {
    let mut parts: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        let part = range.start.max(span.start)..range.end.min(span.end);
        if part.is_empty() {
            continue;
        }
        let part = part.start - span.start..part.end - span.start;
        match parts.last_mut() {
            Some(last) if part.start < last.end => last.end = last.end.max(part.end),
            _ => parts.push(part),
        }
    }
    parts
}

fn end_of(text: &str) -> &str {
    let mut from = text.len().saturating_sub(TAIL_BYTES);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    text.get(from..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use esteira_shared::status::LogLevel;
    use secrecy::SecretString;

    use super::*;

    fn seam(secret: &str) -> Seam {
        Seam::new(Mask::new(Some(&SecretString::from(secret))))
    }

    fn line(number: u64, message: &str) -> RpaLogLine {
        RpaLogLine {
            number,
            numbered: true,
            id: None,
            at: None,
            level: LogLevel::Info,
            message: message.to_owned(),
            unfinished: false,
        }
    }

    /// What comes after each line, and at the end.
    fn through(seam: &mut Seam, messages: &[&str]) -> Vec<Vec<(u64, String)>> {
        let pairs = |lines: Vec<RpaLogLine>| lines.into_iter().map(|line| (line.number, line.message)).collect();
        let mut all: Vec<Vec<(u64, String)>> = Vec::new();
        for (number, message) in (1..).zip(messages) {
            all.push(pairs(seam.push(line(number, message))));
        }
        all.push(pairs(seam.rest()));
        all
    }

    fn shown(secret: &str, messages: &[&str]) -> Vec<String> {
        let all = through(&mut seam(secret), messages);
        let lines: Vec<(u64, String)> = all.into_iter().flatten().collect();
        let numbers: Vec<u64> = lines.iter().map(|(number, _)| *number).collect();
        assert_eq!(
            numbers,
            (1..).take(messages.len()).collect::<Vec<u64>>(),
            "all of them, in order"
        );
        lines.into_iter().map(|(_, message)| message).collect()
    }

    #[test]
    fn a_line_waits_only_when_the_secret_may_begin_at_its_end() {
        let mut seam = seam("segredo77");
        let given = through(&mut seam, &["entrando", "senha: segr", "edo77 aceita", "fim"]);
        let texts: Vec<Vec<&str>> = given
            .iter()
            .map(|lines| lines.iter().map(|(_, text)| text.as_str()).collect())
            .collect();
        let expected: [&[&str]; 5] = [&["entrando"], &[], &["senha: •••", "••• aceita"], &["fim"], &[]];
        assert_eq!(texts, expected);
        assert!(!seam.is_waiting());
    }

    #[test]
    fn a_secret_that_lines_share_is_hidden_in_each() {
        for (messages, expected) in [
            (
                vec!["s", "e", "g", "r", "e", "d", "o77 fim"],
                vec!["•••", "•••", "•••", "•••", "•••", "•••", "••• fim"],
            ),
            (
                vec!["a SEG", "redo7", "7 s", "em fim"],
                vec!["a •••", "•••", "••• s", "em fim"],
            ),
            // Cut within an escape, and after one.
            (vec!["a %73%6", "5gredo77"], vec!["a •••", "•••"]),
            (vec!["a \\u0073\\u00", "65gredo77 b"], vec!["a •••", "••• b"]),
            // Base64 of `ana:segredo77`.
            (vec!["YW5hOnNlZ3J", "lZG83Nw== b"], vec!["YW5hO•••", "•••== b"]),
            // It only looked so.
            (vec!["a segredo7", "8 b"], vec!["a segredo7", "8 b"]),
            (vec!["100%", "x", "s", "x"], vec!["100%", "x", "s", "x"]),
            // The second one begins where the first ends.
            (vec!["segredo77segre", "do77"], vec!["••••••", "•••"]),
        ] {
            assert_eq!(shown("segredo77", &messages), expected, "{messages:?}");
        }
    }

    #[test]
    fn what_waited_too_long_is_hidden_and_its_end_too() {
        let mut seam = seam("segredo77");
        assert!(seam.push(line(1, "a segred")).is_empty());
        let texts = |lines: Vec<RpaLogLine>| lines.into_iter().map(|line| line.message).collect::<Vec<_>>();
        assert_eq!(texts(seam.rest()), ["a •••"]);
        assert_eq!(texts(seam.push(line(2, "o77 b"))), ["••• b"]);
        assert_eq!(texts(seam.push(line(3, "o77 b"))), ["o77 b"]);
        // Too short to be told from a word, but its end is seen.
        assert!(seam.push(line(4, "os")).is_empty());
        assert_eq!(texts(seam.rest()), ["os"]);
        assert_eq!(texts(seam.push(line(5, "egredo77"))), ["•••"]);
        assert!(seam.rest().is_empty());
    }

    #[test]
    fn lines_do_not_wait_without_end() {
        let secret = "ab".repeat(100);
        let messages = vec!["ab"; 1_000];
        let lines = shown(&secret, &messages);
        assert!(lines.iter().take(900).all(|line| line == "•••"));
        let mut without = Seam::new(Mask::default());
        assert_eq!(without.push(line(1, "segr")).len(), 1);
    }
}
