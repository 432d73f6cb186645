//! Decodes the streams that hold structure: cross-references and objects.

use super::PdfProblem;
use super::budget::{Budget, MAX_STREAM, STREAM};
use super::lexer::{Lexer, Token, find};
use super::object::{Dict, Key, Object};
use flate2::{Decompress, FlushDecompress, Status};

const FIRST_BLOCK: usize = 16 << 10;

/// The decoded bytes of the stream whose dictionary ended at `after_dict`, `length` being its stated one if known.
///
/// What was decoded before a fault in the data is kept, as other readers keep it.
pub(super) fn decode(
    data: &[u8],
    after_dict: usize,
    dict: &Dict,
    length: Option<usize>,
    budget: &mut Budget,
) -> Result<Vec<u8>, PdfProblem> {
    let mut lexer = Lexer::at(data, after_dict);
    let word = lexer.next();
    // A comment may stand before the word, as long as the file.
    budget.charge(lexer.pos().saturating_sub(after_dict).saturating_add(STREAM))?;
    if word != Token::Keyword(b"stream") {
        return Err(PdfProblem::Damaged("a structural stream has no data"));
    }
    let mut start = lexer.pos();
    if data.get(start) == Some(&b'\r') {
        start += 1;
    }
    if data.get(start) == Some(&b'\n') {
        start += 1;
    }
    let rest = data.get(start..).unwrap_or_default();
    let mut plain = match filter(dict)? {
        // The compressed data says itself where it ends, so a wrong /Length does no harm.
        Filter::Flate => inflate(rest, budget)?,
        Filter::None => plain(rest, length, budget)?,
    };
    match predictor(dict) {
        None | Some((1, _)) => Ok(plain),
        Some((10..=15, columns)) => {
            budget.charge(plain.len())?;
            undo_png(&mut plain, columns)?;
            Ok(plain)
        }
        Some(_) => Err(PdfProblem::Damaged("a structural stream has an unknown predictor")),
    }
}

enum Filter {
    None,
    Flate,
}

fn filter(dict: &Dict) -> Result<Filter, PdfProblem> {
    let name = match dict.get(Key::Filter) {
        None => return Ok(Filter::None),
        Some(Object::Array(items)) => match items.as_slice() {
            [] => return Ok(Filter::None),
            [one] => one,
            // Chained filters multiply their ratios, and no producer uses them for structure.
            _ => return Err(PdfProblem::Damaged("a structural stream has several filters")),
        },
        Some(other) => other,
    };
    match name {
        Object::Name(name) if matches!(&**name, b"FlateDecode" | b"Fl") => Ok(Filter::Flate),
        _ => Err(PdfProblem::Damaged("a structural stream has an unknown filter")),
    }
}

/// Predictor and bytes in a row.
fn predictor(dict: &Dict) -> Option<(usize, usize)> {
    let params = match dict.get(Key::DecodeParms).or_else(|| dict.get(Key::DP))? {
        Object::Array(items) => items.first()?.dict()?,
        other => other.dict()?,
    };
    Some((params.size(Key::Predictor)?, params.size(Key::Columns).unwrap_or(1)))
}

fn plain(rest: &[u8], length: Option<usize>, budget: &mut Budget) -> Result<Vec<u8>, PdfProblem> {
    let body = match stated(rest, length, budget)? {
        Some(body) => body,
        None => {
            let end = find(rest, b"endstream").unwrap_or(rest.len());
            budget.charge(end)?;
            rest.get(..end).unwrap_or_default()
        }
    };
    budget.charge(body.len())?;
    if body.len() > MAX_STREAM {
        return Err(PdfProblem::TooComplex);
    }
    Ok(body.to_vec())
}

/// The first `length` bytes, if the stream does end there.
fn stated<'a>(rest: &'a [u8], length: Option<usize>, budget: &mut Budget) -> Result<Option<&'a [u8]>, PdfProblem> {
    let Some((body, tail)) = length.and_then(|length| rest.split_at_checked(length)) else {
        return Ok(None);
    };
    let mut lexer = Lexer::at(tail, 0);
    let end = lexer.next();
    budget.charge(lexer.pos())?;
    Ok((end == Token::Keyword(b"endstream")).then_some(body))
}

fn inflate(mut input: &[u8], budget: &mut Budget) -> Result<Vec<u8>, PdfProblem> {
    let mut engine = Decompress::new(true);
    let mut out = Vec::new();
    loop {
        if out.len() == out.capacity() {
            let room = MAX_STREAM.saturating_sub(out.len());
            if room == 0 {
                return Err(PdfProblem::TooComplex);
            }
            out.reserve_exact(out.len().max(FIRST_BLOCK).min(room));
        }
        let (read_before, had) = (engine.total_in(), out.len());
        let status = engine.decompress_vec(input, &mut out, FlushDecompress::None);
        let read = usize::try_from(engine.total_in() - read_before).unwrap_or(usize::MAX);
        input = input.get(read..).unwrap_or_default();
        budget.charge(read.saturating_add(out.len().saturating_sub(had)))?;
        let stuck = read == 0 && out.len() == had;
        if stuck || matches!(status, Ok(Status::StreamEnd) | Err(_)) {
            break;
        }
    }
    if out.is_empty() {
        return Err(PdfProblem::Damaged("a structural stream cannot be decompressed"));
    }
    // The first block is large for a small stream, and many of them are remembered.
    if out.len() <= out.capacity() / 2 {
        out.shrink_to_fit();
    }
    Ok(out)
}

/// In place: a row is shorter than it was with its kind before it.
fn undo_png(data: &mut Vec<u8>, columns: usize) -> Result<(), PdfProblem> {
    if !(1..=1024).contains(&columns) {
        return Err(PdfProblem::Damaged("a structural stream has an unlikely row length"));
    }
    let mut above = vec![0_u8; columns];
    let rows = data.len() / (columns + 1);
    for row in 0..rows {
        let start = row * (columns + 1);
        let Some((kind, coded)) = data.get(start..start + columns + 1).and_then(<[u8]>::split_first) else {
            break;
        };
        let (mut left, mut above_left) = (0_u8, 0_u8);
        for (coded, above) in coded.iter().zip(above.iter_mut()) {
            let guess = match kind {
                1 => left,
                2 => *above,
                3 => u8::midpoint(left, *above),
                4 => paeth(left, *above, above_left),
                _ => 0,
            };
            left = coded.wrapping_add(guess);
            above_left = *above;
            *above = left;
        }
        if let Some(plain) = data.get_mut(row * columns..(row + 1) * columns) {
            plain.copy_from_slice(&above);
        }
    }
    data.truncate(rows * columns);
    Ok(())
}

fn paeth(left: u8, above: u8, above_left: u8) -> u8 {
    let guess = i16::from(left) + i16::from(above) - i16::from(above_left);
    let distance = |value: u8| (guess - i16::from(value)).abs();
    if distance(left) <= distance(above) && distance(left) <= distance(above_left) {
        left
    } else if distance(above) <= distance(above_left) {
        above
    } else {
        above_left
    }
}
