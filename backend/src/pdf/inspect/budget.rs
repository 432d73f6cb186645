//! The bounds of one inspection. Its memory beside the file stays below 64 MiB: what is kept, the object streams (those
//! remembered, and one more while it grows) and two objects at once. A test counts what the allocator hands out.

use super::PdfProblem;

/// What stays until the file is judged: where its objects are, and which nodes of the page tree are still to be seen.
const MAX_KEPT: usize = 30 << 20;
/// One object, or the list of an object stream's members. No more than two are held at once.
pub(super) const MAX_OBJECT: usize = 7 << 20;
/// One stream that holds structure, decoded. Half as much again is there while it grows.
pub(super) const MAX_STREAM: usize = 8 << 20;
/// Object streams are forgotten when they take more than this; reading one again is paid again.
pub(super) const MAX_REMEMBERED: usize = 5 << 20;
/// Values within one object, nested ones included.
pub(super) const MAX_NODES: usize = 300_000;
/// Nesting of arrays and dictionaries; parsing recurses this deep.
pub(super) const MAX_DEPTH: usize = 64;
pub(super) const MAX_PAGES: u32 = 100_000;
/// Cross-reference sections; an update of a file adds one.
pub(super) const MAX_SECTIONS: usize = 1_024;

/// The least that anything costs, in bytes looked at.
const STEP: usize = 16;
/// Finding or placing something in a large table.
pub(super) const LOOKUP: usize = 32;
/// Setting up the decoding of a stream.
pub(super) const STREAM: usize = 2_048;

/// What is left to spend. Work is counted in bytes looked at (two or three nanoseconds each), because a clock would make
/// the answer depend on the machine.
pub(super) struct Budget {
    work: u64,
    kept: Room,
}

impl Budget {
    /// A small file gets little: it holds the place for milliseconds, however it is built.
    pub(super) fn for_input(len: usize) -> Self {
        let len = u64::try_from(len).unwrap_or(u64::MAX);
        let inflated = len.saturating_mul(128).min(64 << 20);
        Self {
            work: len.saturating_mul(4).saturating_add(inflated).saturating_add(16 << 20),
            kept: Room::new(MAX_KEPT),
        }
    }

    /// Pays for `bytes` looked at, plus a little for the step itself.
    pub(super) fn charge(&mut self, bytes: usize) -> Result<(), PdfProblem> {
        let cost = u64::try_from(bytes.saturating_add(STEP)).unwrap_or(u64::MAX);
        self.work = self.work.checked_sub(cost).ok_or(PdfProblem::TooComplex)?;
        Ok(())
    }

    /// Pays for `count` small steps.
    pub(super) fn charge_steps(&mut self, count: usize) -> Result<(), PdfProblem> {
        self.charge(count.saturating_mul(STEP))
    }

    /// Pays for memory that stays.
    pub(super) fn keep(&mut self, bytes: usize) -> Result<(), PdfProblem> {
        self.kept.take(bytes)
    }

    /// Puts `item` on a list that stays.
    pub(super) fn push<T>(&mut self, list: &mut Vec<T>, item: T) -> Result<(), PdfProblem> {
        self.kept.push(list, item)
    }

    /// All that was kept is gone. The work that was done stays done.
    pub(super) fn forget(&mut self) {
        self.kept = Room::new(MAX_KEPT);
    }

    #[cfg(test)]
    pub(super) fn work_left(&self) -> u64 {
        self.work
    }
}

/// Bytes that may still be allocated.
pub(super) struct Room(usize);

impl Room {
    pub(super) fn new(bytes: usize) -> Self {
        Self(bytes)
    }

    pub(super) fn take(&mut self, bytes: usize) -> Result<(), PdfProblem> {
        self.0 = self.0.checked_sub(bytes).ok_or(PdfProblem::TooComplex)?;
        Ok(())
    }

    /// Adds `item`; a list that has to grow for it is paid for first.
    pub(super) fn push<T>(&mut self, list: &mut Vec<T>, item: T) -> Result<(), PdfProblem> {
        if list.len() == list.capacity() {
            let more = list.capacity().max(4);
            // The old list is there until it is copied, which is half of the new one.
            self.take(more.saturating_mul(size_of::<T>()).saturating_mul(3) / 2)?;
            list.reserve_exact(more);
        }
        list.push(item);
        Ok(())
    }
}

/// The most that an entry of a hash table takes: one is at least 7/16 full, and its last half is there while it grows.
pub(super) const fn hashed<T>() -> usize {
    4 * (size_of::<T>() + 1)
}
