//! Decodes the streams that hold structure: cross-references and objects.

use super::PdfProblem;
use super::budget::Budget;
use super::lexer::{Lexer, Token, find};
use super::object::{Dict, Object};
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
    if lexer.next() != Token::Keyword(b"stream") {
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
    let plain = match filter(dict)? {
        // The compressed data says itself where it ends, so a wrong /Length does no harm.
        Filter::Flate => inflate(rest, budget)?,
        Filter::None => plain(rest, length, budget)?,
    };
    match predictor(dict) {
        None | Some((1, _)) => Ok(plain),
        Some((10..=15, columns)) => undo_png(&plain, columns),
        Some(_) => Err(PdfProblem::Damaged("a structural stream has an unknown predictor")),
    }
}

enum Filter {
    None,
    Flate,
}

fn filter(dict: &Dict) -> Result<Filter, PdfProblem> {
    let name = match dict.get(b"Filter") {
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
    let params = match dict.get(b"DecodeParms").or_else(|| dict.get(b"DP"))? {
        Object::Array(items) => items.first()?.dict()?,
        other => other.dict()?,
    };
    Some((params.size(b"Predictor")?, params.size(b"Columns").unwrap_or(1)))
}

fn plain(rest: &[u8], length: Option<usize>, budget: &mut Budget) -> Result<Vec<u8>, PdfProblem> {
    let stated = length.and_then(|length| {
        let body = rest.get(..length)?;
        let end = Lexer::at(rest, length).next();
        (end == Token::Keyword(b"endstream")).then_some(body)
    });
    let body = match stated {
        Some(body) => body,
        None => {
            let end = find(rest, b"endstream").unwrap_or(rest.len());
            budget.charge(end)?;
            rest.get(..end).unwrap_or_default()
        }
    };
    budget.take_inflated(body.len())?;
    Ok(body.to_vec())
}

fn inflate(mut input: &[u8], budget: &mut Budget) -> Result<Vec<u8>, PdfProblem> {
    let limit = budget.inflate_left();
    let mut engine = Decompress::new(true);
    let mut out = Vec::new();
    loop {
        if out.len() == out.capacity() {
            let room = limit.saturating_sub(out.len());
            if room == 0 {
                return Err(PdfProblem::TooComplex);
            }
            out.reserve_exact(out.len().max(FIRST_BLOCK).min(room));
        }
        let (read_before, had) = (engine.total_in(), out.len());
        let status = engine.decompress_vec(input, &mut out, FlushDecompress::None);
        let read = usize::try_from(engine.total_in() - read_before).unwrap_or(usize::MAX);
        input = input.get(read..).unwrap_or_default();
        budget.charge(read)?;
        let stuck = read == 0 && out.len() == had;
        if stuck || matches!(status, Ok(Status::StreamEnd) | Err(_)) {
            break;
        }
    }
    budget.take_inflated(out.len())?;
    if out.is_empty() {
        return Err(PdfProblem::Damaged("a structural stream cannot be decompressed"));
    }
    Ok(out)
}

fn undo_png(data: &[u8], columns: usize) -> Result<Vec<u8>, PdfProblem> {
    if !(1..=1024).contains(&columns) {
        return Err(PdfProblem::Damaged("a structural stream has an unlikely row length"));
    }
    let mut out = Vec::with_capacity(data.len());
    let mut above = vec![0_u8; columns];
    for row in data.chunks_exact(columns + 1) {
        let Some((kind, coded)) = row.split_first() else { break };
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
            out.push(left);
        }
    }
    Ok(out)
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
