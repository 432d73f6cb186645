#![allow(clippy::indexing_slicing, reason = "a test may fail by panicking")]

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use esteira_shared::status::LogLevel;

use super::*;

fn marks(message: &str) -> Vec<u64> {
    let mark = |line: &str| {
        let mut hasher = DefaultHasher::new();
        line.hash(&mut hasher);
        hasher.finish()
    };
    message.split('\n').map(mark).collect()
}

/// How a source calls its lines.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Called {
    /// By their place, from this number on.
    From(u64),
    /// By their place in the answer.
    Anew,
    /// Not at all.
    Nothing,
    /// By a word of its own.
    Word,
}

/// An answer with the lines from one place to another, both from 1.
fn answer(called: Called, messages: &[String], from: usize, to: usize) -> Vec<RpaLogLine> {
    let shown = messages.get(from - 1..to).unwrap_or_default();
    let lines = shown.iter().zip(from as u64..).zip(1..);
    let line = |((message, place), shown): ((&String, u64), u64)| {
        let (number, numbered) = match called {
            Called::From(first) => (place - 1 + first, true),
            Called::Anew => (shown, true),
            Called::Nothing | Called::Word => (shown, false),
        };
        let id = match called {
            Called::Nothing => None,
            Called::Word => Some(format!("w-{place}")),
            Called::From(_) | Called::Anew => Some(number.to_string()),
        };
        RpaLogLine {
            number,
            numbered,
            id,
            at: None,
            level: LogLevel::Info,
            message: message.clone(),
            unfinished: false,
        }
    };
    lines.map(line).collect()
}

/// A log that is read answer by answer.
struct Log {
    cursor: LogCursor,
    kept: Vec<String>,
    notes: Vec<Reason>,
}

impl Log {
    fn new() -> Self {
        Self {
            cursor: LogCursor::new(marks),
            kept: Vec::new(),
            notes: Vec::new(),
        }
    }

    fn hear(&mut self, told: Vec<Told>) {
        let mut place = 0;
        for told in told {
            match told {
                Told::Line { place: next, line } => {
                    assert!(next > place, "places grow");
                    place = next;
                    self.kept.push(line.message);
                }
                Told::Note(reason) => self.notes.push(reason),
            }
        }
    }

    fn list(&mut self, lines: Vec<RpaLogLine>) {
        let mut joining = Joining::listed(&self.cursor);
        self.read(&mut joining, lines);
    }

    fn stream(&mut self, lines: Vec<RpaLogLine>) {
        let mut joining = Joining::streamed(&self.cursor);
        self.read(&mut joining, lines);
    }

    fn read(&mut self, joining: &mut Joining, lines: Vec<RpaLogLine>) {
        let mut told = Vec::new();
        loop {
            for line in &lines {
                joining.push(&mut self.cursor, line.clone(), &mut told);
            }
            joining.settle(&mut self.cursor, &mut told);
            if !joining.asks_again() {
                break;
            }
        }
        self.hear(told);
    }

    /// As another worker takes it up: with what is kept, and nothing else.
    fn restart(&mut self) {
        let id = self.cursor.last_event_id().map(str::to_owned);
        let place = self.cursor.place();
        let (first, last) = LogCursor::REMEMBERED;
        let lines: Vec<String> = self
            .kept
            .iter()
            .flat_map(|message| message.split('\n'))
            .map(str::to_owned)
            .collect();
        let first = lines.get(..first.min(lines.len())).unwrap_or_default();
        let last = lines.get(lines.len().saturating_sub(last)..).unwrap_or_default();
        self.cursor = LogCursor::after(marks, place, id);
        self.cursor.remember(first, last, lines.len() as u64);
    }
}

fn numbered(count: usize) -> Vec<String> {
    (1..=count).map(|number| format!("linha {number}")).collect()
}

/// Few different lines, many of them the same, some of several lines.
fn monotonous(count: usize) -> Vec<String> {
    let words = [".", ".", "", "aguardando", "um\ndois", ".", "aguardando"];
    (0..count)
        .map(|at| words[(at * at + at / 3) % words.len()].to_owned())
        .collect()
}

/// Each kind of answer, read a few lines later each time, as a list and as a stream, with and without other workers.
fn read_all(messages: &[String], called: Called, window: Option<usize>, listed: bool, restarts: bool) -> Log {
    let mut log = Log::new();
    let mut to = 0;
    for step in [3, 1, 5, 0, 2, 7, 4].into_iter().cycle() {
        to = (to + step).min(messages.len());
        let from = window.map_or(1, |window| to.saturating_sub(window) + 1);
        let lines = answer(called, messages, from, to);
        match listed {
            true => log.list(lines),
            false => log.stream(lines),
        }
        if restarts {
            log.restart();
        }
        if to == messages.len() && step == 0 {
            break;
        }
    }
    log
}

#[test]
fn every_line_comes_once_however_a_source_answers() {
    let unique = numbered(200);
    for called in [
        Called::From(1),
        Called::From(0),
        Called::From(5_000_000),
        Called::Anew,
        Called::Nothing,
        Called::Word,
    ] {
        for window in [None, Some(8), Some(10), Some(64), Some(150)] {
            for (listed, restarts) in [(true, false), (true, true), (false, false), (false, true)] {
                let log = read_all(&unique, called, window, listed, restarts);
                let case = format!("{called:?} {window:?} {listed} {restarts}");
                assert_eq!(log.kept, unique, "{case}");
                assert_eq!(log.notes, [], "{case}");
            }
        }
    }
}

