//! The bounds of one inspection.

use super::PdfProblem;

/// All streams of one file together may inflate to this many bytes.
const MAX_INFLATED: usize = 64 << 20;
/// Objects of a file, whether listed or found; also bounds the members of an object stream.
pub(super) const MAX_OBJECTS: usize = 1_000_000;
/// Values within one object, nested ones included.
pub(super) const MAX_NODES: usize = 300_000;
/// Nesting of arrays and dictionaries; parsing recurses this deep.
pub(super) const MAX_DEPTH: usize = 64;
pub(super) const MAX_PAGES: u32 = 100_000;
/// Cross-reference sections; an update of a file adds one.
pub(super) const MAX_SECTIONS: usize = 1_024;

/// What is left to spend. Work is counted in bytes looked at, because a clock would make the answer depend on the machine.
pub(super) struct Budget {
    work: u64,
    inflate: usize,
}

impl Budget {
    pub(super) fn for_input(len: usize) -> Self {
        let len = u64::try_from(len).unwrap_or(u64::MAX);
        Self {
            work: len.saturating_mul(4).saturating_add(64 << 20),
            inflate: MAX_INFLATED,
        }
    }

    /// Pays for `bytes` looked at, plus a little for the step itself.
    pub(super) fn charge(&mut self, bytes: usize) -> Result<(), PdfProblem> {
        let cost = u64::try_from(bytes).unwrap_or(u64::MAX).saturating_add(16);
        self.work = self.work.checked_sub(cost).ok_or(PdfProblem::TooComplex)?;
        Ok(())
    }

    pub(super) fn inflate_left(&self) -> usize {
        self.inflate
    }

    pub(super) fn take_inflated(&mut self, bytes: usize) -> Result<(), PdfProblem> {
        self.inflate = self.inflate.checked_sub(bytes).ok_or(PdfProblem::TooComplex)?;
        self.charge(bytes)
    }
}
