//! How far a log was read, and what is remembered of it to find the place in the next answer.

use std::collections::VecDeque;

use esteira_shared::reason::Reason;

use super::{
    RpaLogLine,
    log_seen::{Called, Seen},
    overlap,
};

/// Lines remembered from the beginning of the log.
const HEAD: usize = 64;
/// Lines remembered from its end.
pub(super) const TAIL: usize = 2_000;
/// A larger number is no count of lines; ours goes on in steps of one.
const LARGEST: u64 = 1 << 53;
/// A log that begins with a larger number does not count its lines from 1.
const LARGEST_FIRST: u64 = 1_000_000;

/// What is to be written.
#[derive(Debug, PartialEq, Eq)]
pub enum Told {
    /// A line that is new, and its place: a count that only grows.
    Line { place: u64, line: RpaLogLine },
    /// What the source left out.
    Note(Reason),
}

/// How the numbers of the source go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Steps {
    NotSeen,
    /// One by one, so a gap between two of them is a gap in the log.
    Count,
    /// In some other way: times, bytes, one number for several lines.
    Other,
}

/// Where a log stands. Lines are remembered by marks of what is kept of them, not by their numbers: a source may number
/// anew each time.
pub struct LogCursor {
    /// The marks of what is kept of a message, one for each line.
    marks: fn(&str) -> Vec<u64>,
    place: u64,
    number: Option<u64>,
    /// Number of the first line, until it is known that numbers count.
    first: Option<u64>,
    steps: Steps,
    id: Option<String>,
    head: Vec<u64>,
    tail: VecDeque<u64>,
}

impl LogCursor {
    /// Before the first line.
    #[must_use]
    pub fn new(marks: fn(&str) -> Vec<u64>) -> Self {
        Self {
            marks,
            place: 0,
            number: None,
            first: None,
            steps: Steps::NotSeen,
            id: None,
            head: Vec::new(),
            tail: VecDeque::new(),
        }
    }

    /// After the line at a place, which the source calls `id`.
    #[must_use]
    pub fn after(marks: fn(&str) -> Vec<u64>, place: u64, id: Option<String>) -> Self {
        let id = id.filter(|id| !id.is_empty());
        let number = id.as_deref().and_then(super::log_line::place);
        Self {
            place,
            // Without a word of the source the place is what the contract counts.
            number: number.or(Some(place)).filter(|_| place > 0),
            id,
            ..Self::new(marks)
        }
    }

    /// Lines that are kept already: the first and the last of them, as many as [`LogCursor::REMEMBERED`] says, and how many
    /// there are in all.
    pub fn remember(&mut self, first: &[String], last: &[String], count: u64) {
        let marks = self.marks;
        self.head = first.iter().flat_map(|line| marks(line)).take(HEAD).collect();
        self.tail.clear();
        for mark in last.iter().flat_map(|line| marks(line)) {
            self.add(mark);
        }
        // Times and bytes are far above; numbers of lines may have gaps.
        if self
            .number
            .is_some_and(|number| number > 0 && number <= count.saturating_mul(4))
        {
            self.steps = Steps::Count;
        }
    }

    /// How many lines are remembered from the beginning and from the end.
    pub const REMEMBERED: (usize, usize) = (HEAD, TAIL);

    /// The place of the newest line.
    #[must_use]
    pub fn place(&self) -> u64 {
        self.place
    }

    /// What the source called the newest line that it had a word for.
    #[must_use]
    pub fn last_event_id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// A line that is new.
    pub(super) fn take(&mut self, line: RpaLogLine, told: &mut Vec<Told>) {
        if line.numbered {
            told.extend(self.step(line.number).map(Told::Note));
        } else if line.id.is_none() {
            // It stands between two that have numbers.
            self.number = self.number.map(|number| number.saturating_add(1));
        }
        let next = self.place.saturating_add(1);
        let fits = line.numbered && (next..=LARGEST).contains(&line.number);
        self.place = if fits { line.number } else { next };
        if let Some(id) = &line.id {
            // An empty one takes back the one before.
            self.id = Some(id.clone()).filter(|id| !id.is_empty());
        }
        self.keep(&line.message);
        told.push(Told::Line {
            place: self.place,
            line,
        });
    }

