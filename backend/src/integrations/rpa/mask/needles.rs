//! Texts that are looked for, all of them in one pass.

use std::{collections::HashMap, ops::Range};

use aho_corasick::AhoCorasick;

pub(super) struct Needle {
    pub(super) text: String,
    /// Whether the character before it, or after it, holds a part of the secret as well.
    pub(super) before: bool,
    pub(super) after: bool,
}

impl Needle {
    pub(super) fn new(text: String) -> Self {
        Self {
            text,
            before: false,
            after: false,
        }
    }
}

pub(super) struct Needles {
    /// Absent when it cannot be made; then everything is hidden.
    automaton: Option<AhoCorasick>,
    all: Vec<Needle>,
    /// By its last byte, each beginning of a needle that is not all of it: which needle, and how many bytes.
    beginnings: HashMap<u8, Vec<(usize, usize)>>,
    any_case: bool,
}

impl Needles {
    /// `shortest` is the fewest bytes that count as a beginning.
    pub(super) fn new(all: Vec<Needle>, any_case: bool, shortest: usize) -> Self {
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(any_case)
            .build(all.iter().map(|needle| &needle.text))
            .ok();
        let mut beginnings: HashMap<u8, Vec<(usize, usize)>> = HashMap::new();
        for (which, needle) in all.iter().enumerate() {
            let bytes = needle.text.as_bytes();
            for (at, last) in bytes.iter().enumerate().take(bytes.len().saturating_sub(1)) {
                if at + 1 >= shortest {
                    let last = last.to_ascii_lowercase();
                    beginnings.entry(last).or_default().push((which, at + 1));
                }
            }
        }
        Self {
            automaton,
            all,
            beginnings,
            any_case,
        }
    }

    /// Where any of them stands. In no order; they may overlap.
    pub(super) fn find(&self, text: &str, found: &mut Vec<Range<usize>>) {
        let Some(automaton) = &self.automaton else {
            found.push(0..text.len());
            return;
        };
        // Most texts hold none, and this way ends with the first.
        if !automaton.is_match(text) {
            return;
        }
        let bytes = text.as_bytes();
        let is_part = |at: usize| {
            bytes
                .get(at)
                .is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_'))
        };
        for hit in automaton.find_overlapping_iter(text) {
            let needle = self.all.get(hit.pattern().as_usize());
            let before = needle.is_some_and(|needle| needle.before) && hit.start() > 0 && is_part(hit.start() - 1);
            let after = needle.is_some_and(|needle| needle.after) && is_part(hit.end());
            found.push(hit.start() - usize::from(before)..hit.end() + usize::from(after));
        }
    }

    /// Bytes at the end of the text with which a needle may begin; the most that do.
    pub(super) fn begun(&self, text: &str) -> Option<usize> {
        let last = text.as_bytes().last()?.to_ascii_lowercase();
        let ends_so = |(which, length): &(usize, usize)| {
            let beginning = self.all.get(*which)?.text.as_bytes().get(..*length)?;
            let end = text.as_bytes().get(text.len().checked_sub(*length)?..)?;
            let same = match self.any_case {
                true => end.eq_ignore_ascii_case(beginning),
                false => end == beginning,
            };
            same.then_some(*length)
        };
        self.beginnings.get(&last)?.iter().filter_map(ends_so).max()
    }
}
