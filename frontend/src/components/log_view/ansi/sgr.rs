//! "Select graphic rendition": what `ESC [ … m` asks for.

use super::colour::{nearest, of_256};

/// Numbers of one sequence that are read; no program writes more.
const MOST: usize = 32;

/// How a piece of a line looks. Colours are numbers of the sixteen that the style defines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::components::log_view) struct Style {
    ink: Option<u8>,
    ground: Option<u8>,
    bold: bool,
    dim: bool,
    italic: bool,
    underline: bool,
    strike: bool,
    reverse: bool,
    /// The name of a character stands here in its place.
    named: bool,
}

impl Style {
    /// The same for the name of a character.
    pub(super) fn naming(self) -> Self {
        Self { named: true, ..self }
    }

    /// Applies the parameters of one sequence. What is not known changes nothing.
    pub(super) fn obey(&mut self, params: &str) {
        // Private sequences also end in `m`.
        if params.contains(['<', '=', '>', '?']) {
            return;
        }
        let mut parts = params.split(';').take(MOST);
        while let Some(part) = parts.next() {
            let mut numbers = part.split(':').map(number);
            let code = numbers.next().flatten();
            match code {
                // 58 is the colour of the underline, read over.
                Some(38 | 48 | 58) => {
                    let colour = if part.contains(':') {
                        colour_within(part)
                    } else {
                        colour_after(&mut parts)
                    };
                    // A colour that cannot be read leaves what was.
                    if colour.is_some() && code != Some(58) {
                        self.set_colour(code == Some(38), colour);
                    }
                }
                // `4:0` is no underline, `4:3` a curly one.
                Some(4) => self.underline = numbers.next().flatten() != Some(0),
                Some(code) => self.set(code),
                None => {}
            }
        }
    }

    fn set(&mut self, code: u32) {
        match code {
            0 => *self = Self::default(),
            1 => self.bold = true,
            2 => self.dim = true,
            3 => self.italic = true,
            7 => self.reverse = true,
            9 => self.strike = true,
            21 => self.underline = true,
            22 => (self.bold, self.dim) = (false, false),
            23 => self.italic = false,
            24 => self.underline = false,
            27 => self.reverse = false,
            29 => self.strike = false,
            39 => self.ink = None,
            49 => self.ground = None,
            30..=37 => self.set_colour(true, small(code - 30)),
            40..=47 => self.set_colour(false, small(code - 40)),
            90..=97 => self.set_colour(true, small(code - 90 + 8)),
            100..=107 => self.set_colour(false, small(code - 100 + 8)),
            // Blinking and hidden text are not for a log that is read.
            _ => {}
        }
    }

    fn set_colour(&mut self, ink: bool, colour: Option<u8>) {
        if ink {
            self.ink = colour;
        } else {
            self.ground = colour;
        }
    }

    /// Empty for plain text.
    pub(in crate::components::log_view) fn classes(self) -> String {
        let (ink, ground) = if self.reverse {
            (self.ground, self.ink)
        } else {
            (self.ink, self.ground)
        };
        let flags = [
            (self.named, "ansi-named"),
            (self.bold, "ansi-bold"),
            (self.dim, "ansi-dim"),
            (self.italic, "ansi-italic"),
            (self.underline, "ansi-underline"),
            (self.strike, "ansi-strike"),
            (self.reverse && ground.is_none(), "ansi-reverse"),
        ];
        let mut classes: Vec<String> = flags
            .into_iter()
            .filter(|(on, _)| *on)
            .map(|(_, class)| class.to_owned())
            .collect();
        classes.extend(ink.map(|ink| format!("ansi-{ink}")));
        classes.extend(ground.map(|ground| format!("ansi-on-{ground}")));
        classes.join(" ")
    }
}

/// An absent number is 0; one that is too large is none.
fn number(text: &str) -> Option<u32> {
    if text.is_empty() { Some(0) } else { text.parse().ok() }
}

