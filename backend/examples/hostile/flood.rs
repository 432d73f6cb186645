//! Bytes that come in pieces, as many as there shall be.

use std::{convert::Infallible, iter};

use bytes::Bytes;
use futures_util::{Stream, stream};

/// Of one piece.
const PIECE: usize = 64 * 1024;

/// The same piece again and again between a beginning and an end. Costs no more memory than the three.
#[derive(Clone)]
pub struct Flood {
    first: Bytes,
    again: Bytes,
    /// Endless when there is no number.
    times: Option<usize>,
    last: Bytes,
}

impl Flood {
    pub fn of(bytes: impl Into<Bytes>) -> Self {
        Self::between(bytes, "", 0, "")
    }

    /// A pattern so many times.
    pub fn between(first: impl Into<Bytes>, pattern: impl AsRef<[u8]>, times: usize, last: impl Into<Bytes>) -> Self {
        let (again, each) = piece(pattern.as_ref());
        Self {
            first: first.into(),
            again,
            times: Some(times.div_ceil(each)),
            last: last.into(),
        }
    }

    /// A pattern without end.
    pub fn endless(first: impl Into<Bytes>, pattern: impl AsRef<[u8]>) -> Self {
        Self {
            first: first.into(),
            again: piece(pattern.as_ref()).0,
            times: None,
            last: Bytes::new(),
        }
    }

    /// How many there are, when they end.
    pub fn bytes(&self) -> Option<usize> {
        Some(self.first.len() + self.again.len() * self.times? + self.last.len())
    }

    pub fn pieces(self) -> impl Stream<Item = Result<Bytes, Infallible>> + Send + 'static {
        let times = self.times.unwrap_or(usize::MAX);
        let all = iter::once(self.first)
            .chain(iter::repeat_n(self.again, times))
            .chain(iter::once(self.last));
        stream::iter(all.filter(|piece| !piece.is_empty()).map(Ok))
    }
}

/// The pattern as often as it fits, and how often that is.
fn piece(pattern: &[u8]) -> (Bytes, usize) {
    let each = (PIECE / pattern.len().max(1)).max(1);
    (Bytes::from(pattern.repeat(each)), each)
}
