#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

use super::*;
use crate::integrations::rpa::log_line::MESSAGE_MAX_BYTES;

/// How a body is written, and its lines; some are as many as are wanted.
fn read_some(body: &[u8], may_be_text: bool, wanted: usize) -> Option<(Written, Vec<RpaLogLine>)> {
    let (written, lines) = count(body, may_be_text).ok()??;
    let mut read = Vec::new();
    super::read(body, written, &mut |line| {
        read.push(line);
        read.len() < wanted
    });
    assert_eq!(read.len(), lines.min(wanted));
    Some((written, read))
}

fn messages(body: &[u8], may_be_text: bool) -> Option<(Written, Vec<String>)> {
    let (written, lines) = read_some(body, may_be_text, usize::MAX)?;
    Some((written, lines.into_iter().map(|line| line.message).collect()))
}

#[test]
fn what_was_counted_is_read_in_the_same_form() {
    let forms: [(&[u8], bool, Written, &[&str]); 9] = [
        (b"[\"a\",{\"msg\":\"b\"},7]", false, Written::Json, &["a", "b", "7"]),
        (
            b"\xEF\xBB\xBF{\"x\":1e9,\"logs\":\"a\\nb\"}",
            false,
            Written::Json,
            &["a", "b"],
        ),
        (
            b"[\"a\xffb\",\"\xc3\"]",
            false,
            Written::Json,
            &["a\u{fffd}b", "\u{fffd}"],
        ),
        (b"null", false, Written::Json, &[]),
        (
            b"{\"msg\":\"a\"}\r\n\n \"b\" \n",
            false,
            Written::JsonLines,
            &["a", "b"],
        ),
        (
            b"{\"msg\":\"a\xff\"}\n7\n",
            true,
            Written::JsonLines,
            &["a\u{fffd}", "7"],
        ),
        (b"[a\r\n\nb\xff", true, Written::Text, &["[a", "", "b\u{fffd}"]),
        (b"{\"a\":1}", true, Written::Text, &["{\"a\":1}"]),
        (b"", true, Written::Text, &[]),
    ];
    for (body, may_be_text, written, lines) in forms {
        let lines = lines.iter().map(|line| (*line).to_owned()).collect();
        let shown = String::from_utf8_lossy(body);
        assert_eq!(messages(body, may_be_text), Some((written, lines)), "{shown}");
    }
    for body in [
        b"[a".as_slice(),
        b"{\"a\":1}",
        b"",
        b"[\"a\"] [\"b\"] x",
        b"{\"msg\":1}\nx",
    ] {
        assert!(count(body, false).is_err(), "{}", String::from_utf8_lossy(body));
    }
}

#[test]
fn reading_ends_when_no_more_is_wanted() {
    for body in [
        b"[1,2,3,4]".as_slice(),
        b"\"1\\n2\\n3\\n4\"",
        b"1\n2\n3\n4",
        b"x\n2\n3\n4",
    ] {
        let (_, lines) = read_some(body, true, 2).unwrap();
        assert_eq!(lines.len(), 2, "{}", String::from_utf8_lossy(body));
    }
}

#[test]
fn a_long_message_is_cut_the_same_in_every_form() {
    let long = "é".repeat(MESSAGE_MAX_BYTES);
    let list = format!("[\"{long}\"]");
    let object = format!("[{{\"msg\":\"{long}\"}}]");
    let text = format!("\"{long}\\n\"");
    let (_, expected) = messages(list.as_bytes(), false).unwrap();
    assert!(expected.iter().all(|line| line.len() < MESSAGE_MAX_BYTES + 64));
    for (body, may_be_text) in [(&object, false), (&text, false), (&long, true)] {
        assert_eq!(messages(body.as_bytes(), may_be_text).unwrap().1, expected);
    }
    let none: Vec<u8> = vec![b'\xff'; 2 * MESSAGE_MAX_BYTES];
    let (_, lines) = messages(&none, true).unwrap();
    assert!(
        lines
            .iter()
            .all(|line| line.starts_with('\u{fffd}') && line.len() < MESSAGE_MAX_BYTES + 64)
    );
}

#[test]
fn more_lines_than_are_read_are_not_read_at_all() {
    let text = "\n".repeat(MOST_LINES);
    assert_eq!(count(text.as_bytes(), true).unwrap(), Some((Written::Text, MOST_LINES)));
    assert_eq!(count(format!("{text}\n").as_bytes(), true).unwrap(), None);
}
