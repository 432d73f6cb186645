//! What is remembered of lines that may be known, to find their place in the log.

use std::collections::VecDeque;

use super::{RpaLogLine, log_cursor::TAIL, overlap::Following};

/// How a source calls a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Called {
    ByNumber,
    ByWord,
    NotAtAll,
}

impl Called {
    pub(super) fn of(line: &RpaLogLine) -> Self {
        match (line.numbered, &line.id) {
            (true, _) => Self::ByNumber,
            (false, Some(_)) => Self::ByWord,
            (false, None) => Self::NotAtAll,
        }
    }
}

/// The first line of an answer.
#[derive(Debug, Clone, Copy)]
pub(super) struct First {
    pub(super) number: u64,
    pub(super) called: Called,
    /// How many marks it has.
    pub(super) marks: usize,
}

/// The lines of an answer so far, as marks: as many of the first and of the last ones as a log remembers of itself, however
/// many lines there are.
pub(super) struct Seen {
    pub(super) first: Option<First>,
    pub(super) last_number: u64,
    /// The first of their marks.
    pub(super) head: Vec<u64>,
    /// The last of them.
    pub(super) tail: VecDeque<u64>,
    /// How many there are.
    pub(super) marks: usize,
    /// Where all that is remembered of the log's end stands among them.
    pub(super) followed: Following,
}

impl Seen {
    /// Nothing yet of an answer about a log that ends with these marks.
    pub(super) fn new(kept: &[u64]) -> Self {
        Self {
            first: None,
            last_number: 0,
            head: Vec::new(),
            tail: VecDeque::new(),
            marks: 0,
            followed: Following::new(kept),
        }
    }

    pub(super) fn add(&mut self, line: &RpaLogLine, marks: &[u64]) {
        self.first.get_or_insert(First {
            number: line.number,
            called: Called::of(line),
            marks: marks.len(),
        });
        self.last_number = line.number;
        self.marks = self.marks.saturating_add(marks.len());
        for mark in marks {
            if self.head.len() < TAIL {
                self.head.push(*mark);
            }
            if self.tail.len() >= TAIL {
                self.tail.pop_front();
            }
            self.tail.push_back(*mark);
            self.followed.push(*mark);
        }
    }
}
