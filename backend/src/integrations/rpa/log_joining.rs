//! Joins an answer to what is kept of a log: says what of it is new.
//!
//! A source goes on where it was left, begins anew, or gives its last lines only; it may number its lines, number them
//! anew each time, or not at all. So numbers are believed when the lines say the same. Otherwise the place is where the
//! end of what is kept and the beginning of the answer overlap. From there on every line of the answer is new.

use esteira_shared::reason::Reason;

use super::{
    RpaLogLine,
    log_cursor::{LogCursor, Told},
    log_seen::{Called, Seen},
};

/// Lines and bytes of a stream that wait for their place to be found.
const LINES: usize = 20_000;
const BYTES: usize = 8 * 1024 * 1024;

/// One answer.
pub struct Joining {
    state: State,
    /// All of it is there before it is looked at, and can be gone through again. So none of its lines is held.
    listed: bool,
    /// Going on after a line was asked for.
    asked_on: bool,
}

enum State {
    /// What came so far may be known.
    Waiting(Box<Waiting>),
    /// Lines are known up to this number.
    Passing(u64),
    /// The lines are known that have the next so many marks.
    Skipping(usize),
    /// Everything is new.
    Open,
}

struct Waiting {
    seen: Seen,
    /// Of a stream, which does not come again.
    held: Vec<RpaLogLine>,
    bytes: usize,
    /// The numbers say what the lines do not.
    doubted: bool,
}

impl Joining {
    /// An answer that comes line by line.
    #[must_use]
    pub fn streamed(cursor: &LogCursor) -> Self {
        Self::new(cursor, false)
    }

    /// An answer that is a list.
    #[must_use]
    pub fn listed(cursor: &LogCursor) -> Self {
        Self::new(cursor, true)
    }

    fn new(cursor: &LogCursor, listed: bool) -> Self {
        let state = if cursor.place() == 0 {
            State::Open
        } else {
            State::Waiting(Box::new(Waiting {
                seen: cursor.nothing_seen(),
                held: Vec::new(),
                bytes: 0,
                doubted: false,
            }))
        };
        Self {
            state,
            listed,
            asked_on: cursor.last_event_id().is_some(),
        }
    }

    /// Lines are held back. When no more come for a while, [`Joining::settle`] decides about them.
    #[must_use]
    pub fn waits(&self) -> bool {
        matches!(&self.state, State::Waiting(waiting) if waiting.seen.first.is_some())
    }

    /// The next line of the answer.
    pub fn push(&mut self, cursor: &mut LogCursor, line: RpaLogLine, told: &mut Vec<Told>) {
        match &mut self.state {
            State::Open => cursor.take(line, told),
            State::Passing(known) if line.number <= *known => {}
            State::Passing(_) => self.open(cursor, line, told),
            State::Skipping(left) => match left.checked_sub(cursor.marks_of(&line)) {
                Some(rest) => {
                    *left = rest;
                    cursor.renumber(line.numbered.then_some(line.number));
                }
                None => self.open(cursor, line, told),
            },
            State::Waiting(waiting) => {
                if is_last(cursor, &line) {
                    // What came before it in this answer is known too.
                    self.state = State::Open;
                    return;
                }
                let called = waiting
                    .seen
                    .first
                    .map_or_else(|| Called::of(&line), |first| first.called);
                let beyond = cursor.known_to(called).is_some_and(|known| line.number > known);
                if beyond && !waiting.doubted && cursor.ends_with(&waiting.seen) {
                    self.open(cursor, line, told);
                    return;
                }
                waiting.doubted |= beyond;
                cursor.see(&mut waiting.seen, &line);
                if self.listed {
                    return;
                }
                waiting.bytes += line.message.len();
                waiting.held.push(line);
                if waiting.held.len() >= LINES || waiting.bytes >= BYTES {
                    self.decide(cursor, true, told);
                }
            }
        }
    }

    /// Decides about lines that are held back: nothing more comes for now.
    pub fn settle(&mut self, cursor: &mut LogCursor, told: &mut Vec<Told>) {
        if self.asks_again() {
            self.state = State::Open;
        } else if self.waits() {
            self.decide(cursor, false, told);
        }
    }

    /// After [`Joining::settle`]: where a list goes on is known, but its lines have gone by. They are to be pushed once more.
    #[must_use]
    pub fn asks_again(&self) -> bool {
        matches!(self.state, State::Skipping(_))
    }

    /// No more lines can be held back when this is `full`.
    fn decide(&mut self, cursor: &mut LogCursor, full: bool, told: &mut Vec<Told>) {
        let State::Waiting(waiting) = std::mem::replace(&mut self.state, State::Open) else {
            return;
        };
        let Some(first) = waiting.seen.first else { return };
        let known = cursor.known_to(first.called).filter(|_| !waiting.doubted);
        match found(cursor, &waiting.seen, known) {
            Found::UpTo(known) => self.state = State::Passing(known),
            Found::Within(known) if full => self.state = State::Passing(known),
            // More of what is known may come. When nothing does, nothing is new.
            Found::Within(_) => self.state = State::Waiting(waiting),
            Found::Nowhere => {
                let old = cursor.overlap(&waiting.seen);
                // A source that was asked by its own word to go on has done so.
                let went_on = first.called == Called::ByWord && self.asked_on;
                if old < first.marks && !went_on {
                    told.push(Told::Note(Reason::LogDoesNotJoin {}));
                }
                cursor.renumber(None);
                self.state = State::Skipping(old);
                for line in waiting.held {
                    self.push(cursor, line, told);
                }
                if !self.listed {
                    self.state = State::Open;
                }
            }
        }
    }

    /// This line is new, and so is whatever follows.
    fn open(&mut self, cursor: &mut LogCursor, line: RpaLogLine, told: &mut Vec<Told>) {
        self.state = State::Open;
        cursor.take(line, told);
    }
}

/// Where lines stand whose numbers are all known.
enum Found {
    /// They are what the numbers say: everything up to this one is known.
    UpTo(u64),
    /// They are known lines, but not the last ones.
    Within(u64),
    /// The numbers are not to be believed.
    Nowhere,
}

fn found(cursor: &LogCursor, seen: &Seen, known: Option<u64>) -> Found {
    let (Some(known), Some(first)) = (known, seen.first) else {
        return Found::Nowhere;
    };
    if cursor.is_blank() || (seen.last_number == known && cursor.ends_with(seen)) {
        return Found::UpTo(known);
    }
    if seen.last_number >= known {
        return Found::Nowhere;
    }
    if first.number <= 1 && cursor.begins_with(seen) {
        return Found::Within(known);
    }
    if cursor.ends_with(seen) {
        return Found::Nowhere;
    }
    // True numbers begin anywhere, and what they speak of may lie further back than anybody remembers.
    let (_, remembered) = LogCursor::REMEMBERED;
    let far = u64::try_from(remembered).is_ok_and(|remembered| seen.last_number.saturating_add(remembered) < known);
    let counted = first.called == Called::ByNumber && first.number > 1 && cursor.counts() && far;
    if counted || cursor.holds(seen) {
        return Found::Within(known);
    }
    Found::Nowhere
}

/// Whether the source calls this line as it called the last one that is kept, which reads the same.
fn is_last(cursor: &LogCursor, line: &RpaLogLine) -> bool {
    let called = line.id.is_some() && !line.numbered && line.id.as_deref() == cursor.last_event_id();
    called && cursor.ends_with_line(line)
}

#[cfg(test)]
mod tests;
