//! A line as a robot wrote it, made into styled text: colours (ECMA-48 "SGR") become classes, everything else a terminal
//! would obey is left out with its content, and characters that hide or turn text round are shown by their names.
//!
//! What comes out is text and classes, never markup: whatever a line holds can only be read.

mod colour;
mod sgr;

pub(super) use sgr::Style;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) style: Style,
    pub(super) text: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Parsed {
    pub(super) spans: Vec<Span>,
    /// There was more than was asked for.
    pub(super) cut: bool,
}

const ESCAPE: char = '\u{1b}';
const BELL: char = '\u{07}';
const STRING_END: char = '\u{9c}';

/// The first `most` visible characters.
pub(super) fn parse(line: &str, most: usize) -> Parsed {
    let mut spans = Vec::new();
    let mut style = Style::default();
    let mut left = most;
    let mut rest = line;
    // Where no end of a string was found once there is none further on: searching again and again would take the square
    // of the line's length.
    let mut endless = false;
    while let Some((first, after)) = next(rest) {
        match escape(first, after, &mut endless) {
            Some((params, tail)) => {
                if let Some(params) = params {
                    style.obey(params);
                }
                rest = tail;
                continue;
            }
            None => rest = after,
        }
        // The rest of a line end that only Windows writes.
        if first == '\r' && after.is_empty() {
            break;
        }
        if left == 0 {
            return Parsed { spans, cut: true };
        }
        left -= 1;
        match named(first) {
            None => push(&mut spans, style, first),
            Some(name) => {
                let style = style.naming();
                name.chars().for_each(|c| push(&mut spans, style, c));
            }
        }
    }
    Parsed { spans, cut: false }
}

/// All of the line's text, without styles: for copying and searching.
pub(super) fn plain(line: &str) -> String {
    parse(line, usize::MAX)
        .spans
        .into_iter()
        .map(|span| span.text)
        .collect()
}

fn next(text: &str) -> Option<(char, &str)> {
    let mut chars = text.chars();
    Some((chars.next()?, chars.as_str()))
}

fn push(spans: &mut Vec<Span>, style: Style, c: char) {
    match spans.last_mut() {
        Some(span) if span.style == style => span.text.push(c),
        _ => spans.push(Span { style, text: c.into() }),
    }
}

/// The name of a character that cannot be seen, or that changes how others are seen.
fn named(c: char) -> Option<String> {
    match c {
        '\t' => None,
        // Unicode has a picture of each.
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)).map(String::from),
        '\u{7f}' => Some('\u{2421}'.into()),
        // C1 controls, line and paragraph separators, and what turns the direction of writing (CVE-2021-42574).
        '\u{80}'..='\u{9f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            Some(format!("U+{:04X}", u32::from(c)))
        }
        _ => None,
    }
}

/// Reads an escape sequence that begins with `first`: its parameters when it sets a style, and what follows it. `None`
/// when there is none, or when it does not end: its characters are then text, so that nothing after them is hidden.
fn escape<'a>(first: char, after: &'a str, endless: &mut bool) -> Option<(Option<&'a str>, &'a str)> {
    let (kind, body) = match first {
        ESCAPE => next(after)?,
        // One character that says the same as ESC and a letter.
        '\u{90}' | '\u{98}' | '\u{9b}' | '\u{9d}'..='\u{9f}' => (char::from_u32(u32::from(first) - 0x40)?, after),
        _ => return None,
    };
    match kind {
        '[' => Some(control_sequence(body)),
        // DCS, SOS, OSC (titles, links), PM, APC: strings with an end of their own.
        'P' | 'X' | ']' | '^' | '_' if *endless => None,
        'P' | 'X' | ']' | '^' | '_' => {
            let tail = after_string(body);
            *endless = tail.is_none();
            Some((None, tail?))
        }
        // Character sets and the like: intermediate characters, then a final one.
        ' '..='/' => {
            let (end, tail) = next(body.trim_start_matches(|c| matches!(c, ' '..='/')))?;
            matches!(end, '0'..='~').then_some((None, tail))
        }
        '0'..='~' => Some((None, body)),
        _ => None,
    }
}

/// After `ESC [`. A sequence broken by a character that cannot be in it ends before that character.
fn control_sequence(body: &str) -> (Option<&str>, &str) {
    let (params, tail) = split_while(body, |c| matches!(c, '0'..='?'));
    let (middle, tail) = split_while(tail, |c| matches!(c, ' '..='/'));
    match next(tail) {
        Some(('m', tail)) if middle.is_empty() => (Some(params), tail),
        Some(('@'..='~', tail)) => (None, tail),
        _ => (None, tail),
    }
}

