//! PDF tokens, borrowed from the bytes; never fails, never looks at a byte more than three times.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    Int(i64),
    /// Without the slash, `#xx` not yet decoded.
    Name(&'a [u8]),
    Keyword(&'a [u8]),
    ArrayOpen,
    ArrayClose,
    DictOpen,
    DictClose,
    /// Strings, reals and stray delimiters: their value is of no interest here.
    Other,
    End,
}

#[derive(Debug, Clone)]
pub(super) struct Lexer<'a> {
    data: &'a [u8],
    pos: usize,
}

impl<'a> Lexer<'a> {
    pub(super) fn at(data: &'a [u8], pos: usize) -> Self {
        Self {
            data,
            pos: pos.min(data.len()),
        }
    }

    pub(super) fn pos(&self) -> usize {
        self.pos
    }

    pub(super) fn seek(&mut self, pos: usize) {
        self.pos = pos.min(self.data.len());
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.data.get(self.pos).copied()
    }

    pub(super) fn skip_space(&mut self) {
        while let Some(byte) = self.peek() {
            if byte == b'%' {
                self.skip_while(|b| b != b'\n' && b != b'\r');
            } else if is_space(byte) {
                self.pos += 1;
            } else {
                break;
            }
        }
    }

    pub(super) fn next(&mut self) -> Token<'a> {
        self.skip_space();
        let Some(byte) = self.peek() else { return Token::End };
        match byte {
            b'[' => self.single(Token::ArrayOpen),
            b']' => self.single(Token::ArrayClose),
            b'/' => {
                self.pos += 1;
                Token::Name(self.skip_while(is_regular))
            }
            b'(' => self.literal_string(),
            b'<' | b'>' => self.angle(byte),
            b')' | b'{' | b'}' => self.single(Token::Other),
            _ => word(self.skip_while(is_regular)),
        }
    }

    fn single(&mut self, token: Token<'a>) -> Token<'a> {
        self.pos += 1;
        token
    }

    fn skip_while(&mut self, keep: impl Fn(u8) -> bool) -> &'a [u8] {
        let rest = self.data.get(self.pos..).unwrap_or_default();
        let len = rest.iter().position(|b| !keep(*b)).unwrap_or(rest.len());
        self.pos += len;
        rest.get(..len).unwrap_or_default()
    }

    fn angle(&mut self, byte: u8) -> Token<'a> {
        self.pos += 1;
        if self.peek() == Some(byte) {
            return self.single(if byte == b'<' {
                Token::DictOpen
            } else {
                Token::DictClose
            });
        }
        if byte == b'<' {
            self.skip_while(|b| b != b'>');
            self.pos = (self.pos + 1).min(self.data.len());
        }
        Token::Other
    }

    fn literal_string(&mut self) -> Token<'a> {
        let mut open = 0_usize;
        while let Some(byte) = self.peek() {
            self.pos += 1;
            match byte {
                b'\\' => self.pos = (self.pos + 1).min(self.data.len()),
                b'(' => open += 1,
                b')' => {
                    open -= 1;
                    if open == 0 {
                        return Token::Other;
                    }
                }
                _ => {}
            }
        }
        Token::End
    }
}

fn word(run: &[u8]) -> Token<'_> {
    match run.first() {
        Some(b'0'..=b'9' | b'+' | b'-' | b'.') => std::str::from_utf8(run)
            .ok()
            .and_then(|text| text.parse().ok())
            .map_or(Token::Other, Token::Int),
        _ => Token::Keyword(run),
    }
}

pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 12 | b'\r' | b' ')
}

fn is_regular(byte: u8) -> bool {
    !is_space(byte)
        && !matches!(
            byte,
            b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%'
        )
}

/// The first place of `needle`.
pub(super) fn find(hay: &[u8], needle: &[u8]) -> Option<usize> {
    hay.windows(needle.len().max(1)).position(|window| window == needle)
}

/// The last place of `needle`.
pub(super) fn rfind(hay: &[u8], needle: &[u8]) -> Option<usize> {
    hay.windows(needle.len().max(1)).rposition(|window| window == needle)
}
