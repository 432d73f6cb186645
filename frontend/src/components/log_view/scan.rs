//! Numbers of the lines that match something: the server looks through what is written, we through what is being written.

use std::sync::Arc;

use esteira_shared::{
    dto::logs::{LogLineDto, LogMatchQuery},
    status::LogLevel,
};
use leptos::{prelude::*, task::spawn_local};

use super::{ansi, marks::Needle, store::LogStore};

/// Matches kept; more are of no use to a person, and a list must stay light.
pub(super) const MOST: usize = 50_000;
/// New lines that are looked through here; after more (the tab slept) the server does it.
const MOST_HERE: i64 = 5_000;

/// What is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wish {
    /// As it was typed.
    pub(super) text: Option<String>,
    /// This level and what is worse.
    pub(super) level: Option<LogLevel>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ScanState {
    /// Nothing is looked for.
    Off,
    Running,
    /// Everything written was looked through, and what will be is.
    Complete,
    /// There are more matches than are kept.
    Full,
    Failed,
}

/// Copies freely.
#[derive(Clone, Copy)]
pub(super) struct Scan {
    /// In their order.
    pub(super) seqs: RwSignal<Vec<i64>>,
    pub(super) state: RwSignal<ScanState>,
    store: LogStore,
    wish: Memo<Option<Wish>>,
    searched_to: StoredValue<i64>,
    /// The newest run; answers to older ones are of no interest.
    run: StoredValue<u64>,
}

impl Scan {
    pub(super) fn new(store: LogStore, wish: Memo<Option<Wish>>) -> Self {
        let scan = Self {
            seqs: RwSignal::new(Vec::new()),
            state: RwSignal::new(ScanState::Off),
            store,
            wish,
            searched_to: StoredValue::new(0),
            run: StoredValue::new(0),
        };
        Effect::new(move |_| {
            wish.track();
            scan.begin();
        });
        Effect::new(move |_| {
            let newest = store.total.get();
            if scan.state.get_untracked() == ScanState::Complete {
                scan.extend_to(newest);
            }
        });
        scan
    }

    /// Goes on after a failure; false when there was none.
    pub(super) fn retry(self) -> bool {
        let failed = self.state.get_untracked() == ScanState::Failed;
        if failed {
            self.go_on();
        }
        failed
    }

    /// From the first line on.
    fn begin(self) {
        self.searched_to.set_value(0);
        self.seqs.set(Vec::new());
        self.go_on();
    }

    fn go_on(self) {
        let run = self.run.get_value() + 1;
        self.run.set_value(run);
        let Some(wish) = self.wish.get_untracked() else {
            self.state.set(ScanState::Off);
            return;
        };
        self.state.set(ScanState::Running);
        spawn_local(async move {
            let state = self.ask(&wish, run).await;
            let Some(state) = state else { return };
            let complete = state == ScanState::Complete;
            let _ = self.state.try_set(state);
            // Lines may have come meanwhile.
            if let Some(newest) = self.store.total.try_get_untracked().filter(|_| complete) {
                self.extend_to(newest);
            }
        });
    }

    /// Asks until everything is looked through. `None` when a newer run has begun.
    async fn ask(self, wish: &Wish, run: u64) -> Option<ScanState> {
        let source = self.store.source()?;
        loop {
            let searched_to = self.searched_to.try_get_value()?;
            let query = LogMatchQuery {
                q: wish.text.clone(),
                level: wish.level,
                after: Some(searched_to),
            };
            let answer = source.matches(&query).await;
            if self.run.try_get_value() != Some(run) {
                return None;
            }
            let Ok(page) = answer else {
                return Some(ScanState::Failed);
            };
            let full = self.push(page.seqs);
            self.searched_to.set_value(page.searched_to.max(searched_to));
            if full {
                return Some(ScanState::Full);
            }
            // An answer that does not get on would be asked for again for ever.
            if page.complete || page.searched_to <= searched_to {
                return Some(ScanState::Complete);
            }
        }
    }