fn split_while(text: &str, fits: impl Fn(char) -> bool) -> (&str, &str) {
    let end = text.find(|c| !fits(c)).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

/// What follows the end of a string: ST, the bell (as xterm has it), or another escape sequence, which breaks it off.
fn after_string(body: &str) -> Option<&str> {
    let end = body.find([ESCAPE, BELL, STRING_END, '\u{18}', '\u{1a}'])?;
    let (_, tail) = body.split_at_checked(end)?;
    let (mark, after) = next(tail)?;
    if mark == ESCAPE {
        return Some(after.strip_prefix('\\').unwrap_or(tail));
    }
    Some(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(line: &str) -> Vec<(String, String)> {
        let spans = parse(line, 2_000).spans;
        spans
            .into_iter()
            .map(|span| (span.style.classes(), span.text))
            .collect()
    }

    fn part(classes: &str, text: &str) -> (String, String) {
        (classes.to_owned(), text.to_owned())
    }

    #[test]
    fn colours_become_classes() {
        assert_eq!(
            parts("a \u{1b}[31mred\u{1b}[0m b \u{1b}[1;92mok\u{1b}[m"),
            [
                part("", "a "),
                part("ansi-1", "red"),
                part("", " b "),
                part("ansi-bold ansi-10", "ok")
            ]
        );
        assert_eq!(
            parts("\u{9b}32mgreen"),
            [part("ansi-2", "green")],
            "the one-character form"
        );
    }

    #[test]
    fn everything_else_a_terminal_obeys_is_left_out() {
        for (line, text) in [
            ("\u{1b}[2J\u{1b}[1;1Hclean", "clean"),
            ("\u{1b}]0;title\u{7}text", "text"),
            ("\u{1b}]0;title\u{1b}\\text", "text"),
            ("\u{1b}]8;;https://example.com\u{1b}\\link\u{1b}]8;;\u{1b}\\!", "link!"),
            ("\u{1b}Pq#0;2;0;0;0\u{1b}\\sixel", "sixel"),
            ("\u{9d}2;title\u{9c}text", "text"),
            ("\u{1b}(Bascii \u{1b}7kept\u{1b}8", "ascii kept"),
            ("\u{1b}[>4;2mxterm's own, not a style", "xterm's own, not a style"),
            ("\u{1b}[?25lhidden cursor\u{1b}[?25h", "hidden cursor"),
            ("\u{1b}[1 mwith a space it is no style", "with a space it is no style"),
        ] {
            assert_eq!(parts(line), [part("", text)], "{line:?}");
        }
    }

    #[test]
    fn what_does_not_end_hides_nothing() {
        assert_eq!(plain("\u{1b}]0;everything after"), "\u{241b}]0;everything after");
        assert_eq!(plain("text\u{1b}"), "text\u{241b}");
        assert_eq!(plain("text\u{1b}[31"), "text");
        assert_eq!(plain("\u{1b}[31\u{1b}[32mboth"), "both");
        assert_eq!(parts("\u{1b}[3\u{e9}1m"), [part("", "\u{e9}1m")], "broken by a letter");
        assert_eq!(plain("\u{1b}]0;a\u{1b}[31mb"), "b", "broken off by the next sequence");
    }

    #[test]
    fn markup_stays_text() {
        let line = "<img src=x onerror=alert(1)><script>alert(2)</script>&amp;";
        assert_eq!(parts(line), [part("", line)]);
    }

    #[test]
    fn what_cannot_be_seen_is_named() {
        assert_eq!(plain("a\u{0}b\u{8}c\u{7f}d"), "a\u{2400}b\u{2408}c\u{2421}d");
        assert_eq!(plain("tab\there"), "tab\there");
        assert_eq!(plain("10%\r20%\r"), "10%\u{240d}20%", "only the last one is a line end");
        assert_eq!(
            parts("a\u{202e}b"),
            [part("", "a"), part("ansi-named", "U+202E"), part("", "b")]
        );
        assert_eq!(plain("\u{2066}x\u{2069}\u{2028}\u{85}"), "U+2066xU+2069U+2028U+0085");
        let bidi = ('\u{202a}'..='\u{202e}').chain('\u{2066}'..='\u{2069}');
        for c in bidi {
            assert!(!plain(&format!("a{c}b")).contains(c), "{c:?}");
        }
    }

    #[test]
    fn letters_of_every_kind_stay_whole() {
        for line in ["São João", "👩‍👩‍👧‍👦 família", "e\u{301} á", "日本語", "العربية", "z̷̢̛a̶l̸g̷o"]
        {
            assert_eq!(parts(line), [part("", line)]);
        }
    }

    #[test]
    fn a_long_line_is_cut_by_what_can_be_seen() {
        let cut = parse(&"é".repeat(1_000_000), 2_000);
        assert!(cut.cut);
        assert_eq!(
            cut.spans.iter().map(|span| span.text.chars().count()).sum::<usize>(),
            2_000
        );
        let whole = parse(&format!("\u{1b}[31m{}\u{1b}[0m", "x".repeat(2_000)), 2_000);
        assert!(!whole.cut, "sequences do not count");
    }

    #[test]
    fn hostile_lines_take_no_longer_than_long_ones() {
        for unit in [
            "\u{9d}",
            "\u{1b}]",
            "\u{1b}[",
            "\u{1b}P;",
            "\u{1b}[31m",
            "\u{1b}(",
            "\u{90}\u{7}",
            "\u{1b}[;;;;;;m",
        ] {
            let parsed = parse(&unit.repeat(250_000), 2_000);
            assert!(parsed.spans.len() <= 2_000, "{unit:?}");
        }
    }
}
