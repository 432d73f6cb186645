#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

use super::*;
use crate::integrations::rpa::log_line::Draft;

fn event(name: &str, id: Option<&str>, data: &str) -> Event {
    Event {
        name: name.to_owned(),
        id: id.map(str::to_owned),
        data: data.to_owned(),
    }
}

fn parse(text: &[u8]) -> Vec<Event> {
    Parser::default().push(text)
}

/// Everything that a stream may hold, with `|` for the end of a line.
const TEXT: &str = "\u{feff}: comment|id: 1|data: primeira|data:  linha ç €|data:|retry: 5|unknown: x||:||id|event: log|\
    data|||data:a:b|event:|id:\u{0}7||event: end||id: 9|data: cut off";

fn expected() -> Vec<Event> {
    vec![
        event("", Some("1"), "primeira\n linha ç €\n"),
        event("log", Some(""), ""),
        event("", None, "a:b"),
        event("end", None, ""),
    ]
}

#[test]
fn every_line_end_and_every_split_gives_the_same_events() {
    for end in ["\n", "\r\n", "\r"] {
        let text = TEXT.replace('|', end).into_bytes();
        assert_eq!(parse(&text), expected(), "{end:?}");
        for middle in 0..=text.len() {
            let (a, b) = text.split_at(middle);
            let mut parser = Parser::default();
            let mut events = parser.push(a);
            events.extend(parser.push(b));
            assert_eq!(events, expected(), "{end:?} {middle}");
        }
        let mut parser = Parser::default();
        let single: Vec<_> = text.iter().flat_map(|byte| parser.push(&[*byte])).collect();
        assert_eq!(single, expected(), "{end:?}");
    }
}

#[test]
fn the_examples_of_the_standard_mean_what_it_says() {
    assert_eq!(
        parse(b"data: YHOO\ndata: +2\ndata: 10\n\n"),
        [event("", None, "YHOO\n+2\n10")]
    );
    let stream = b": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event";
    let expected = [event("", Some("1"), "first event"), event("", Some(""), "second event")];
    assert_eq!(parse(stream), expected);
    assert_eq!(
        parse(b"data\n\ndata\ndata\n\ndata:"),
        [event("", None, ""), event("", None, "\n")]
    );
    let same = event("", None, "test");
    assert_eq!(parse(b"data:test\n\ndata: test\n\n"), [same.clone(), same]);
}

#[test]
fn a_mark_is_dropped_only_at_the_very_beginning() {
    assert_eq!(parse("\u{feff}data: a\n\n".as_bytes()), [event("", None, "a")]);
    assert!(parse("\u{feff}\u{feff}data: a\n\n".as_bytes()).is_empty());
    assert_eq!(
        parse("data: a\n\n\u{feff}data: b\n\n".as_bytes()),
        [event("", None, "a")]
    );
}

#[test]
fn bytes_that_are_no_text_are_replaced() {
    let events = parse(b"event: \xff\ndata: a\xe2\x82\ndata: \xffb\n\n");
    assert_eq!(events, [event("\u{fffd}", None, "a\u{fffd}\n\u{fffd}b")]);
}

fn event_of(id: &str) -> Event {
    event("", Some(id), "a")
}

fn message(events: Vec<Event>) -> String {
    let [event] = <[Event; 1]>::try_from(events).unwrap();
    Draft::data(event.data).message
}

#[test]
fn a_megabyte_is_kept_and_what_is_more_is_cut() {
    for (bytes, kept, note) in [
        (MESSAGE_MAX_BYTES, MESSAGE_MAX_BYTES, ""),
        (MESSAGE_MAX_BYTES + 1, MESSAGE_MAX_BYTES, " [… cortado]"),
        (3 * MESSAGE_MAX_BYTES, MESSAGE_MAX_BYTES, " [… cortado]"),
    ] {
        let text = format!("data: {}\n\n", "x".repeat(bytes));
        let message = message(parse(text.as_bytes()));
        assert!(
            message == format!("{}{note}", "x".repeat(kept)),
            "{bytes}: {} bytes",
            message.len()
        );
    }
    // The bound lies within a character, which goes with what is cut.
    let text = format!("data: x{}\n\n", "é".repeat(MESSAGE_MAX_BYTES));
    let message = message(parse(text.as_bytes()));
    assert!(
        message == format!("x{} [… cortado]", "é".repeat(MESSAGE_MAX_BYTES / 2 - 1)),
        "{} bytes",
        message.len()
    );
}

#[test]
fn memory_is_bounded_whatever_arrives() {
    let piece = [b'x'; 64 * 1024];
    let mut parser = Parser::default();
    assert!(parser.push(b"data: ").is_empty());
    for _ in 0..64 {
        assert!(parser.push(&piece).is_empty());
        assert!(parser.line.len() <= LINE_MAX_BYTES);
    }
    let events = parser.push(b"\n\n");
    assert_eq!(events.first().unwrap().data.len(), DATA_MAX_BYTES);

    let line = [b"data: ".as_slice(), &piece, b"\n"].concat();
    let mut parser = Parser::default();
    for _ in 0..64 {
        assert!(parser.push(&line).is_empty());
        assert!(parser.data.as_ref().unwrap().len() <= DATA_MAX_BYTES);
    }
    assert!(message(parser.push(b"\n")).ends_with(" [… cortado]"));

    let long = [b"id: ".as_slice(), &piece, b"\nevent: ", &piece, b"\ndata: a\n\n"].concat();
    let events = parse(&long);
    let event = events.first().unwrap();
    assert_eq!((&event.id, event.name.len()), (&None, 100));
    // It must go back as it came: whole or not at all.
    let exact = "x".repeat(ID_MAX_BYTES);
    let events = parse(format!("id: {exact}\ndata: a\n\n").as_bytes());
    assert_eq!(events, [event_of(&exact)]);
}
