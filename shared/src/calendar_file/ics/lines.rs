//! Lines that were folded, and what stands in one.

/// A whole line and where it begins.
pub(super) struct Line {
    /// From 1.
    pub(super) number: usize,
    pub(super) text: String,
}

/// Unfolds: a line that begins with a space or a tab goes on from the one before. Empty lines are left out.
pub(super) struct Lines<'a> {
    rest: &'a str,
    /// Of what is left.
    number: usize,
}

impl<'a> Lines<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        Self { rest: text, number: 1 }
    }

    /// The next line as it stands in the file.
    fn physical(&mut self) -> Option<&'a str> {
        if self.rest.is_empty() {
            return None;
        }
        self.number += 1;
        let Some((line, rest)) = self.rest.split_once(['\n', '\r']) else {
            return Some(std::mem::take(&mut self.rest));
        };
        let ended_by_return = self.rest.as_bytes().get(line.len()) == Some(&b'\r');
        self.rest = match rest.strip_prefix('\n') {
            Some(rest) if ended_by_return => rest,
            _ => rest,
        };
        Some(line)
    }
}

impl Iterator for Lines<'_> {
    type Item = Line;

    fn next(&mut self) -> Option<Line> {
        loop {
            let number = self.number;
            let mut text = self.physical()?.to_owned();
            while self.rest.starts_with([' ', '\t']) {
                let more = self.physical().unwrap_or_default();
                text.push_str(more.get(1..).unwrap_or_default());
            }
            if !text.trim().is_empty() {
                return Some(Line { number, text });
            }
        }
    }
}

/// `NAME;PARAMETER=value;OTHER="a:b":value`
pub(super) struct Property<'a> {
    /// In capitals.
    pub(super) name: String,
    pub(super) value: &'a str,
}

impl<'a> Property<'a> {
    /// `None` when it is no property. What parameters say is in the form of the value too, so they are passed over.
    pub(super) fn read(line: &'a str) -> Option<Self> {
        let mut quoted = false;
        let colon = line.find(|c: char| {
            quoted ^= c == '"';
            c == ':' && !quoted
        });
        // A quotation mark without its other half.
        let colon = colon.or_else(|| line.find(':'))?;
        let (head, value) = line.split_at_checked(colon)?;
        let name = head.split(';').next().unwrap_or_default().trim();
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
        if name.is_empty() || !name.chars().all(fits) {
            return None;
        }
        Some(Self {
            name: name.to_ascii_uppercase(),
            value: value.get(1..).unwrap_or_default(),
        })
    }
}

/// A text without its escapes; line breaks become spaces.
pub(super) fn unescaped(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('n' | 'N') => text.push(' '),
                Some(other) => text.push(other),
                None => {}
            },
            c => text.push(c),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_unfolded_whatever_ends_them() {
        let text = "A:1\r\n 2\r\n\t3\n\nB:1\r 2\rC:1";
        let lines: Vec<(usize, String)> = Lines::of(text).map(|line| (line.number, line.text)).collect();
        let expected = [(1, "A:123"), (5, "B:12"), (7, "C:1")];
        assert_eq!(lines, expected.map(|(number, text)| (number, text.to_owned())).to_vec());
    }

    #[test]
    fn a_colon_in_quotation_marks_ends_no_name() {
        for (line, name, value) in [
            ("SUMMARY:a:b", "SUMMARY", "a:b"),
            ("dtstart;value=date:20260101", "DTSTART", "20260101"),
            (
                "DTSTART;TZID=\"(UTC-03:00) Brasília; x\":20260101T000000",
                "DTSTART",
                "20260101T000000",
            ),
            ("SUMMARY;X=\"a:b", "SUMMARY", "b"),
            ("SUMMARY:", "SUMMARY", ""),
        ] {
            let property = Property::read(line);
            let read = property
                .as_ref()
                .map(|property| (property.name.as_str(), property.value));
            assert_eq!(read, Some((name, value)), "{line}");
        }
        for line in ["just words", ":x", "two words:x", "Ünï:x"] {
            assert!(Property::read(line).is_none(), "{line}");
        }
    }

    #[test]
    fn escapes_are_taken_away() {
        assert_eq!(unescaped("a\\, b\\; c\\\\d\\ne\\Nf\\"), "a, b; c\\d e f");
    }
}
