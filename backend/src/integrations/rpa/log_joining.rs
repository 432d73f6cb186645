//! Joins an answer to what is kept of a log: says what of it is new.
//!
//! A source goes on where it was left, begins anew, or gives its last lines only; it may number its lines, number them
//! anew each time, or not at all. So numbers are believed when the lines say the same. Otherwise the place is where the
//! end of what is kept and the beginning of the answer overlap. From there on every line of the answer is new.

use esteira_shared::reason::Reason;

use super::{
    RpaLogLine,
    log_cursor::{LogCursor, Told},
};

/// Lines and bytes of a stream that wait for their place to be found.
const LINES: usize = 20_000;
const BYTES: usize = 8 * 1024 * 1024;

/// One answer.
pub struct Joining {
    state: State,
    /// All of it is there before it is looked at.
    listed: bool,
    /// Going on after a line was asked for.
    asked_on: bool,
}

enum State {
    /// What came so far may be known.
    Waiting {
        lines: Vec<RpaLogLine>,
        bytes: usize,
        /// The numbers say what the lines do not.
        doubted: bool,
    },
    /// Lines are known up to this number.
    Passing(u64),
    /// Everything is new.
    Open,
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
            State::waiting()
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
        matches!(&self.state, State::Waiting { lines, .. } if !lines.is_empty())
    }

    /// The next line of the answer.
    pub fn push(&mut self, cursor: &mut LogCursor, line: RpaLogLine, told: &mut Vec<Told>) {
        match &mut self.state {
            State::Open => cursor.take(line, told),
            State::Passing(known) if line.number <= *known => {}
            State::Passing(_) => {
                self.state = State::Open;
                cursor.take(line, told);
            }
            State::Waiting { lines, bytes, doubted } => {
                let known = cursor.known_to(lines.first().unwrap_or(&line));
                let beyond = known.filter(|known| line.number > *known);
                if lines.is_empty() && line.numbered && beyond.is_some() {
                    self.state = State::Open;
                    cursor.take(line, told);
                    return;
                }
                if is_last(cursor, &line) {
                    // What came before it in this answer is known too.
                    self.state = State::Open;
                    return;
                }
                *bytes += line.message.len();
                lines.push(line);
                if let Some(known) = beyond.filter(|_| !*doubted) {
                    let old = lines.iter().take_while(|line| line.number <= known).count();
                    if cursor.ends_with(lines.get(..old).unwrap_or_default()) {
                        let lines = std::mem::take(lines);
                        self.open(cursor, lines, old, told);
                        return;
                    }
                    *doubted = true;
                }
                if !self.listed && (lines.len() >= LINES || *bytes >= BYTES) {
                    self.decide(cursor, true, told);
                }
            }
        }
    }

    /// Decides about lines that are held back: nothing more comes for now.
    pub fn settle(&mut self, cursor: &mut LogCursor, told: &mut Vec<Told>) {
        if self.waits() {
            self.decide(cursor, false, told);
        }
    }

    /// No more lines can be held back when this is `full`.
    fn decide(&mut self, cursor: &mut LogCursor, full: bool, told: &mut Vec<Told>) {
        let State::Waiting { lines, bytes, doubted } = std::mem::replace(&mut self.state, State::Open) else {
            return;
        };
        let Some(first) = lines.first() else { return };
        let known = cursor.known_to(first).filter(|_| !doubted);
        let words = !first.numbered && first.id.is_some();
        match found(cursor, &lines, known) {
            Found::UpTo(known) => self.state = State::Passing(known),
            Found::Within(known) if full => self.state = State::Passing(known),
            // More of what is known may come. When nothing does, nothing is new.
            Found::Within(_) => self.state = State::Waiting { lines, bytes, doubted },
            Found::Nowhere => {
                let old = cursor.overlap(&lines);
                // A source that was asked by its own word to go on has done so.
                if old == 0 && !(words && self.asked_on) {
                    told.push(Told::Note(Reason::LogDoesNotJoin {}));
                }
                let last = old.checked_sub(1).and_then(|index| lines.get(index));
                cursor.renumber(last.filter(|line| line.numbered).map(|line| line.number));
                self.open(cursor, lines, old, told);
            }
        }
    }

    /// All but the first `old` lines are new, and so is whatever follows.
    fn open(&mut self, cursor: &mut LogCursor, lines: Vec<RpaLogLine>, old: usize, told: &mut Vec<Told>) {
        self.state = State::Open;
        for line in lines.into_iter().skip(old) {
            cursor.take(line, told);
        }
    }
}

impl State {
    fn waiting() -> Self {
        Self::Waiting {
            lines: Vec::new(),
            bytes: 0,
            doubted: false,
        }
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

fn found(cursor: &mut LogCursor, lines: &[RpaLogLine], known: Option<u64>) -> Found {
    let (Some(known), Some(first), Some(last)) = (known, lines.first(), lines.last()) else {
        return Found::Nowhere;
    };
    if cursor.is_blank() || (last.number == known && cursor.ends_with(lines)) {
        return Found::UpTo(known);
    }
    if last.number >= known {
        return Found::Nowhere;
    }
    if first.number <= 1 && cursor.begins_with(lines) {
        return Found::Within(known);
    }
    if cursor.ends_with(lines) {
        return Found::Nowhere;
    }
    // True numbers begin anywhere, and what they speak of may lie further back than anybody remembers.
    let (_, remembered) = LogCursor::REMEMBERED;
    let far = u64::try_from(remembered).is_ok_and(|remembered| last.number.saturating_add(remembered) < known);
    let counted = first.numbered && first.number > 1 && cursor.counts() && far;
    if counted || cursor.holds(lines) {
        return Found::Within(known);
    }
    Found::Nowhere
}

/// Whether the source calls this line as it called the last one that is kept, which reads the same.
fn is_last(cursor: &LogCursor, line: &RpaLogLine) -> bool {
    let called = line.id.is_some() && !line.numbered && line.id.as_deref() == cursor.last_event_id();
    called && cursor.ends_with(std::slice::from_ref(line))
}

#[cfg(test)]
mod tests;