#[test]
fn lines_that_are_the_same_are_counted_when_the_source_counts() {
    let same = monotonous(300);
    for called in [Called::From(1), Called::From(0), Called::Nothing, Called::Word] {
        for (listed, restarts) in [(true, false), (true, true), (false, false), (false, true)] {
            let log = read_all(&same, called, None, listed, restarts);
            assert_eq!(log.kept, same, "{called:?} {listed} {restarts}");
            assert_eq!(log.notes, [], "{called:?} {listed} {restarts}");
        }
    }
}

#[test]
fn a_source_that_goes_on_is_not_waited_for() {
    let messages = numbered(10);
    let mut log = Log::new();
    log.stream(answer(Called::From(1), &messages, 1, 4));
    let mut joining = Joining::streamed(&log.cursor);
    let mut told = Vec::new();
    for line in answer(Called::From(1), &messages, 5, 6) {
        joining.push(&mut log.cursor, line, &mut told);
        assert!(!joining.waits());
    }
    log.hear(told);
    assert_eq!(log.kept, numbered(6));
}

#[test]
fn a_source_that_stops_in_the_middle_of_what_is_known_is_waited_for() {
    let messages = numbered(500);
    let mut log = Log::new();
    log.stream(answer(Called::From(1), &messages, 1, 400));
    for called in [Called::From(1), Called::Nothing] {
        let mut joining = Joining::streamed(&log.cursor);
        let mut told = Vec::new();
        for line in answer(called, &messages, 1, 390) {
            joining.push(&mut log.cursor, line, &mut told);
        }
        joining.settle(&mut log.cursor, &mut told);
        assert!(joining.waits() && told.is_empty(), "{called:?}");
    }
    log.stream(answer(Called::From(1), &messages, 1, 500));
    assert_eq!(log.kept, messages);
    assert_eq!(log.notes, []);
}

#[test]
fn a_long_log_that_begins_anew_is_not_held_in_memory() {
    let messages = numbered(60_000);
    let mut log = Log::new();
    log.stream(answer(Called::From(1), &messages, 1, 59_990));
    log.restart();
    log.stream(answer(Called::From(1), &messages, 1, 60_000));
    assert!(log.kept == messages, "{} lines", log.kept.len());
    assert_eq!(log.notes, []);
}

#[test]
fn a_list_is_asked_for_again_only_when_its_numbers_do_not_say_what_is_new() {
    let messages = numbered(3_000);
    let passes = |called, from, to| {
        let mut log = Log::new();
        log.list(answer(called, &messages, 1, 2_500));
        let mut joining = Joining::listed(&log.cursor);
        let mut told = Vec::new();
        let mut passes = 0;
        loop {
            passes += 1;
            for line in answer(called, &messages, from, to) {
                joining.push(&mut log.cursor, line, &mut told);
            }
            joining.settle(&mut log.cursor, &mut told);
            if !joining.asks_again() {
                break;
            }
        }
        log.hear(told);
        assert_eq!(log.kept, numbered(to), "{called:?} {from} {to}");
        assert_eq!(log.notes, [], "{called:?} {from} {to}");
        passes
    };
    assert_eq!(passes(Called::From(1), 1, 2_500), 1, "all of it is known");
    assert_eq!(passes(Called::From(1), 1, 3_000), 1);
    assert_eq!(passes(Called::Nothing, 1, 3_000), 1);
    assert_eq!(passes(Called::Word, 1, 3_000), 1, "the last known word is found");
    assert_eq!(passes(Called::Nothing, 2_000, 2_800), 2);
    assert_eq!(passes(Called::Anew, 2_000, 3_000), 2);
}

#[test]
fn gaps_are_told_where_they_are() {
    let messages = numbered(100);
    let mut log = Log::new();
    log.stream(answer(Called::From(1), &messages, 3, 10));
    log.stream(answer(Called::From(1), &messages, 13, 20));
    log.restart();
    log.stream(answer(Called::From(1), &messages, 31, 32));
    let missing = |from, to| Reason::LogLinesMissing { from, to };
    assert_eq!(log.notes, [missing(1, 2), missing(11, 12), missing(21, 30)]);
    // Without numbers nobody knows how many.
    let mut log = Log::new();
    log.list(answer(Called::Nothing, &messages, 1, 5));
    log.list(answer(Called::Nothing, &messages, 11, 15));
    assert_eq!(log.notes, [Reason::LogDoesNotJoin {}]);
    assert_eq!(log.kept.len(), 10);
    // Numbers that are times, or bytes, say nothing of what is missing.
    let mut log = Log::new();
    let mut lines = answer(Called::From(1), &messages, 1, 4);
    for (line, number) in lines.iter_mut().zip([17, 29, 29, 160]) {
        line.number = number;
    }
    log.stream(lines);
    assert_eq!((log.kept.len(), log.notes.len()), (4, 0));
}

#[test]
fn a_log_that_really_begins_anew_is_kept_too() {
    let mut log = Log::new();
    log.list(answer(Called::From(1), &numbered(8), 1, 8));
    let other: Vec<String> = (1..=5).map(|number| format!("outra {number}")).collect();
    log.list(answer(Called::From(1), &other, 1, 5));
    assert_eq!(log.kept, [numbered(8), other].concat());
    assert_eq!(log.notes, [Reason::LogDoesNotJoin {}]);
}

#[test]
fn no_number_keeps_later_lines_out() {
    let mut log = Log::new();
    let mut lines = answer(Called::From(1), &numbered(3), 1, 3);
    for (line, number) in lines.iter_mut().zip([i64::MAX as u64, 4, u64::MAX]) {
        line.number = number;
    }
    log.stream(lines);
    assert_eq!(log.kept, numbered(3));
    assert_eq!(log.cursor.place(), 5);
}
