//! Cross-references as the file states them: tables, streams, and files that have both.

use super::PdfProblem;
use super::budget::{Budget, LOOKUP, MAX_SECTIONS};
use super::document::{PLACE, XrefEntry, XrefTable, read_at};
use super::lexer::{Lexer, Token, rfind};
use super::object::{self, Dict, Key, Object};
use super::stream;
use std::collections::HashSet;
use std::collections::hash_map::Entry;

pub(super) struct Xref {
    pub(super) places: XrefTable,
    pub(super) root: Object,
}

/// Reads every section, newest first, so that the first statement about an object is the one that holds.
pub(super) fn read(data: &[u8], budget: &mut Budget) -> Result<Xref, PdfProblem> {
    let mut reader = Reader {
        data,
        budget,
        places: XrefTable::new(),
        root: None,
    };
    let mut next = reader.start()?;
    let mut seen = HashSet::new();
    while let Some(offset) = next {
        // A circle ends the chain: everything in it was read.
        if !seen.insert(offset) {
            break;
        }
        if seen.len() > MAX_SECTIONS {
            return Err(PdfProblem::TooComplex);
        }
        next = reader.section(offset)?;
    }
    let root = reader.root.ok_or(PdfProblem::Damaged("no trailer names a catalogue"))?;
    Ok(Xref {
        places: reader.places,
        root,
    })
}

struct Reader<'a, 'b> {
    data: &'a [u8],
    budget: &'b mut Budget,
    places: XrefTable,
    root: Option<Object>,
}

impl Reader<'_, '_> {
    fn start(&mut self) -> Result<Option<usize>, PdfProblem> {
        const WORD: &[u8] = b"startxref";
        let at = rfind(self.data, WORD).ok_or(PdfProblem::Damaged("no startxref"))?;
        self.budget.charge(self.data.len().saturating_sub(at))?;
        match Lexer::at(self.data, at + WORD.len()).next() {
            Token::Int(offset) => Ok(usize::try_from(offset).ok()),
            _ => Err(PdfProblem::Damaged("startxref has no offset")),
        }
    }

    /// Reads the section at `offset`, and says where the one before it is.
    fn section(&mut self, offset: usize) -> Result<Option<usize>, PdfProblem> {
        let mut lexer = Lexer::at(self.data, offset);
        let token = lexer.next();
        self.budget.charge(lexer.pos().saturating_sub(offset))?;
        match token {
            Token::Keyword(b"xref") => self.table(lexer),
            _ => self.stream(offset),
        }
    }

    fn table(&mut self, mut lexer: Lexer<'_>) -> Result<Option<usize>, PdfProblem> {
        let start = lexer.pos();
        let mut free = Vec::new();
        loop {
            let (first, count) = match lexer.next() {
                Token::Keyword(b"trailer") => break,
                Token::Int(first) => match lexer.next() {
                    Token::Int(count) => (first, count),
                    _ => return Err(PdfProblem::Damaged("the cross-reference table is broken")),
                },
                _ => return Err(PdfProblem::Damaged("the cross-reference table is broken")),
            };
            // Entries are read as words, not as 20 bytes each: the ends of lines are often wrong.
            for step in 0..count {
                let back = lexer.pos();
                let (offset, word) = match (lexer.next(), lexer.next(), lexer.next()) {
                    (Token::Int(offset), Token::Int(_), Token::Keyword(word)) => (offset, word),
                    _ => {
                        // Fewer entries than stated.
                        lexer.seek(back);
                        break;
                    }
                };
                let Ok(number) = u32::try_from(first.saturating_add(step)) else {
                    continue;
                };
                match (word, u32::try_from(offset)) {
                    (b"n", Ok(offset)) if offset > 0 => self.put(number, XrefEntry::At(offset))?,
                    _ => self.budget.push(&mut free, number)?,
                }
            }
        }
        self.budget.charge(lexer.pos().saturating_sub(start))?;
        let Some(Object::Dict(trailer)) = object::parse(&mut lexer, self.budget)? else {
            return Err(PdfProblem::Damaged("the trailer is broken"));
        };
        self.trailer(&trailer)?;
        // A file with both kinds lists as free here what its stream then places.
        if let Some(hybrid) = trailer.size(Key::XRefStm) {
            self.stream(hybrid)?;
        }
        for number in free {
            self.put(number, XrefEntry::Free)?;
        }
        Ok(trailer.size(Key::Prev))
    }

