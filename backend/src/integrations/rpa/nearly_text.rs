//! JSON in bytes that are nearly text, without a copy of them: a long answer is in memory once.

use std::{
    io::{self, Read},
    str::Utf8Chunks,
};

use serde::de::DeserializeSeed;
use serde_json::Deserializer;

/// What may stand before the first character.
const MARK: &[u8] = b"\xEF\xBB\xBF";
/// Stands for bytes that are no text, as `String::from_utf8_lossy` has it.
const NO_TEXT: &[u8] = "\u{fffd}".as_bytes();

/// Reads JSON to its end, bytes that are no text replaced.
pub(super) fn json<T>(body: &[u8], seed: impl for<'de> DeserializeSeed<'de, Value = T>) -> serde_json::Result<T> {
    let mut body = body;
    while let Some(rest) = body.strip_prefix(MARK) {
        body = rest;
    }
    match std::str::from_utf8(body) {
        Ok(text) => whole(Deserializer::from_str(text), seed),
        Err(_) => whole(Deserializer::from_reader(NearlyText::new(body)), seed),
    }
}

fn whole<'de, R, S>(mut json: Deserializer<R>, seed: S) -> serde_json::Result<S::Value>
where
    R: serde_json::de::Read<'de>,
    S: DeserializeSeed<'de>,
{
    let value = seed.deserialize(&mut json)?;
    json.end()?;
    Ok(value)
}

struct NearlyText<'a> {
    chunks: Utf8Chunks<'a>,
    piece: &'a [u8],
    /// Behind the piece stand bytes that are no text.
    broken: bool,
}

impl<'a> NearlyText<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self {
            chunks: bytes.utf8_chunks(),
            piece: &[],
            broken: false,
        }
    }
}

impl Read for NearlyText<'_> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        while self.piece.is_empty() {
            if self.broken {
                self.piece = NO_TEXT;
                self.broken = false;
            } else if let Some(chunk) = self.chunks.next() {
                self.piece = chunk.valid().as_bytes();
                self.broken = !chunk.invalid().is_empty();
            } else {
                return Ok(0);
            }
        }
        self.piece.read(room)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

    use std::marker::PhantomData;

    use serde_json::Value;

    use super::*;

    #[test]
    fn it_reads_as_the_text_that_replaces_what_is_none() {
        for bytes in [
            b"a\xff\xc3b".as_slice(),
            b"\xff",
            b"\xe2\x82",
            b"\xf0\x9f\x98x\x80",
            "só texto €".as_bytes(),
            b"",
        ] {
            let mut read = String::new();
            NearlyText::new(bytes).read_to_string(&mut read).unwrap();
            assert_eq!(read, String::from_utf8_lossy(bytes));
            let body = [b"\xEF\xBB\xBF[\"", bytes, b"\"]\n"].concat();
            let value = json(&body, PhantomData::<Value>).unwrap();
            assert_eq!(value, serde_json::json!([String::from_utf8_lossy(bytes)]));
        }
        assert!(json(b"[] x", PhantomData::<Value>).is_err());
    }
}
