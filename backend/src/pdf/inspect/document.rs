//! Finds and loads the objects of a file.

use super::PdfProblem;
use super::budget::{Budget, LOOKUP, MAX_OBJECT, MAX_REMEMBERED, Room, hashed};
use super::lexer::{Lexer, Token};
use super::object::{self, Dict, Key, Object};
use super::stream;
use std::collections::HashMap;
use std::rc::Rc;

/// References that lead to references; one level is usual.
const MAX_HOPS: usize = 8;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum XrefEntry {
    Free,
    At(u32),
    /// Member `index` of the object stream numbered `stream`.
    Inside {
        stream: u32,
        index: u32,
    },
}

/// Half of the memory is here, so numbers are no wider than they must be.
pub(super) type XrefTable = HashMap<u32, XrefEntry>;

/// The memory of one entry.
pub(super) const PLACE: usize = hashed::<(u32, XrefEntry)>();

pub(super) struct ObjectStream {
    data: Vec<u8>,
    /// Object number and place in `data`.
    pub(super) members: Vec<(u32, u32)>,
}

impl ObjectStream {
    fn heap(&self) -> usize {
        self.data.capacity() + self.members.capacity() * size_of::<(u32, u32)>()
    }
}

type ObjectStreams = HashMap<u32, Option<Rc<ObjectStream>>>;

pub(super) struct Document<'a, 'b> {
    data: &'a [u8],
    pub(super) places: XrefTable,
    /// Those read last; `None` for one that cannot be read.
    streams: ObjectStreams,
    /// Memory of `streams`.
    remembered: usize,
    pub(super) budget: &'b mut Budget,
}

impl<'a, 'b> Document<'a, 'b> {
    pub(super) fn new(data: &'a [u8], places: XrefTable, budget: &'b mut Budget) -> Self {
        Self {
            data,
            places,
            streams: ObjectStreams::new(),
            remembered: 0,
            budget,
        }
    }

    /// The object numbered `number`; `None` if it is absent or not where it should be.
    pub(super) fn load(&mut self, number: u32) -> Result<Option<Object>, PdfProblem> {
        self.budget.charge(LOOKUP)?;
        match self.places.get(&number).copied() {
            None | Some(XrefEntry::Free) => Ok(None),
            Some(XrefEntry::At(offset)) => {
                Ok(read_at(self.data, offset as usize, Some(number), self.budget)?.map(|(value, _)| value))
            }
            Some(XrefEntry::Inside { stream, index }) => {
                let Some(stream) = self.object_stream(stream)? else {
                    return Ok(None);
                };
                let by_index = stream.members.get(index as usize).filter(|(found, _)| *found == number);
                let member = match by_index {
                    Some(member) => Some(member),
                    None => {
                        self.budget.charge(stream.members.len())?;
                        stream.members.iter().find(|(found, _)| *found == number)
                    }
                };
                let Some((_, offset)) = member else { return Ok(None) };
                object::parse(&mut Lexer::at(&stream.data, *offset as usize), self.budget)
            }
        }
    }

    /// The value itself, or the object it leads to; null if that is absent.
    pub(super) fn resolve(&mut self, mut value: Object) -> Result<Object, PdfProblem> {
        for _ in 0..MAX_HOPS {
            let Object::Ref(number) = value else { return Ok(value) };
            value = self.load(number)?.unwrap_or(Object::Null);
        }
        Ok(Object::Null)
    }

    pub(super) fn object_stream(&mut self, number: u32) -> Result<Option<Rc<ObjectStream>>, PdfProblem> {
        if let Some(known) = self.streams.get(&number) {
            return Ok(known.clone());
        }
        if self.remembered > MAX_REMEMBERED {
            self.streams = ObjectStreams::new();
            self.remembered = 0;
        }
        let found = match self.read_object_stream(number) {
            Ok(found) => found.map(Rc::new),
            Err(PdfProblem::Damaged(_)) => None,
            Err(other) => return Err(other),
        };
        self.remembered += hashed::<(u32, Option<Rc<ObjectStream>>)>();
        self.remembered += found.as_ref().map_or(0, |stream| stream.heap());
        self.streams.insert(number, found.clone());
        Ok(found)
    }