    /// What is missing before the line with this number, when that can be told.
    fn step(&mut self, number: u64) -> Option<Reason> {
        let Some(last) = self.number.replace(number) else {
            self.first = (self.place == 0).then_some(number);
            return None;
        };
        if last.checked_add(1) == Some(number) {
            let before = match self.steps {
                Steps::NotSeen => self.first.take(),
                Steps::Count | Steps::Other => None,
            };
            if self.steps == Steps::NotSeen {
                self.steps = Steps::Count;
            }
            let first = before.filter(|first| (2..=LARGEST_FIRST).contains(first))?;
            return Some(Reason::LogLinesMissing { from: 1, to: first - 1 });
        }
        if self.steps == Steps::NotSeen {
            self.steps = Steps::Other;
        }
        (self.steps == Steps::Count && number > last).then(|| Reason::LogLinesMissing {
            from: last + 1,
            to: number - 1,
        })
    }

    fn keep(&mut self, message: &str) {
        for mark in (self.marks)(message) {
            if self.head.len() < HEAD {
                self.head.push(mark);
            }
            self.add(mark);
        }
    }

    fn add(&mut self, mark: u64) {
        if self.tail.len() >= TAIL {
            self.tail.pop_front();
        }
        self.tail.push_back(mark);
    }

    /// The number up to which a source that calls its first line so, by its own numbers or by counting from that line, says
    /// only what is known. A source with words of its own says nothing of that.
    pub(super) fn known_to(&self, called: Called) -> Option<u64> {
        match called {
            Called::ByNumber => self.number,
            Called::NotAtAll => Some(self.place),
            Called::ByWord => None,
        }
    }

    /// Nothing yet of an answer whose lines may be known.
    pub(super) fn nothing_seen(&self) -> Seen {
        Seen::new(&self.kept())
    }

    pub(super) fn see(&self, seen: &mut Seen, line: &RpaLogLine) {
        seen.add(line, &(self.marks)(&line.message));
    }

    /// How many marks a line has.
    pub(super) fn marks_of(&self, line: &RpaLogLine) -> usize {
        (self.marks)(&line.message).len()
    }

    /// What is remembered of the end.
    fn kept(&self) -> Vec<u64> {
        self.tail.iter().copied().collect()
    }

    /// Nothing is remembered to compare with.
    pub(super) fn is_blank(&self) -> bool {
        self.tail.is_empty()
    }

    pub(super) fn counts(&self) -> bool {
        self.steps == Steps::Count
    }

    /// Whether the log ends with these lines, as far as both go.
    pub(super) fn ends_with(&self, seen: &Seen) -> bool {
        let mut both = self.tail.iter().rev().zip(seen.tail.iter().rev());
        both.all(|(kept, mark)| kept == mark)
    }

    /// The same of one line.
    pub(super) fn ends_with_line(&self, line: &RpaLogLine) -> bool {
        let marks = (self.marks)(&line.message);
        let mut both = self.tail.iter().rev().zip(marks.iter().rev());
        both.all(|(kept, mark)| kept == mark)
    }

    /// Whether the log begins with these lines, as far as both go.
    pub(super) fn begins_with(&self, seen: &Seen) -> bool {
        seen.head.iter().zip(&self.head).all(|(mark, kept)| mark == kept)
    }

    /// Whether these lines stand together in what is remembered of the log's end.
    pub(super) fn holds(&self, seen: &Seen) -> bool {
        seen.marks <= self.tail.len() && overlap::contains(&self.kept(), &seen.head)
    }

    /// How many of the first marks are those that the log ends with, the most that fit.
    pub(super) fn overlap(&self, seen: &Seen) -> usize {
        let kept = self.kept();
        let beginning = seen.head.get(..kept.len()).unwrap_or(&seen.head);
        overlap::overlap(&kept, beginning, &seen.followed)
    }

    /// Numbers do not say places in this answer; the last line that is known has this one.
    pub(super) fn renumber(&mut self, number: Option<u64>) {
        self.number = number;
    }
}
