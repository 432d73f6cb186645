//! Keyset pages: a page names where the next one starts. So late pages cost no more than early ones, and new rows shift
//! nothing.

use serde::{Deserialize, Serialize};

/// Rows of a page when the caller does not say.
pub const DEFAULT_LIMIT: i64 = 50;
/// Most rows a caller may ask for.
pub const MAX_LIMIT: i64 = 200;
/// Matches are counted up to here; beyond it the screen shows "mais de 1.000".
pub const TOTAL_CAP: i64 = 1_000;

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Opaque; send it back as `cursor` for the rows after these. Absent on the last page.
    pub next_cursor: Option<String>,
    /// Only on the first page (no cursor), where the screen shows it.
    pub total: Option<Total>,
}

/// How many rows match the filter, counted up to [`TOTAL_CAP`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Total {
    pub count: i64,
    /// True when there are more than `count`.
    pub capped: bool,
}

impl<T> Page<T> {
    pub fn map<U>(self, each: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(each).collect(),
            next_cursor: self.next_cursor,
            total: self.total,
        }
    }
}