    fn read_object_stream(&mut self, number: u32) -> Result<Option<ObjectStream>, PdfProblem> {
        // Never within another stream, which also rules out going round in circles.
        let Some(XrefEntry::At(offset)) = self.places.get(&number).copied() else {
            return Ok(None);
        };
        let Some((Object::Dict(dict), end)) = read_at(self.data, offset as usize, Some(number), self.budget)? else {
            return Ok(None);
        };
        let (Some(count), Some(first)) = (dict.size(Key::N), dict.size(Key::First)) else {
            return Ok(None);
        };
        let length = self.stated_length(&dict)?;
        let data = stream::decode(self.data, end, &dict, length, self.budget)?;
        drop(dict);
        let mut lexer = Lexer::at(&data, 0);
        let mut room = Room::new(MAX_OBJECT);
        let mut members = Vec::new();
        for _ in 0..count {
            let (Token::Int(number), Token::Int(offset)) = (lexer.next(), lexer.next()) else {
                break;
            };
            self.budget.charge(0)?;
            let place = usize::try_from(offset).map(|offset| u32::try_from(first.saturating_add(offset)));
            if let (Ok(number), Ok(Ok(place))) = (u32::try_from(number), place) {
                room.push(&mut members, (number, place))?;
            }
        }
        self.budget.charge(lexer.pos())?;
        Ok(Some(ObjectStream { data, members }))
    }

    /// `/Length`, which may stand in an object of its own.
    fn stated_length(&mut self, dict: &Dict) -> Result<Option<usize>, PdfProblem> {
        match dict.get(Key::Length) {
            Some(Object::Ref(number)) => {
                let Some(XrefEntry::At(offset)) = self.places.get(number).copied() else {
                    return Ok(None);
                };
                // Only a number is of use, so no object is built beside the dictionary.
                let Some(mut lexer) = open_at(self.data, offset as usize, Some(*number), self.budget)? else {
                    return Ok(None);
                };
                let start = lexer.pos();
                let token = lexer.next();
                self.budget.charge(lexer.pos().saturating_sub(start))?;
                match token {
                    Token::Int(length) => Ok(usize::try_from(length).ok()),
                    _ => Ok(None),
                }
            }
            other => Ok(other.and_then(Object::size)),
        }
    }
}

/// Reads `N G obj value` at `offset`; the end returned is that of the value. `None` if something else is there.
pub(super) fn read_at(
    data: &[u8],
    offset: usize,
    number: Option<u32>,
    budget: &mut Budget,
) -> Result<Option<(Object, usize)>, PdfProblem> {
    let Some(mut lexer) = open_at(data, offset, number, budget)? else {
        return Ok(None);
    };
    let value = object::parse(&mut lexer, budget)?;
    Ok(value.map(|value| (value, lexer.pos())))
}

/// Reads `N G obj` at `offset`.
fn open_at<'a>(
    data: &'a [u8],
    offset: usize,
    number: Option<u32>,
    budget: &mut Budget,
) -> Result<Option<Lexer<'a>>, PdfProblem> {
    if offset >= data.len() {
        return Ok(None);
    }
    let mut lexer = Lexer::at(data, offset);
    let head = [lexer.next(), lexer.next(), lexer.next()];
    budget.charge(lexer.pos().saturating_sub(offset))?;
    let [Token::Int(found), Token::Int(_), Token::Keyword(b"obj")] = head else {
        return Ok(None);
    };
    if number.is_some_and(|number| i64::from(number) != found) {
        return Ok(None);
    }
    Ok(Some(lexer))
}
