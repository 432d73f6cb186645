//! Reads what is in sight and not here yet.

use std::{sync::Arc, time::Duration};

use esteira_shared::dto::logs::{LOG_LINES, LogLineDto, LogQuery};
use leptos::{prelude::*, task::spawn_local};

use super::{LogStore, Stretch};
use crate::api::ApiResult;

/// While somebody drags the scroll bar, only where they are after so long is read.
const PAUSE: Duration = Duration::from_millis(60);

impl LogStore {
    /// These lines are in sight. `whole` also reads what lies beside them.
    pub(in crate::components::log_view) fn want(self, seqs: Vec<i64>, whole: bool) {
        let ask = self.keep(|kept| {
            kept.cache.touch(seqs.iter().copied());
            let missing: Vec<i64> = seqs.into_iter().filter(|seq| !kept.cache.has(*seq)).collect();
            let ask = !missing.is_empty() && !kept.asking;
            kept.asking |= ask;
            kept.wanted = (missing, whole);
            ask
        });
        if ask == Some(true) {
            set_timeout(move || self.ask(), PAUSE);
        }
    }

    fn ask(self) {
        let begun = self.keep(|kept| {
            kept.asking = false;
            let missing: Vec<i64> = kept
                .wanted
                .0
                .iter()
                .copied()
                .filter(|seq| !kept.cache.has(*seq))
                .collect();
            kept.stretches.begin(&missing, kept.wanted.1, kept.newest)
        });
        for stretch in begun.into_iter().flatten() {
            self.read(stretch);
        }
    }

    /// A gap in what was told.
    pub(super) fn fill(self, missing: Stretch) {
        // Of a long gap the beginning is enough: the rest is read when it comes in sight.
        let stretch = Stretch {
            to: missing.to.min(missing.from + LOG_LINES - 1),
            ..missing
        };
        self.keep(|kept| kept.stretches.also(stretch));
        self.read(stretch);
    }

    fn read(self, stretch: Stretch) {
        let Some(source) = self.source() else { return };
        spawn_local(async move {
            let query = LogQuery {
                from: Some(stretch.from),
                limit: Some(stretch.count()),
            };
            let answer = source.page(&query).await;
            // Lines that an answer lacks would be asked for again and again.
            let last = answer
                .as_ref()
                .ok()
                .and_then(|page| page.lines.last())
                .map(|line| line.seq);
            let unread = Stretch {
                from: last.map_or(stretch.from, |last| last + 1),
                ..stretch
            };
            let unread = Some(unread).filter(|unread| unread.count() > 0);
            if self.keep(|kept| kept.stretches.end(stretch, unread)).is_none() {
                return;
            }
            if let Ok(page) = answer {
                self.take(page);
            }
            self.tell();
            self.ask();
        });
    }

    /// Tries again what could not be read.
    pub(in crate::components::log_view) fn retry(self) {
        let any = self.keep(|kept| {
            let any = kept.stretches.has_failed();
            kept.stretches.forgive();
            any
        });
        if any == Some(true) {
            self.tell();
            self.ask();
        }
    }

    /// Reads what was written since the last line told, and whether anything more will be.
    pub(in crate::components::log_view) fn look(self) {
        let (Some(source), Some(newest)) = (self.source(), self.keep(|kept| kept.newest)) else {
            return;
        };
        spawn_local(async move {
            let query = LogQuery {
                from: Some(newest + 1),
                limit: Some(LOG_LINES),
            };
            let Ok(page) = source.page(&query).await else { return };
            let ended = page.ended;
            let told = page.lines.last().map_or(newest, |line| line.seq) >= page.total;
            self.append(page.lines);
            if ended && told {
                let _ = self.ended.try_set(true);
            }
        });
    }

    /// When the log began, for times that count from there.
    pub(in crate::components::log_view) fn want_began(self) {
        let known = self.began.try_get_untracked() != Some(None);
        let asked = self.keep(|kept| std::mem::replace(&mut kept.asked_began, true)) != Some(false);
        let Some(source) = self.source().filter(|_| !known && !asked) else {
            return;
        };
        spawn_local(async move {
            let query = LogQuery {
                from: Some(1),
                limit: Some(1),
            };
            let first = source
                .page(&query)
                .await
                .ok()
                .and_then(|page| page.lines.into_iter().next());
            match first {
                Some(line) => {
                    let _ = self.began.try_set(Some(line.at));
                }
                // Nothing is written yet, or it could not be read: asked again with the next lines.
                None => {
                    self.keep(|kept| kept.asked_began = false);
                }
            }
        });
    }

    /// The lines `from..=to`, read where they are not here.
    ///
    /// # Errors
    /// When a stretch could not be read.
    pub(in crate::components::log_view) async fn all(self, from: i64, to: i64) -> ApiResult<Vec<Arc<LogLineDto>>> {
        if let Some(lines) = self.lines(from, to) {
            return Ok(lines);
        }
        let mut lines = Vec::new();
        let mut next = from;
        while let Some(source) = self.source().filter(|_| next <= to) {
            let query = LogQuery {
                from: Some(next),
                limit: Some((to - next + 1).min(LOG_LINES)),
            };
            let page = source.page(&query).await?;
            let Some(last) = page.lines.last().map(|line| line.seq) else {
                break;
            };
            next = last + 1;
            lines.extend(page.lines.into_iter().map(Arc::new));
        }
        Ok(lines)
    }
}
