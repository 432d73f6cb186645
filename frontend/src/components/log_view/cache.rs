//! Lines that were read, by number. Bounded, so that a log of any length can be read from end to end.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use esteira_shared::dto::logs::LogLineDto;

/// Lines are read and given up by the block.
pub(super) const BLOCK: i64 = 500;
/// Forty blocks.
const MOST_LINES: usize = 20_000;
/// Lines may have 16 KiB each.
const MOST_BYTES: usize = 32 * 1024 * 1024;

#[derive(Default)]
pub(super) struct LineCache {
    blocks: HashMap<i64, Block>,
    lines: usize,
    bytes: usize,
    clock: u64,
}

#[derive(Default)]
struct Block {
    lines: BTreeMap<i64, Arc<LogLineDto>>,
    bytes: usize,
    used: u64,
}

/// The first line of the block that holds a line.
pub(super) fn block_start(seq: i64) -> i64 {
    (seq - 1).max(0) / BLOCK * BLOCK + 1
}

impl LineCache {
    pub(super) fn get(&self, seq: i64) -> Option<&Arc<LogLineDto>> {
        self.blocks.get(&block_start(seq))?.lines.get(&seq)
    }

    pub(super) fn has(&self, seq: i64) -> bool {
        self.get(seq).is_some()
    }

    /// These are in sight: their blocks are given up last.
    pub(super) fn touch(&mut self, seqs: impl IntoIterator<Item = i64>) {
        self.clock += 1;
        let mut before = None;
        for seq in seqs {
            let start = block_start(seq);
            if before == Some(start) {
                continue;
            }
            before = Some(start);
            if let Some(block) = self.blocks.get_mut(&start) {
                block.used = self.clock;
            }
        }
    }

    pub(super) fn insert(&mut self, lines: impl IntoIterator<Item = LogLineDto>) {
        for line in lines {
            let size = line.message.len();
            let block = self.blocks.entry(block_start(line.seq)).or_default();
            block.used = self.clock;
            let old = block.lines.insert(line.seq, Arc::new(line));
            let freed = old.as_ref().map_or(0, |old| old.message.len());
            block.bytes = block.bytes + size - freed;
            self.bytes = self.bytes + size - freed;
            self.lines += usize::from(old.is_none());
        }
        while self.blocks.len() > 1 && (self.lines > MOST_LINES || self.bytes > MOST_BYTES) {
            let Some(start) = self.least_used() else { break };
            if let Some(block) = self.blocks.remove(&start) {
                self.lines -= block.lines.len();
                self.bytes -= block.bytes;
            }
        }
    }

    fn least_used(&self) -> Option<i64> {
        let oldest = self.blocks.iter().min_by_key(|(start, block)| (block.used, **start));
        oldest.map(|(start, _)| *start)
    }
}

#[cfg(test)]
mod tests {
    use esteira_shared::status::LogLevel;

    use super::*;

    fn lines(from: i64, count: i64, bytes: usize) -> impl Iterator<Item = LogLineDto> {
        (from..from + count).map(move |seq| LogLineDto {
            seq,
            at: chrono::DateTime::UNIX_EPOCH.into(),
            level: LogLevel::Info,
            message: "x".repeat(bytes),
        })
    }

    #[test]
    fn lines_belong_to_their_block() {
        assert_eq!(block_start(1), 1);
        assert_eq!(block_start(500), 1);
        assert_eq!(block_start(501), 501);
        assert_eq!(block_start(0), 1);
        assert_eq!(block_start(-7), 1);
    }

    #[test]
    fn what_was_put_in_is_found_however_it_came() {
        let mut cache = LineCache::default();
        cache.insert(lines(900, 300, 10));
        cache.insert(lines(1_000, 50, 20));
        assert!(!cache.has(899) && cache.has(900) && cache.has(1_199) && !cache.has(1_200));
        assert_eq!(cache.lines, 300, "a line read twice is kept once");
        assert_eq!(cache.bytes, 250 * 10 + 50 * 20);
        assert_eq!(
            cache.get(1_020).map(|line| line.message.len()),
            Some(20),
            "the newer reading"
        );
    }

    #[test]
    fn it_stays_bounded_by_lines_and_gives_up_what_was_not_seen_for_longest() {
        let mut cache = LineCache::default();
        for block in 0..100 {
            cache.insert(lines(block * BLOCK + 1, BLOCK, 10));
            cache.touch([1, 2, 3]);
        }
        assert_eq!(cache.lines, MOST_LINES);
        assert_eq!(
            cache.blocks.values().map(|block| block.lines.len()).sum::<usize>(),
            cache.lines
        );
        assert!(cache.has(1), "what is in sight stays");
        assert!(!cache.has(501), "the oldest other went");
        assert!(cache.has(99 * BLOCK + 1), "the newest is there");
    }

    #[test]
    fn it_stays_bounded_by_bytes() {
        let mut cache = LineCache::default();
        for block in 0..20 {
            cache.touch([]);
            cache.insert(lines(block * BLOCK + 1, BLOCK, 16_384));
        }
        assert!(cache.bytes <= MOST_BYTES);
        assert_eq!(
            cache.blocks.values().map(|block| block.bytes).sum::<usize>(),
            cache.bytes
        );
        assert!(cache.has(19 * BLOCK + 1));
    }

    #[test]
    fn scattered_lines_do_not_push_each_other_out() {
        let mut cache = LineCache::default();
        for number in 0..1_000 {
            cache.insert(lines(number * 900 + 1, 1, 50));
        }
        assert_eq!(cache.lines, 1_000);
        assert!(cache.has(1));
    }
}