    fn stream(&mut self, offset: usize) -> Result<Option<usize>, PdfProblem> {
        let Some((Object::Dict(dict), end)) = read_at(self.data, offset, None, self.budget)? else {
            return Err(PdfProblem::Damaged("no cross-reference where one is announced"));
        };
        if dict.name(Key::Type) != Some(b"XRef") {
            return Err(PdfProblem::Damaged("no cross-reference where one is announced"));
        }
        self.trailer(&dict)?;
        let rows = stream::decode(self.data, end, &dict, dict.size(Key::Length), self.budget)?;
        self.rows(&dict, &rows)?;
        Ok(dict.size(Key::Prev))
    }

    fn rows(&mut self, dict: &Dict, rows: &[u8]) -> Result<(), PdfProblem> {
        const BROKEN: PdfProblem = PdfProblem::Damaged("the cross-reference stream is broken");
        let widths = sizes(dict, Key::W).ok_or(BROKEN)?;
        let [kind, second, third] = *widths.as_slice() else {
            return Err(BROKEN);
        };
        if kind > 8 || second > 8 || third > 8 || second == 0 {
            return Err(BROKEN);
        }
        let ranges = match sizes(dict, Key::Index) {
            Some(ranges) => ranges,
            None => vec![0, dict.size(Key::Size).ok_or(BROKEN)?],
        };
        let mut rows = rows.chunks_exact(kind + second + third);
        for range in ranges.chunks_exact(2) {
            let [first, count] = *range else { break };
            for (step, row) in rows.by_ref().take(count).enumerate() {
                self.budget.charge(0)?;
                let Ok(number) = u32::try_from(first.saturating_add(step)) else {
                    continue;
                };
                let (head, tail) = row.split_at_checked(kind).ok_or(BROKEN)?;
                let (middle, last) = tail.split_at_checked(second).ok_or(BROKEN)?;
                // Without a kind, the entry is a plain offset.
                let kind = if head.is_empty() { 1 } else { big_endian(head) };
                let (middle, last) = (big_endian(middle), big_endian(last));
                let place = match (kind, u32::try_from(middle)) {
                    (1, Ok(offset)) if offset > 0 => XrefEntry::At(offset),
                    (2, Ok(stream)) => XrefEntry::Inside {
                        stream,
                        index: u32::try_from(last).unwrap_or(u32::MAX),
                    },
                    _ => XrefEntry::Free,
                };
                self.put(number, place)?;
            }
        }
        Ok(())
    }

    fn put(&mut self, number: u32, place: XrefEntry) -> Result<(), PdfProblem> {
        self.budget.charge(LOOKUP)?;
        if let Entry::Vacant(vacant) = self.places.entry(number) {
            self.budget.keep(PLACE)?;
            vacant.insert(place);
        }
        Ok(())
    }

    fn trailer(&mut self, dict: &Dict) -> Result<(), PdfProblem> {
        if dict.get(Key::Encrypt).is_some() {
            return Err(PdfProblem::Encrypted);
        }
        if self.root.is_none()
            && let Some(root) = dict.get(Key::Root)
        {
            self.budget.keep(root.heap())?;
            self.root = Some(root.clone());
        }
        Ok(())
    }
}

fn sizes(dict: &Dict, key: Key) -> Option<Vec<usize>> {
    match dict.get(key)? {
        Object::Array(items) => items.iter().map(Object::size).collect(),
        _ => None,
    }
}

fn big_endian(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |value, byte| (value << 8) | u64::from(*byte))
}
