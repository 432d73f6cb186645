//! How much was tried: a list that became empty would let everything pass.

use std::collections::BTreeMap;

/// Cells, counted by kind.
#[derive(Default)]
pub(super) struct Tried(BTreeMap<&'static str, usize>);

impl Tried {
    pub(super) fn count(&mut self, kind: &'static str) {
        *self.0.entry(kind).or_default() += 1;
    }

    /// Prints the numbers. Fails when there were fewer of a kind than its floor.
    #[track_caller]
    pub(super) fn at_least(&self, floors: &[(&str, usize)]) {
        let all: usize = self.0.values().sum();
        println!("authorisation: {all} cells, {:?}", self.0);
        for (kind, floor) in floors {
            let tried = self.0.get(*kind).copied().unwrap_or_default();
            assert!(tried >= *floor, "{kind}: {tried} cells, at least {floor} are wanted");
        }
        assert_eq!(self.0.len(), floors.len(), "every kind has its floor");
    }
}
