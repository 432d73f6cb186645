//! PDF values, owned and stripped to what the page tree needs.

use super::PdfProblem;
use super::budget::{Budget, MAX_DEPTH, MAX_NODES};
use super::lexer::{Lexer, Token};

/// Names are at most 127 bytes long; a longer one is cut, and so equals none that is asked for.
const MAX_NAME: usize = 128;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Object {
    Null,
    Int(i64),
    Name(Box<[u8]>),
    Array(Vec<Object>),
    Dict(Dict),
    Ref(u32),
    Other,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Dict(Vec<(Box<[u8]>, Object)>);

impl Dict {
    /// The value of `key`, unless absent or null.
    pub(super) fn get(&self, key: &[u8]) -> Option<&Object> {
        let (_, value) = self.0.iter().rev().find(|(name, _)| **name == *key)?;
        (*value != Object::Null).then_some(value)
    }

    /// Takes the value of `key` out, which spares a copy of what may be large.
    pub(super) fn take(&mut self, key: &[u8]) -> Option<Object> {
        let at = self.0.iter().rposition(|(name, _)| **name == *key)?;
        let (_, value) = self.0.swap_remove(at);
        (value != Object::Null).then_some(value)
    }

    pub(super) fn size(&self, key: &[u8]) -> Option<usize> {
        self.get(key)?.size()
    }

    pub(super) fn name(&self, key: &[u8]) -> Option<&[u8]> {
        match self.get(key)? {
            Object::Name(name) => Some(name),
            _ => None,
        }
    }
}

impl Object {
    pub(super) fn size(&self) -> Option<usize> {
        match self {
            Object::Int(value) => usize::try_from(*value).ok(),
            _ => None,
        }
    }

    pub(super) fn dict(&self) -> Option<&Dict> {
        match self {
            Object::Dict(dict) => Some(dict),
            _ => None,
        }
    }
}

/// Reads one value; `None` where the syntax does not allow one.
pub(super) fn parse(lexer: &mut Lexer<'_>, budget: &mut Budget) -> Result<Option<Object>, PdfProblem> {
    let start = lexer.pos();
    let mut parser = Parser {
        lexer,
        nodes: MAX_NODES,
    };
    let token = parser.lexer.next();
    let value = parser.value(token, MAX_DEPTH);
    let nodes = MAX_NODES - parser.nodes;
    let end = parser.lexer.pos();
    budget.charge(end.saturating_sub(start).saturating_add(8 * nodes))?;
    value
}

struct Parser<'p, 'a> {
    lexer: &'p mut Lexer<'a>,
    nodes: usize,
}

impl Parser<'_, '_> {
    fn value(&mut self, token: Token<'_>, depth: usize) -> Result<Option<Object>, PdfProblem> {
        self.nodes = self.nodes.checked_sub(1).ok_or(PdfProblem::TooComplex)?;
        Ok(Some(match token {
            Token::Int(value) => self.reference(value).unwrap_or(Object::Int(value)),
            Token::Name(raw) => Object::Name(decode_name(raw)),
            Token::Other => Object::Other,
            Token::Keyword(b"null") => Object::Null,
            Token::Keyword(word) if is_structural(word) => return Ok(None),
            Token::Keyword(_) => Object::Other,
            Token::ArrayOpen => return self.array(deeper(depth)?),
            Token::DictOpen => return self.dict(deeper(depth)?),
            Token::ArrayClose | Token::DictClose | Token::End => return Ok(None),
        }))
    }

    /// The rest of `12 0 R`, once `12` was read.
    fn reference(&mut self, number: i64) -> Option<Object> {
        let number = u32::try_from(number).ok()?;
        let back = self.lexer.pos();
        if matches!(self.lexer.next(), Token::Int(_)) && self.lexer.next() == Token::Keyword(b"R") {
            return Some(Object::Ref(number));
        }
        self.lexer.seek(back);
        None
    }

    fn array(&mut self, depth: usize) -> Result<Option<Object>, PdfProblem> {
        let mut items = Vec::new();
        loop {
            match self.lexer.next() {
                Token::ArrayClose => return Ok(Some(Object::Array(items))),
                token => match self.value(token, depth)? {
                    Some(item) => items.push(item),
                    None => return Ok(None),
                },
            }
        }
    }

    fn dict(&mut self, depth: usize) -> Result<Option<Object>, PdfProblem> {
        let mut entries = Vec::new();
        loop {
            let key = match self.lexer.next() {
                Token::DictClose => return Ok(Some(Object::Dict(Dict(entries)))),
                Token::Name(raw) => decode_name(raw),
                Token::End => return Ok(None),
                Token::Keyword(word) if is_structural(word) => return Ok(None),
                // A stray value between the pairs: other readers step over it, too.
                _ => continue,
            };
            match self.lexer.next() {
                Token::DictClose => return Ok(Some(Object::Dict(Dict(entries)))),
                token => match self.value(token, depth)? {
                    Some(value) => entries.push((key, value)),
                    None => return Ok(None),
                },
            }
        }
    }
}

fn deeper(depth: usize) -> Result<usize, PdfProblem> {
    depth.checked_sub(1).ok_or(PdfProblem::TooComplex)
}

/// Words that can only stand between objects: meeting one means that the value before was never closed.
fn is_structural(word: &[u8]) -> bool {
    matches!(
        word,
        b"obj" | b"endobj" | b"stream" | b"endstream" | b"xref" | b"trailer" | b"startxref"
    )
}

fn decode_name(raw: &[u8]) -> Box<[u8]> {
    let mut name = Vec::with_capacity(raw.len().min(MAX_NAME));
    let mut rest = raw;
    while let Some((first, tail)) = rest.split_first() {
        if name.len() == MAX_NAME {
            break;
        }
        let escaped = match tail {
            [high, low, ..] if *first == b'#' => hex(*high).zip(hex(*low)),
            _ => None,
        };
        match escaped {
            Some((high, low)) => {
                name.push(high * 16 + low);
                rest = tail.get(2..).unwrap_or_default();
            }
            None => {
                name.push(*first);
                rest = tail;
            }
        }
    }
    name.into_boxed_slice()
}

fn hex(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}
