//! Finds the objects of a file whose cross-references cannot be used, by looking for `N G obj`.

use super::PdfProblem;
use super::budget::{Budget, MAX_OBJECTS};
use super::document::{Document, XrefEntry, XrefTable, read_at};
use super::lexer::{Lexer, find, is_space, rfind};
use super::object::{self, Object};

/// Updates of a file leave several trailers; only the last few can matter.
const MAX_ROOTS: usize = 8;

/// The file's objects, and what may be its catalogue, the likeliest first.
pub(super) fn scan<'a, 'b>(
    data: &'a [u8],
    budget: &'b mut Budget,
) -> Result<(Document<'a, 'b>, Vec<Object>), PdfProblem> {
    budget.charge(data.len())?;
    let found = headers(data)?;
    let Some((_, last)) = found.last() else {
        return Err(PdfProblem::Damaged("no objects"));
    };
    // Half an upload must not pass for the whole: what was found could be the first half of the invoice.
    if rfind(data, b"endobj").is_none_or(|end| end < *last) {
        return Err(PdfProblem::Damaged("the file is cut short"));
    }
    // The later of two objects with one number is the newer one.
    let places: XrefTable = found
        .iter()
        .map(|(number, offset)| (*number, XrefEntry::At(*offset)))
        .collect();
    let mut roots = trailers(data, budget)?;
    let mut streams = Vec::new();
    let mut catalogs = Vec::new();
    for (number, offset) in found {
        if places.get(&number) != Some(&XrefEntry::At(offset)) {
            continue;
        }
        let Some((Object::Dict(dict), _)) = read_at(data, offset, Some(number), budget)? else {
            continue;
        };
        match dict.name(b"Type") {
            Some(b"XRef") if dict.get(b"Encrypt").is_some() => return Err(PdfProblem::Encrypted),
            Some(b"XRef") => roots.extend(dict.get(b"Root").cloned()),
            Some(b"ObjStm") => streams.push(number),
            Some(b"Catalog") => catalogs.push(Object::Ref(number)),
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
fn headers(data: &[u8]) -> Result<Vec<(u32, usize)>, PdfProblem> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(step) = find(data.get(from..).unwrap_or_default(), b"obj") {
        let at = from + step;
        from = at + 3;
        if let Some(header) = header_before(data.get(..at).unwrap_or_default()) {
            found.push(header);
            if found.len() > MAX_OBJECTS {
                return Err(PdfProblem::TooComplex);
            }
        }
    }
    Ok(found)
}

/// `12 0 ` at the end of `before`; looks at a few dozen bytes at most.
fn header_before(before: &[u8]) -> Option<(u32, usize)> {
    let before = strip(before, 8, is_space)?;
    let before = strip(before, 5, |b| b.is_ascii_digit())?;
    let before = strip(before, 8, is_space)?;
    let start = strip(before, 10, |b| b.is_ascii_digit())?.len();
    let digits = std::str::from_utf8(before.get(start..)?).ok()?;
    Some((digits.parse().ok()?, start))
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
        if let Some(Object::Dict(dict)) = object::parse(&mut Lexer::at(data, from), budget)? {
            if dict.get(b"Encrypt").is_some() {
                return Err(PdfProblem::Encrypted);
            }
            roots.extend(dict.get(b"Root").cloned());
        }
    }
    Ok(roots)
}

fn add_members(document: &mut Document<'_, '_>, number: u32) -> Result<(), PdfProblem> {
    let Some(stream) = document.object_stream(number)? else {
        return Ok(());
    };
    for (index, (member, _)) in stream.members.iter().enumerate() {
        if document.places.len() > MAX_OBJECTS {
            return Err(PdfProblem::TooComplex);
        }
        let place = XrefEntry::Inside { stream: number, index };
        document
            .places
            .entry(*member)
            .and_modify(|known| {
                if !matches!(known, XrefEntry::At(_)) {
                    *known = place;
                }
            })
            .or_insert(place);
    }
    Ok(())
}
