//! Rows that may go because they are old. Whoever owns a kind of rows says which, and removes them; how long they are kept
//! is for others to say.

use std::future::Future;

use chrono::DateTime;
use diesel::QueryResult;
use esteira_shared::{ids::OrganizationId, instant::Instant};

use super::{DbConn, Tx};

/// Rows looked at together.
pub const BATCH: i64 = 200;

/// Whose rows, and how old they are at least.
#[derive(Debug, Clone, Copy)]
pub struct Age {
    pub organization: OrganizationId,
    pub before: Instant,
}

/// One that may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Old<I> {
    /// By which its age is reckoned.
    pub at: Instant,
    pub id: I,
    /// For how many it counts.
    pub count: i64,
    /// Rows that go along in the same transaction, its own included.
    pub rows: i64,
    /// Of texts that go, now or a little later.
    pub bytes: i64,
}

/// Where one stands among those that are older and younger.
pub type Place<I> = (Instant, I);

/// Nothing here is older.
#[must_use]
pub fn beginning() -> Instant {
    DateTime::UNIX_EPOCH.into()
}

/// A kind of rows that may go when they are old.
pub trait Aged: Send + Sync + 'static {
    type Id: Copy + Eq + std::hash::Hash + Send + Sync + 'static;

    /// Those that may go, oldest first, at most [`BATCH`], after a place.
    fn old(
        conn: &mut DbConn,
        age: Age,
        after: Option<Place<Self::Id>>,
    ) -> impl Future<Output = QueryResult<Vec<Old<Self::Id>>>> + Send;

    /// Removes those of them that still may go, and says which these were.
    fn remove(tx: &mut Tx, age: Age, ids: Vec<Self::Id>) -> impl Future<Output = QueryResult<Vec<Self::Id>>> + Send;
}
