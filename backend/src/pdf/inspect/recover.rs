//! Finds the objects of a file whose cross-references cannot be used, by looking for `N G obj`.

use super::PdfProblem;
use super::budget::{Budget, LOOKUP};
use super::document::{Document, PLACE, XrefEntry, XrefTable, read_at};
use super::lexer::{Lexer, find, is_space, rfind};
use super::object::{self, Key, Object};
use std::collections::hash_map::Entry;

/// Updates of a file leave several trailers; only the last few can matter.
const MAX_ROOTS: usize = 8;

/// The file's objects, and what may be its catalogue, the likeliest first.
pub(super) fn scan<'a, 'b>(
    data: &'a [u8],
    budget: &'b mut Budget,
) -> Result<(Document<'a, 'b>, Vec<Object>), PdfProblem> {
    budget.charge(data.len())?;
    let found = headers(data, budget)?;
    let Some((_, last)) = found.last() else {
        return Err(PdfProblem::Damaged("no objects"));
    };
    // Half an upload must not pass for the whole: what was found could be the first half of the invoice.
    if rfind(data, b"endobj").is_none_or(|end| end < *last as usize) {
        return Err(PdfProblem::Damaged("the file is cut short"));
    }
    let mut places = XrefTable::new();
    for (number, offset) in &found {
        budget.charge(LOOKUP)?;
        // The later of two objects with one number is the newer one.
        if places.insert(*number, XrefEntry::At(*offset)).is_none() {
            budget.keep(PLACE)?;
        }
    }
    let mut roots = trailers(data, budget)?;
    let mut streams = Vec::new();
    let mut catalogs = Vec::new();
    for (number, offset) in found {
        budget.charge(LOOKUP)?;
        if places.get(&number) != Some(&XrefEntry::At(offset)) {
            continue;
        }
        let Some((Object::Dict(mut dict), _)) = read_at(data, offset as usize, Some(number), budget)? else {
            continue;
        };
        match dict.name(Key::Type) {
            Some(b"XRef") if dict.get(Key::Encrypt).is_some() => return Err(PdfProblem::Encrypted),
            Some(b"XRef") => {
                if let Some(root) = dict.take(Key::Root) {
                    object::keep(&mut roots, root, budget)?;
                }
            }
            Some(b"ObjStm") => budget.push(&mut streams, number)?,
            Some(b"Catalog") => budget.push(&mut catalogs, Object::Ref(number))?,
            _ => {}
        }
    }
    let mut document = Document::new(data, places, budget);
    for number in streams {
        add_members(&mut document, number)?;
    }
    let mut likely: Vec<Object> = roots.into_iter().rev().take(MAX_ROOTS).collect();
    likely.extend(catalogs.into_iter().rev().take(MAX_ROOTS));
    Ok((document, likely))
}

/// Numbers and offsets in the order of the file.
fn headers(data: &[u8], budget: &mut Budget) -> Result<Vec<(u32, u32)>, PdfProblem> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(step) = find(data.get(from..).unwrap_or_default(), b"obj") {
        let at = from + step;
        from = at + 3;
        if let Some(header) = header_before(data.get(..at).unwrap_or_default()) {
            budget.charge(0)?;
            budget.push(&mut found, header)?;
        }
    }
    Ok(found)
}

/// `12 0 ` at the end of `before`; looks at a few dozen bytes at most.
fn header_before(before: &[u8]) -> Option<(u32, u32)> {
    let before = strip(before, 8, is_space)?;
    let before = strip(before, 5, |b| b.is_ascii_digit())?;
    let before = strip(before, 8, is_space)?;
    let start = strip(before, 10, |b| b.is_ascii_digit())?.len();
    let digits = std::str::from_utf8(before.get(start..)?).ok()?;
    Some((digits.parse().ok()?, u32::try_from(start).ok()?))
}

/// Takes 1 to `most` bytes of a kind off the end.
fn strip(bytes: &[u8], most: usize, kind: impl Fn(u8) -> bool) -> Option<&[u8]> {
    let count = bytes.iter().rev().take(most).take_while(|b| kind(**b)).count();
    if count == 0 {
        return None;
    }
    bytes.get(..bytes.len().checked_sub(count)?)
}

/// The catalogues that trailers name, in the order of the file.
fn trailers(data: &[u8], budget: &mut Budget) -> Result<Vec<Object>, PdfProblem> {
    const WORD: &[u8] = b"trailer";
    let mut roots = Vec::new();
    let mut from = 0;
    while let Some(step) = find(data.get(from..).unwrap_or_default(), WORD) {
        from += step + WORD.len();
        if let Some(Object::Dict(mut dict)) = object::parse(&mut Lexer::at(data, from), budget)? {
            if dict.get(Key::Encrypt).is_some() {
                return Err(PdfProblem::Encrypted);
            }
            if let Some(root) = dict.take(Key::Root) {
                object::keep(&mut roots, root, budget)?;
            }
        }
    }
    Ok(roots)
}

fn add_members(document: &mut Document<'_, '_>, number: u32) -> Result<(), PdfProblem> {
    let Some(stream) = document.object_stream(number)? else {
        return Ok(());
    };
    for (index, (member, _)) in (0_u32..).zip(&stream.members) {
        document.budget.charge(LOOKUP)?;
        let place = XrefEntry::Inside { stream: number, index };
        match document.places.entry(*member) {
            Entry::Occupied(mut known) => {
                if !matches!(known.get(), XrefEntry::At(_)) {
                    known.insert(place);
                }
            }
            Entry::Vacant(vacant) => {
                document.budget.keep(PLACE)?;
                vacant.insert(place);
            }
        }
    }
    Ok(())
}
