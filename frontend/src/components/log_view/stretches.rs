//! Which stretches of a log to read for the lines that are wanted.

use super::cache::{BLOCK, block_start};

/// Matches less than this apart are read together, with what lies between.
const BRIDGE: i64 = 50;
/// Requests at once; browsers open six connections to a server, and the live stream needs one.
const MOST_AT_ONCE: usize = 4;

/// Lines `from..=to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) from: i64,
    pub(super) to: i64,
}

impl Stretch {
    pub(super) fn has(self, seq: i64) -> bool {
        (self.from..=self.to).contains(&seq)
    }

    /// Lines in it.
    pub(super) fn count(self) -> i64 {
        self.to - self.from + 1
    }
}

/// What is being read, and what could not be.
#[derive(Debug, Default)]
pub(super) struct Stretches {
    under_way: Vec<Stretch>,
    failed: Vec<Stretch>,
}

impl Stretches {
    /// Stretches to read now, given the numbers in sight that are missing, in their order. `whole` reads whole blocks:
    /// what lies beside them will be in sight next.
    pub(super) fn begin(&mut self, missing: &[i64], whole: bool, newest: i64) -> Vec<Stretch> {
        let mut found: Vec<Stretch> = Vec::new();
        for seq in missing.iter().copied().filter(|seq| (1..=newest).contains(seq)) {
            if self.is_failed(seq) || self.under_way.iter().any(|stretch| stretch.has(seq)) {
                continue;
            }
            if whole {
                let from = block_start(seq);
                if found.last().is_none_or(|last| last.from != from) {
                    let to = (from + BLOCK - 1).min(newest);
                    found.push(Stretch { from, to });
                }
                continue;
            }
            match found.last_mut() {
                Some(last) if seq - last.to <= BRIDGE && seq - last.from < BLOCK => last.to = seq,
                _ => found.push(Stretch { from: seq, to: seq }),
            }
        }
        found.truncate(MOST_AT_ONCE.saturating_sub(self.under_way.len()));
        self.under_way.extend(&found);
        found
    }

    /// A stretch that somebody else found missing.
    pub(super) fn also(&mut self, stretch: Stretch) {
        self.under_way.push(stretch);
    }

    /// `unread` is what of it could not be read.
    pub(super) fn end(&mut self, stretch: Stretch, unread: Option<Stretch>) {
        self.under_way.retain(|other| *other != stretch);
        self.failed.extend(unread);
    }

    pub(super) fn is_failed(&self, seq: i64) -> bool {
        self.failed.iter().any(|stretch| stretch.has(seq))
    }

    /// They may be tried again.
    pub(super) fn forgive(&mut self) {
        self.failed.clear();
    }

    pub(super) fn has_failed(&self) -> bool {
        !self.failed.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stretch(from: i64, to: i64) -> Stretch {
        Stretch { from, to }
    }

    #[test]
    fn missing_lines_bring_their_blocks_once() {
        let mut stretches = Stretches::default();
        let missing: Vec<i64> = (450..=620).collect();
        assert_eq!(
            stretches.begin(&missing, true, 10_000),
            [stretch(1, 500), stretch(501, 1_000)]
        );
        assert!(
            stretches.begin(&missing, true, 10_000).is_empty(),
            "they are on their way"
        );
        stretches.end(stretch(1, 500), None);
        assert_eq!(stretches.begin(&[450], true, 10_000), [stretch(1, 500)]);
    }

    #[test]
    fn the_last_block_ends_with_the_log() {
        let mut stretches = Stretches::default();
        assert_eq!(
            stretches.begin(&[1_010, 1_011, 1_200], true, 1_020),
            [stretch(1_001, 1_020)]
        );
        assert!(stretches.begin(&[0, -4], true, 1_020).is_empty());
    }

    #[test]
    fn scattered_matches_are_read_together_where_they_lie_close() {
        let mut stretches = Stretches::default();
        let missing = [10, 20, 60, 400, 405, 9_000];
        assert_eq!(
            stretches.begin(&missing, false, 10_000),
            [stretch(10, 60), stretch(400, 405), stretch(9_000, 9_000)]
        );
        let close: Vec<i64> = (0..40).map(|number| 20_000 + number * 40).collect();
        let mut stretches = Stretches::default();
        for one in stretches.begin(&close, false, 100_000) {
            assert!(one.count() <= BLOCK, "{one:?}");
        }
    }

    #[test]
    fn few_requests_run_at_once() {
        let mut stretches = Stretches::default();
        let missing: Vec<i64> = (1..100).map(|number| number * 1_000).collect();
        let first = stretches.begin(&missing, false, 200_000);
        assert_eq!(first.len(), MOST_AT_ONCE);
        assert!(stretches.begin(&missing, false, 200_000).is_empty());
        stretches.end(stretch(1_000, 1_000), None);
        assert_eq!(stretches.begin(&missing, false, 200_000), [stretch(1_000, 1_000)]);
    }

    #[test]
    fn a_failure_waits_until_it_is_forgiven() {
        let mut stretches = Stretches::default();
        for one in stretches.begin(&[7], true, 2_000) {
            stretches.end(one, Some(stretch(5, 500)));
        }
        assert!(stretches.is_failed(7) && !stretches.is_failed(4) && stretches.has_failed());
        assert!(stretches.begin(&[7], true, 2_000).is_empty());
        stretches.forgive();
        assert_eq!(stretches.begin(&[7], true, 2_000), [stretch(1, 500)]);
    }
}
