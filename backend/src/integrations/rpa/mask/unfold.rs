//! A text without its escapes, and where each of its bytes came from.

use std::ops::Range;

use unicode_normalization::char::decompose_compatible;

/// Names of HTML that passwords need.
const ENTITIES: [(&str, char); 58] = [
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", ' '),
    ("excl", '!'),
    ("num", '#'),
    ("dollar", '$'),
    ("percnt", '%'),
    ("lpar", '('),
    ("rpar", ')'),
    ("ast", '*'),
    ("midast", '*'),
    ("plus", '+'),
    ("comma", ','),
    ("period", '.'),
    ("sol", '/'),
    ("bsol", '\\'),
    ("colon", ':'),
    ("semi", ';'),
    ("equals", '='),
    ("quest", '?'),
    ("commat", '@'),
    ("lsqb", '['),
    ("lbrack", '['),
    ("rsqb", ']'),
    ("rbrack", ']'),
    ("hat", '^'),
    ("lowbar", '_'),
    ("grave", '`'),
    ("lcub", '{'),
    ("lbrace", '{'),
    ("rcub", '}'),
    ("rbrace", '}'),
    ("verbar", '|'),
    ("vert", '|'),
    ("aacute", 'á'),
    ("agrave", 'à'),
    ("acirc", 'â'),
    ("atilde", 'ã'),
    ("auml", 'ä'),
    ("ccedil", 'ç'),
    ("eacute", 'é'),
    ("egrave", 'è'),
    ("ecirc", 'ê'),
    ("euml", 'ë'),
    ("iacute", 'í'),
    ("icirc", 'î'),
    ("iuml", 'ï'),
    ("ntilde", 'ñ'),
    ("oacute", 'ó'),
    ("ocirc", 'ô'),
    ("otilde", 'õ'),
    ("ouml", 'ö'),
    ("uacute", 'ú'),
    ("uuml", 'ü'),
    ("ordf", 'ª'),
];
/// Longest entity between `&` and `;`.
const ENTITY_MAX_BYTES: usize = 10;

/// In small letters, each character decomposed, without line breaks: what differs only in these reads the same.
pub(super) struct Unfolded {
    pub(super) text: String,
    /// For each byte, the range of the first text that it stands for.
    from: Vec<(usize, usize)>,
}

impl Unfolded {
    /// The text itself, escapes as they are.
    pub(super) fn of(text: &str) -> Self {
        let mut unfolded = Self::with_capacity(text.len());
        for (at, c) in text.char_indices() {
            unfolded.push(c, (at, at + c.len_utf8()));
        }
        unfolded
    }

    fn with_capacity(bytes: usize) -> Self {
        Self {
            text: String::with_capacity(bytes),
            from: Vec::with_capacity(bytes),
        }
    }

    fn push(&mut self, c: char, from: (usize, usize)) {
        if c.is_ascii() {
            if !matches!(c, '\n' | '\r') {
                self.text.push(c.to_ascii_lowercase());
                self.from.push(from);
            }
            return;
        }
        decompose_compatible(c, |part| self.text.extend(part.to_lowercase()));
        self.from.resize(self.text.len(), from);
    }

    /// The place in the first text.
    pub(super) fn place(&self, range: &Range<usize>) -> Option<Range<usize>> {
        let (start, _) = self.from.get(range.start)?;
        let (_, end) = self.from.get(range.end.checked_sub(1)?)?;
        Some(*start..*end)
    }

    /// With one layer of escapes read; nothing when there is none.
    pub(super) fn decoded(&self) -> Option<Self> {
        if !has_escapes(&self.text) {
            return None;
        }
        let mut decoded = Self::with_capacity(self.text.len());
        let mut rest = self.text.as_str();
        let mut found = false;
        while let Some(first) = rest.chars().next() {
            let at = self.text.len() - rest.len();
            let read = escape(rest);
            found |= read.is_some();
            let (c, length) = read.unwrap_or((first, first.len_utf8()));
            let from = self.place(&(at..at + length)).unwrap_or_default();
            decoded.push(c, (from.start, from.end));
            rest = rest.get(length..).unwrap_or_default();
        }
        found.then_some(decoded)
    }
}

fn has_escapes(text: &str) -> bool {
    text.bytes().any(|byte| matches!(byte, b'\\' | b'%' | b'&'))
}

/// Where an escape begins that the end of the text cuts off.
pub(super) fn cut_escape(text: &str) -> Option<usize> {
    let at = text.rfind(['\\', '%', '&'])?;
    let after = text.get(at + 1..)?;
    let cut = match text.as_bytes().get(at) {
        Some(b'%') => after.len() < 2 && is_hex(after),
        Some(b'&') => after.len() <= ENTITY_MAX_BYTES && after.bytes().all(|b| b == b'#' || b.is_ascii_alphanumeric()),
        _ => match after.strip_prefix(['u', 'x', 'U', 'X']) {
            Some(digits) => digits.len() < 4 && is_hex(digits),
            None => after.is_empty(),
        },
    };
    cut.then_some(at)
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The character that the escape at the beginning stands for, and the length of the escape.
fn escape(text: &str) -> Option<(char, usize)> {
    if text.starts_with('%') {
        return bytes(text, "%");
    }
    if let Some(after) = text.strip_prefix('&') {
        return entity(after);
    }
    let after = text.strip_prefix('\\')?;
    if after.starts_with('u') {
        return utf16(text);
    }
    if after.starts_with('x') {
        return bytes(text, "\\x");
    }
    let c = after.chars().next()?;
    let stands_for = match c {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'b' => '\u{8}',
        'f' => '\u{c}',
        c => c,
    };
    Some((stands_for, 1 + c.len_utf8()))
}

/// `%c3%a7`, and the same with another mark: UTF-8, or else Latin-1.
fn bytes(text: &str, mark: &str) -> Option<(char, usize)> {
    let one = mark.len() + 2;
    let byte = |text: &str| {
        let digits = text.strip_prefix(mark)?.get(..2).filter(|digits| is_hex(digits))?;
        u8::from_str_radix(digits, 16).ok()
    };
    let mut found = Vec::with_capacity(4);
    let mut rest = text;
    while found.len() < 4
        && let Some(next) = byte(rest)
    {
        found.push(next);
        rest = rest.get(one..)?;
        if let Some(c) = std::str::from_utf8(&found).ok().and_then(|text| text.chars().next()) {
            return Some((c, one * found.len()));
        }
    }
    Some((char::from(*found.first()?), one))
}

/// `\u00e7`, and two of them for a character beyond the first 65,536.
fn utf16(text: &str) -> Option<(char, usize)> {
    let unit = |text: &str| {
        let digits = text.strip_prefix("\\u")?.get(..4).filter(|digits| is_hex(digits))?;
        u16::from_str_radix(digits, 16).ok()
    };
    let first = unit(text)?;
    let second = text.get(6..).and_then(unit);
    let c = char::decode_utf16([first].into_iter().chain(second)).next()?.ok()?;
    Some((c, 6 * c.len_utf16()))
}

/// `ccedil;`, `#231;`, `#xe7;`: what follows the `&`.
fn entity(after: &str) -> Option<(char, usize)> {
    let end = after.bytes().take(ENTITY_MAX_BYTES + 1).position(|byte| byte == b';')?;
    let name = after.get(..end)?;
    let c = match name.strip_prefix('#') {
        Some(number) => {
            let code = match number.strip_prefix('x') {
                Some(digits) => u32::from_str_radix(digits, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)?
        }
        None => ENTITIES.iter().find(|(known, _)| *known == name)?.1,
    };
    Some((c, end + 2))
}
