//! What a search found in a line, as pieces of its text.

use std::ops::Range;

use super::ansi::Span;

/// Marks in one line; a search for a single letter would make thousands.
const MOST: usize = 200;

/// A run of text that looks the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) classes: String,
    pub(super) text: String,
    /// The search found it.
    pub(super) found: bool,
}

/// What is looked for, in small letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Needle(String);

impl Needle {
    /// `None` when there is nothing to look for.
    pub(super) fn new(text: &str) -> Option<Self> {
        (!text.trim().is_empty()).then(|| Self(small(text)))
    }

    pub(super) fn is_in(&self, text: &str) -> bool {
        small(text).contains(&self.0)
    }

    /// Where it stands in the text, in any case.
    fn places(&self, text: &str) -> Vec<Range<usize>> {
        // A letter may have another length in small, so each byte of the small text knows the letter it came from.
        let mut small = String::with_capacity(text.len());
        let mut letters: Vec<Range<usize>> = Vec::with_capacity(text.len());
        for (start, letter) in text.char_indices() {
            let before = small.len();
            small.extend(letter.to_lowercase());
            let bytes = small.len() - before;
            letters.extend(std::iter::repeat_n(start..start + letter.len_utf8(), bytes));
        }
        small
            .match_indices(&self.0)
            .take(MOST)
            .filter_map(|(at, found)| Some(letters.get(at)?.start..letters.get(at + found.len() - 1)?.end))
            .collect()
    }
}

/// Letter by letter, as `places` does it: by words the Greek sigma would depend on its place.
fn small(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

/// The line in pieces, those marked that the search found: also across changes of colour.
pub(super) fn pieces(spans: &[Span], needle: Option<&Needle>) -> Vec<Piece> {
    let places = needle.map_or_else(Vec::new, |needle| {
        let text: String = spans.iter().map(|span| span.text.as_str()).collect();
        needle.places(&text)
    });
    let mut pieces = Vec::new();
    let mut begun = 0;
    for span in spans {
        let end = begun + span.text.len();
        let mut at = begun;
        let inside = places.iter().filter(|place| place.start < end && place.end > begun);
        for place in inside {
            let (from, to) = (place.start.max(at), place.end.min(end));
            push(&mut pieces, span, at - begun..from - begun, false);
            push(&mut pieces, span, from - begun..to - begun, true);
            at = at.max(to);
        }
        push(&mut pieces, span, at - begun..end - begun, false);
        begun = end;
    }
    pieces
}

fn push(pieces: &mut Vec<Piece>, span: &Span, range: Range<usize>, found: bool) {
    if let Some(text) = span.text.get(range).filter(|text| !text.is_empty()) {
        pieces.push(Piece {
            classes: span.style.classes(),
            text: text.to_owned(),
            found,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::{super::ansi, *};

    /// Found text in brackets, classes before a colon.
    fn shown(line: &str, search: &str) -> String {
        let spans = ansi::parse(line, 2_000).spans;
        let pieces = pieces(&spans, Needle::new(search).as_ref());
        let words = pieces.into_iter().map(|piece| {
            let text = if piece.found {
                format!("[{}]", piece.text)
            } else {
                piece.text
            };
            if piece.classes.is_empty() {
                text
            } else {
                format!("({}: {text})", piece.classes)
            }
        });
        words.collect()
    }

    #[test]
    fn nothing_to_look_for_marks_nothing() {
        assert_eq!(shown("fatura 12", ""), "fatura 12");
        assert_eq!(Needle::new("  "), None);
    }

    #[test]
    fn every_place_is_marked_in_any_case() {
        assert_eq!(shown("Fatura 1, FATURA 2", "fatura"), "[Fatura] 1, [FATURA] 2");
        assert_eq!(shown("aaaa", "aa"), "[aa][aa]");
        assert_eq!(shown("AÇÃO de ação", "AÇÃO"), "[AÇÃO] de [ação]");
    }

    #[test]
    fn letters_that_change_their_length_do_not_shift_the_marks() {
        assert_eq!(shown("İİ fim", "fim"), "İİ [fim]");
        assert_eq!(shown("ẞ e Ⱥ fim", "ⱥ"), "ẞ e [Ⱥ] fim");
        assert_eq!(
            shown("İ", "i"),
            "[İ]",
            "a part of what a letter becomes marks all of it"
        );
    }

    #[test]
    fn a_mark_goes_across_a_change_of_colour() {
        assert_eq!(shown("a\u{1b}[31mbc\u{1b}[0md", "abcd"), "[a](ansi-1: [bc])[d]");
        assert_eq!(shown("xa\u{1b}[31mbc\u{1b}[0mdx", "bcd"), "xa(ansi-1: [bc])[d]x");
    }

    #[test]
    fn a_line_full_of_matches_stays_bounded() {
        let spans = ansi::parse(&"a".repeat(2_000), 2_000).spans;
        assert!(pieces(&spans, Needle::new("a").as_ref()).len() <= MOST + 1);
    }
}
