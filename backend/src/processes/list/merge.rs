//! Rows that were read one index range after the other, as one list.

use std::cmp::Ordering;

use esteira_shared::{dto::processes::ProcessSort, ids::ProcessId, instant::Instant};

/// The first `limit` rows in order. `place` gives since when a row is in its status, and its id.
pub(super) fn merged<T>(
    mut rows: Vec<T>,
    sort: ProcessSort,
    limit: i64,
    place: impl Fn(&T) -> (Instant, ProcessId),
) -> Vec<T> {
    rows.sort_by(|a, b| in_order(sort, place(a), place(b)));
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    rows
}

fn in_order(sort: ProcessSort, a: (Instant, ProcessId), b: (Instant, ProcessId)) -> Ordering {
    match sort {
        ProcessSort::Newest => b.1.cmp(&a.1),
        ProcessSort::Oldest => a.1.cmp(&b.1),
        ProcessSort::LongestWaiting => a.cmp(&b),
        ProcessSort::ShortestWaiting => b.cmp(&a),
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn the_order_decides_which_rows_stay() {
        let start: Instant = chrono::DateTime::UNIX_EPOCH.into();
        let row = |minutes, id| {
            (
                start + chrono::TimeDelta::minutes(minutes),
                ProcessId(Uuid::from_u128(id)),
            )
        };
        let rows = vec![row(4, 3), row(1, 1), row(3, 4), row(2, 2)];
        for (sort, first) in [
            (ProcessSort::Newest, [row(3, 4), row(4, 3)]),
            (ProcessSort::Oldest, [row(1, 1), row(2, 2)]),
            (ProcessSort::LongestWaiting, [row(1, 1), row(2, 2)]),
            (ProcessSort::ShortestWaiting, [row(4, 3), row(3, 4)]),
        ] {
            assert_eq!(merged(rows.clone(), sort, 2, |row| *row), first, "{sort:?}");
        }
    }
}