    /// True when no more are kept.
    fn push(self, seqs: Vec<i64>) -> bool {
        if seqs.is_empty() {
            return self.seqs.with_untracked(Vec::len) >= MOST;
        }
        let mut full = false;
        self.seqs.update(|kept| {
            let last = kept.last().copied().unwrap_or(0);
            let room = MOST.saturating_sub(kept.len());
            kept.extend(seqs.into_iter().filter(|seq| *seq > last).take(room));
            full = kept.len() >= MOST;
        });
        full
    }

    /// Looks through new lines, here where they are here.
    fn extend_to(self, newest: i64) {
        let (Some(searched_to), Some(Some(wish))) = (self.searched_to.try_get_value(), self.wish.try_get_untracked())
        else {
            return;
        };
        if newest <= searched_to {
            return;
        }
        let near = newest - searched_to <= MOST_HERE;
        let Some(lines) = near.then(|| self.store.lines(searched_to + 1, newest)).flatten() else {
            self.go_on();
            return;
        };
        let found = matching(&lines, &wish);
        self.searched_to.set_value(newest);
        if self.push(found) {
            self.state.set(ScanState::Full);
        }
    }
}

fn matching(lines: &[Arc<LogLineDto>], wish: &Wish) -> Vec<i64> {
    let needle = wish.text.as_deref().and_then(Needle::new);
    lines
        .iter()
        .filter(|line| wish.level.is_none_or(|level| line.level >= level))
        .filter(|line| {
            needle
                .as_ref()
                .is_none_or(|needle| needle.is_in(&ansi::plain(&line.message)))
        })
        .map(|line| line.seq)
        .collect()
}

/// The match after (or before) a line, from the other end when there is none.
pub(super) fn neighbour(seqs: &[i64], from: i64, forward: bool) -> Option<i64> {
    let next = if forward {
        seqs.get(seqs.partition_point(|seq| *seq <= from))
    } else {
        seqs.partition_point(|seq| *seq < from)
            .checked_sub(1)
            .and_then(|index| seqs.get(index))
    };
    let other_end = if forward { seqs.first() } else { seqs.last() };
    next.or(other_end).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_goes_round_through_the_matches() {
        let seqs = [10, 20, 30];
        assert_eq!(neighbour(&seqs, 0, true), Some(10));
        assert_eq!(neighbour(&seqs, 10, true), Some(20));
        assert_eq!(neighbour(&seqs, 15, true), Some(20));
        assert_eq!(neighbour(&seqs, 30, true), Some(10));
        assert_eq!(neighbour(&seqs, 30, false), Some(20));
        assert_eq!(neighbour(&seqs, 25, false), Some(20));
        assert_eq!(neighbour(&seqs, 10, false), Some(30));
        assert_eq!(neighbour(&[], 5, true), None);
        assert_eq!(neighbour(&[], 5, false), None);
    }

    #[test]
    fn new_lines_match_by_what_is_seen_and_by_their_level() {
        let line = |seq, level, message: &str| {
            Arc::new(LogLineDto {
                seq,
                at: chrono::DateTime::UNIX_EPOCH.into(),
                level,
                message: message.to_owned(),
            })
        };
        let lines = [
            line(1, LogLevel::Info, "baixando \u{1b}[32mFatura\u{1b}[0m 1"),
            line(2, LogLevel::Error, "fatura sem bytes"),
            line(3, LogLevel::Warn, "portal lento"),
        ];
        let found = |text: Option<&str>, level| {
            matching(
                &lines,
                &Wish {
                    text: text.map(str::to_owned),
                    level,
                },
            )
        };
        assert_eq!(found(Some("FATURA"), None), [1, 2]);
        assert_eq!(found(Some("fatura 1"), None), [1]);
        assert_eq!(found(None, Some(LogLevel::Warn)), [2, 3]);
        assert_eq!(found(Some("fatura"), Some(LogLevel::Error)), [2]);
    }
}
