//! PDF values, owned and stripped to what the page tree and the cross-references need.

use super::PdfProblem;
use super::budget::{Budget, MAX_DEPTH, MAX_NODES, MAX_OBJECT, Room};
use super::lexer::{Lexer, Token};
use std::borrow::Cow;

/// Longer names are cut, and so equal none that is asked for.
const MAX_NAME: usize = 32;

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

macro_rules! keys {
    ($($name:ident),+ $(,)?) => {
        /// The entries of dictionaries that are asked for, spelt as in the file.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Key { $($name),+ }

        impl Key {
            fn of(name: &[u8]) -> Option<Self> {
                $(if name == stringify!($name).as_bytes() {
                    return Some(Self::$name);
                })+
                None
            }
        }
    };
}

keys! {
    Columns, Contents, DecodeParms, DP, Encrypt, Filter, First, Index, Kids, Length, MediaBox, N, Pages, Predictor, Prev,
    Resources, Root, Size, Type, Version, W, XRefStm,
}

impl Key {
    /// Of the others it is only asked whether they are there.
    fn is_read(self) -> bool {
        !matches!(self, Self::Encrypt | Self::MediaBox | Self::Resources)
    }
}

/// The entries with a [`Key`], each once. All others are stepped over and take no memory.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Dict(Vec<(Key, Object)>);

impl Dict {
    /// The value of `key`, unless absent or null.
    pub(super) fn get(&self, key: Key) -> Option<&Object> {
        let (_, value) = self.0.iter().find(|(name, _)| *name == key)?;
        (*value != Object::Null).then_some(value)
    }

    /// Takes the value of `key` out, which spares a copy of what may be large.
    pub(super) fn take(&mut self, key: Key) -> Option<Object> {
        let at = self.0.iter().position(|(name, _)| *name == key)?;
        let (_, value) = self.0.swap_remove(at);
        (value != Object::Null).then_some(value)
    }

    pub(super) fn size(&self, key: Key) -> Option<usize> {
        self.get(key)?.size()
    }

    pub(super) fn name(&self, key: Key) -> Option<&[u8]> {
        match self.get(key)? {
            Object::Name(name) => Some(name),
            _ => None,
        }
    }

    /// The last of two entries with one key holds.
    fn put(&mut self, key: Key, value: Object, room: &mut Room) -> Result<(), PdfProblem> {
        match self.0.iter_mut().find(|(name, _)| *name == key) {
            Some((_, known)) => *known = value,
            None => room.push(&mut self.0, (key, value))?,
        }
        Ok(())
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

    /// What it holds beside itself, in bytes.
    pub(super) fn heap(&self) -> usize {
        match self {
            Object::Name(name) => name.len(),
            Object::Array(items) => {
                items.capacity() * size_of::<Object>() + items.iter().map(Object::heap).sum::<usize>()
            }
            Object::Dict(Dict(entries)) => {
                let values: usize = entries.iter().map(|(_, value)| value.heap()).sum();
                entries.capacity() * size_of::<(Key, Object)>() + values
            }
            Object::Null | Object::Int(_) | Object::Ref(_) | Object::Other => 0,
        }
    }
}

/// Puts a value on a list that stays, and pays for both.
pub(super) fn keep(list: &mut Vec<Object>, value: Object, budget: &mut Budget) -> Result<(), PdfProblem> {
    budget.keep(value.heap())?;
    budget.push(list, value)
}

/// Reads one value; `None` where the syntax does not allow one.
pub(super) fn parse(lexer: &mut Lexer<'_>, budget: &mut Budget) -> Result<Option<Object>, PdfProblem> {
    let start = lexer.pos();
    let mut parser = Parser {
        lexer,
        nodes: MAX_NODES,
        room: Room::new(MAX_OBJECT),
    };
    let token = parser.lexer.next();
    let value = parser.value(token, MAX_DEPTH, true);
    let nodes = MAX_NODES - parser.nodes;
    let end = parser.lexer.pos();
    budget.charge(end.saturating_sub(start))?;
    budget.charge_steps(nodes)?;
    value
}

struct Parser<'p, 'a> {
    lexer: &'p mut Lexer<'a>,
    nodes: usize,
    room: Room,
}

impl Parser<'_, '_> {
    /// Without `keep`, what is inside an array or a dictionary is stepped over.
    fn value(&mut self, token: Token<'_>, depth: usize, keep: bool) -> Result<Option<Object>, PdfProblem> {
        self.nodes = self.nodes.checked_sub(1).ok_or(PdfProblem::TooComplex)?;
        Ok(Some(match token {
            Token::Int(value) => self.reference(value).unwrap_or(Object::Int(value)),
            Token::Name(raw) if keep => {
                self.room.take(MAX_NAME)?;
                Object::Name(decode_name(raw).into())
            }
            Token::Name(_) | Token::Other => Object::Other,
            Token::Keyword(b"null") => Object::Null,
            Token::Keyword(word) if is_structural(word) => return Ok(None),
            Token::Keyword(_) => Object::Other,
            Token::ArrayOpen => return self.array(deeper(depth)?, keep),
            Token::DictOpen => return self.dict(deeper(depth)?, keep),
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

    fn array(&mut self, depth: usize, keep: bool) -> Result<Option<Object>, PdfProblem> {
        let mut items = Vec::new();
        loop {
            match self.lexer.next() {
                Token::ArrayClose => return Ok(Some(Object::Array(items))),
                token => match self.value(token, depth, keep)? {
                    Some(item) if keep => self.room.push(&mut items, item)?,
                    Some(_) => {}
                    None => return Ok(None),
                },
            }
        }
    }

    fn dict(&mut self, depth: usize, keep: bool) -> Result<Option<Object>, PdfProblem> {
        let mut dict = Dict::default();
        loop {
            let key = match self.lexer.next() {
                Token::DictClose => return Ok(Some(Object::Dict(dict))),
                Token::Name(raw) => Key::of(&decode_name(raw)).filter(|_| keep),
                Token::End => return Ok(None),
                Token::Keyword(word) if is_structural(word) => return Ok(None),
                // A stray value between the pairs: other readers step over it, too.
                _ => continue,
            };
            let token = self.lexer.next();
            if token == Token::DictClose {
                return Ok(Some(Object::Dict(dict)));
            }
            let Some(value) = self.value(token, depth, key.is_some_and(Key::is_read))? else {
                return Ok(None);
            };
            if let Some(key) = key {
                dict.put(key, value, &mut self.room)?;
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

fn decode_name(raw: &[u8]) -> Cow<'_, [u8]> {
    if !raw.contains(&b'#') {
        return Cow::Borrowed(raw.get(..MAX_NAME).unwrap_or(raw));
    }
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
    Cow::Owned(name)
}

fn hex(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}
