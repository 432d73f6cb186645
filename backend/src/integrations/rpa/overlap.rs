//! Where two stretches of the same sequence meet, by what stands in them. All of it is linear (Knuth, Morris, Pratt).

/// How many of the first items of what is new are those that `kept` ends with, the most that fit: its end and `beginning`,
/// as many of the first new items as `kept` has, are the same, or all of it stands within the new items. Where it does so
/// last, `followed` says.
pub(super) fn overlap(kept: &[u64], beginning: &[u64], followed: &Following) -> usize {
    followed.last_end.max(Search::new(beginning).matched_at_end(kept))
}

/// Whether `part` stands somewhere in `whole`.
pub(super) fn contains(whole: &[u64], part: &[u64]) -> bool {
    let mut followed = Following::new(part);
    for item in whole {
        followed.push(*item);
    }
    followed.last_end > 0
}

/// Looks for a sequence in items that come one by one, and keeps none of them.
pub(super) struct Following {
    search: Search,
    matched: usize,
    items: usize,
    /// Behind the last place at which all of the sequence stands. An empty one stands nowhere.
    last_end: usize,
}

impl Following {
    pub(super) fn new(sequence: &[u64]) -> Self {
        Self {
            search: Search::new(sequence),
            matched: 0,
            items: 0,
            last_end: 0,
        }
    }

    pub(super) fn push(&mut self, item: u64) {
        self.items += 1;
        self.matched = self.search.step(self.matched, item);
        if self.matched == self.search.pattern.len() && self.matched > 0 {
            self.last_end = self.items;
        }
    }
}

struct Search {
    pattern: Vec<u64>,
    /// For each length of a match: the length of the longest shorter one that ends at the same place.
    shorter: Vec<usize>,
}

impl Search {
    fn new(pattern: &[u64]) -> Self {
        let mut search = Self {
            pattern: pattern.to_vec(),
            shorter: vec![0, 0],
        };
        let mut matched = 0;
        for item in pattern.iter().skip(1) {
            matched = search.step(matched, *item);
            search.shorter.push(matched);
        }
        search
    }

    /// The length of the match after one more item.
    fn step(&self, mut matched: usize, item: u64) -> usize {
        loop {
            if self.pattern.get(matched) == Some(&item) {
                return matched + 1;
            }
            if matched == 0 {
                return 0;
            }
            matched = self.shorter.get(matched).copied().unwrap_or_default();
        }
    }

    /// How much of the pattern's beginning the text ends with.
    fn matched_at_end(&self, text: &[u64]) -> usize {
        text.iter().fold(0, |matched, item| self.step(matched, *item))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn met(kept: &[u64], new: &[u64]) -> usize {
        let mut followed = Following::new(kept);
        for item in new {
            followed.push(*item);
        }
        let beginning = new.get(..kept.len().min(new.len())).unwrap_or_default();
        overlap(kept, beginning, &followed)
    }

    #[test]
    fn the_longest_overlap_is_found() {
        let cases: [(&[u64], &[u64], usize); 12] = [
            (&[1, 2, 3], &[2, 3, 4], 2),
            (&[1, 2, 3], &[4, 5], 0),
            (&[1, 2, 3], &[3], 1),
            (&[1, 2, 3], &[1, 2, 3], 3),
            (&[2, 3], &[1, 2, 3, 4], 3),
            (&[2, 3], &[2, 3, 1, 2, 3, 4], 5),
            (&[1, 1, 1], &[1, 1], 2),
            (&[1, 1], &[1, 1, 1, 2], 3),
            (&[1, 2, 1, 2], &[1, 2, 1, 3], 2),
            (&[1, 2, 1, 3, 1, 2, 1], &[1, 2, 1, 3, 5], 3),
            (&[], &[1], 0),
            (&[1], &[], 0),
        ];
        for (kept, new, expected) in cases {
            assert_eq!(met(kept, new), expected, "{kept:?} {new:?}");
        }
        assert!(contains(&[1, 2, 3], &[2, 3]));
        assert!(contains(&[1, 2, 3], &[1, 2]));
        assert!(!contains(&[1, 2, 3], &[2, 4]));
        assert!(!contains(&[1, 2, 3], &[]));
    }

    /// The definition, tried with every short sequence of two kinds of items.
    #[test]
    fn it_is_what_the_definition_says() {
        let mut sequences: Vec<Vec<u64>> = Vec::new();
        for length in 0..8_u32 {
            for bits in 0..(1_u64 << length) {
                sequences.push((0..length).map(|bit| (bits >> bit) & 1).collect());
            }
        }
        for kept in &sequences {
            for new in &sequences {
                let fits = |count: &usize| match new.split_at(*count).0 {
                    [] => false,
                    known if known.len() <= kept.len() => kept.ends_with(known),
                    known => !kept.is_empty() && known.ends_with(kept),
                };
                let expected = (0..=new.len()).rev().find(fits).unwrap_or(0);
                assert_eq!(met(kept, new), expected, "{kept:?} {new:?}");
            }
        }
    }
}