fn small(code: u32) -> Option<u8> {
    u8::try_from(code).ok()
}

/// `38;5;n` and `38;2;r;g;b`, whose numbers are parameters of their own.
fn colour_after<'a>(parts: &mut impl Iterator<Item = &'a str>) -> Option<u8> {
    let mut byte = || parts.next().and_then(number).and_then(small);
    match byte()? {
        5 => Some(of_256(byte()?)),
        2 => Some(nearest(byte()?, byte()?, byte()?)),
        _ => None,
    }
}

/// `38:5:n`, `38:2:r:g:b`, and `38:2::r:g:b` with the colour space that nobody uses.
fn colour_within(part: &str) -> Option<u8> {
    let bytes: Vec<Option<u8>> = part
        .split(':')
        .take(MOST)
        .map(|text| number(text).and_then(small))
        .collect();
    match *bytes.as_slice() {
        [_, Some(5), Some(index), ..] => Some(of_256(index)),
        [_, Some(2), _, Some(red), Some(green), Some(blue), ..] | [_, Some(2), Some(red), Some(green), Some(blue)] => {
            Some(nearest(red, green, blue))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(sequences: &[&str]) -> String {
        let mut style = Style::default();
        for params in sequences {
            style.obey(params);
        }
        style.classes()
    }

    #[test]
    fn each_switch_goes_on_and_off() {
        for (on, off, class) in [
            ("1", "22", "ansi-bold"),
            ("2", "22", "ansi-dim"),
            ("3", "23", "ansi-italic"),
            ("4", "24", "ansi-underline"),
            ("4:3", "4:0", "ansi-underline"),
            ("21", "24", "ansi-underline"),
            ("7", "27", "ansi-reverse"),
            ("9", "29", "ansi-strike"),
            ("35", "39", "ansi-5"),
            ("95", "39", "ansi-13"),
            ("45", "49", "ansi-on-5"),
            ("105", "49", "ansi-on-13"),
        ] {
            assert_eq!(after(&[on]), class, "{on}");
            assert_eq!(after(&[on, off]), "", "{on} then {off}");
            assert_eq!(after(&[on, "0"]), "", "{on} then 0");
            assert_eq!(after(&[on, ""]), "", "{on} then an empty one");
        }
    }

    #[test]
    fn colours_come_in_every_notation() {
        assert_eq!(after(&["38;5;9"]), "ansi-9");
        assert_eq!(after(&["38:5:9"]), "ansi-9");
        assert_eq!(after(&["38;2;255;0;0"]), "ansi-9");
        assert_eq!(after(&["38:2:255:0:0"]), "ansi-9");
        assert_eq!(after(&["38:2::255:0:0"]), "ansi-9");
        assert_eq!(after(&["48;5;232"]), "ansi-on-0");
        assert_eq!(
            after(&["1;38;5;2;4"]),
            "ansi-bold ansi-underline ansi-2",
            "what follows is read on"
        );
    }

    #[test]
    fn reverse_changes_ink_and_ground() {
        assert_eq!(after(&["31;7"]), "ansi-on-1");
        assert_eq!(after(&["31;44;7"]), "ansi-4 ansi-on-1");
        assert_eq!(after(&["44;7"]), "ansi-reverse ansi-4");
    }

    #[test]
    fn what_is_not_known_changes_nothing() {
        for params in [
            "99999999999",
            "38",
            "38;5",
            "38;2;1;2",
            "38;5;256",
            "38;9;1",
            "38:2:1",
            "58;5;1",
            "5",
            "8",
            "?25",
            ">4;2",
            ":::",
        ] {
            assert_eq!(
                after(&["31", params]).replace("ansi-bold", "").trim(),
                kept(params),
                "{params}"
            );
        }
        assert_eq!(after(&[&"1;".repeat(10_000)]), "ansi-bold");
    }

    /// `:::` is an empty number, which takes everything back.
    fn kept(params: &str) -> &'static str {
        if params == ":::" { "" } else { "ansi-1" }
    }
}
