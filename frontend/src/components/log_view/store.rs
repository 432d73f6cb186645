//! The lines of one log that were read, and how reading goes. Everything the viewer knows of a log it knows from here.
//!
//! What changes is told once per frame, however many lines came: `version` moves, and the list is drawn anew.

mod reading;

use std::sync::Arc;

use esteira_shared::{
    dto::logs::{LogLineDto, LogPageDto, LogQuery},
    instant::Instant,
    status::LogLevel,
};
use leptos::{prelude::*, task::spawn_local};

use super::{
    cache::{BLOCK, LineCache, block_start},
    source::{LogSource, Watch},
    stretches::{Stretch, Stretches},
};
use crate::{
    api::ApiError,
    state::live::{Live, LogFlow, LogNews, use_live},
};

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Stage {
    Loading,
    Ready,
    Failed(Box<ApiError>),
}

/// A line as the list draws it.
#[derive(Debug, Clone)]
pub(super) enum Body {
    Line(Arc<LogLineDto>),
    /// On its way.
    Waiting,
    /// Could not be read.
    Failed,
}

/// Copies freely.
#[derive(Clone, Copy)]
pub(super) struct LogStore {
    pub(super) stage: RwSignal<Stage>,
    /// Number of the newest line that was told to the page.
    pub(super) total: RwSignal<i64>,
    pub(super) first_error: RwSignal<Option<i64>>,
    /// When the first line was written; asked for with `want_began`.
    pub(super) began: RwSignal<Option<Instant>>,
    /// Nothing more will be written.
    pub(super) ended: RwSignal<bool>,
    pub(super) flow: RwSignal<LogFlow>,
    /// Moves when lines came or could not be read.
    pub(super) version: RwSignal<u64>,
    source: StoredValue<LogSource>,
    live: Live,
    kept: StoredValue<Kept, LocalStorage>,
}

#[derive(Default)]
struct Kept {
    cache: LineCache,
    stretches: Stretches,
    /// Number of the newest line there is.
    newest: i64,
    /// Number of the newest line that the live stream told, or would have begun after.
    heard: i64,
    watch: Option<Watch>,
    /// The page is told with the next frame.
    telling: bool,
    /// The live stream told the end.
    over: bool,
    /// Numbers in sight that are missing, and whether their blocks are wanted whole.
    wanted: (Vec<i64>, bool),
    /// They are asked for in a moment.
    asking: bool,
    asked_began: bool,
}

impl LogStore {
    pub(super) fn new(source: LogSource) -> Self {
        let store = Self {
            stage: RwSignal::new(Stage::Loading),
            total: RwSignal::new(0),
            first_error: RwSignal::new(None),
            began: RwSignal::new(None),
            ended: RwSignal::new(false),
            flow: RwSignal::new(LogFlow::Live),
            version: RwSignal::new(0),
            source: StoredValue::new(source),
            live: use_live(),
            kept: StoredValue::new_local(Kept::default()),
        };
        on_cleanup(move || {
            if let Some(watch) = store.keep(|kept| kept.watch.take()).flatten() {
                watch.end(store.live);
            }
        });
        store
    }

    /// `None` once the page is gone.
    fn keep<T>(self, act: impl FnOnce(&mut Kept) -> T) -> Option<T> {
        self.kept.try_update_value(act)
    }

    pub(super) fn source(self) -> Option<LogSource> {
        self.source.try_get_value()
    }

    /// Reads the block around a line, or the end of the log; then follows what is written.
    pub(super) fn open(self, around: Option<i64>) {
        let Some(source) = self.source() else { return };
        let _ = self.stage.try_set(Stage::Loading);
        spawn_local(async move {
            let query = LogQuery {
                from: around.map(block_start),
                limit: Some(BLOCK),
            };
            match source.page(&query).await {
                Ok(page) => {
                    self.take(page);
                    self.tell_now();
                    let _ = self.stage.try_set(Stage::Ready);
                    self.follow(&source);
                }
                Err(error) => {
                    let _ = self.stage.try_set(Stage::Failed(Box::new(error)));
                }
            }
        });
    }

    fn follow(self, source: &LogSource) {
        let Some(newest) = self.keep(|kept| {
            kept.heard = kept.newest;
            kept.newest
        }) else {
            return;
        };
        if self.ended.try_get_untracked() != Some(false) {
            return;
        }
        let watch = source.watch(self.live, newest, move |news| self.hear(news));
        let old = self.keep(|kept| kept.watch.replace(watch));
        if let Some(Some(old)) = old {
            old.end(self.live);
        }
    }

    fn hear(self, news: LogNews) {
        match news {
            LogNews::Lines(lines) => self.append(lines),
            LogNews::Flow(flow) => {
                let _ = self.flow.try_set(flow);
                if flow == LogFlow::Ended {
                    let _ = self.keep(|kept| kept.over = true);
                    self.tell();
                }
            }
        }
    }

    /// Lines as they are written. What lies between them and those before is read like any other stretch.
    fn append(self, lines: Vec<LogLineDto>) {
        let appended = self.keep(|kept| {
            let before = kept.heard;
            let fresh: Vec<LogLineDto> = lines.into_iter().filter(|line| line.seq > before).collect();
            let (first, last) = (fresh.first()?.seq, fresh.last()?.seq);
            let error = fresh
                .iter()
                .find(|line| line.level == LogLevel::Error)
                .map(|line| line.seq);
            kept.heard = last;
            kept.newest = kept.newest.max(last);
            kept.cache.insert(fresh);
            let missing = Stretch {
                from: before + 1,
                to: first - 1,
            };
            Some((missing, error))
        });
        let Some((missing, error)) = appended.flatten() else {
            return;
        };
        if missing.count() > 0 {
            // Its answer also tells which error was the first.
            self.fill(missing);
        } else if error.is_some() && self.first_error.try_get_untracked() == Some(None) {
            let _ = self.first_error.try_set(error);
        }
        self.tell();
    }

    fn take(self, page: LogPageDto) {
        let took = self.keep(|kept| {
            let watched = kept.watch.is_some();
            // Lines that are about to be told would stand there empty until they are.
            let newest = if watched {
                page.lines.last().map_or(0, |line| line.seq)
            } else {
                page.total
            };
            kept.newest = kept.newest.max(newest);
            kept.cache.insert(page.lines);
            watched
        });
        let Some(watched) = took else { return };
        if self.first_error.try_get_untracked() == Some(None) && page.first_error.is_some() {
            let _ = self.first_error.try_set(page.first_error);
        }
        // The live stream tells the end once it has told every line.
        if page.ended && !watched && self.ended.try_get_untracked() == Some(false) {
            let _ = self.ended.try_set(true);
        }
    }

    /// Tells the page with the next frame.
    fn tell(self) {
        let first = self.keep(|kept| !std::mem::replace(&mut kept.telling, true));
        if first == Some(true) {
            request_animation_frame(move || self.tell_now());
        }
    }

    fn tell_now(self) {
        let Some((newest, over)) = self.keep(|kept| {
            kept.telling = false;
            (kept.newest, kept.over)
        }) else {
            return;
        };
        if self.total.try_get_untracked().is_some_and(|total| total != newest) {
            let _ = self.total.try_set(newest);
        }
        let _ = self.version.try_update(|version| *version += 1);
        // Not before the last lines, or they would come after the view has stopped following.
        if over && self.ended.try_get_untracked() == Some(false) {
            let _ = self.ended.try_set(true);
        }
    }

    pub(super) fn body(self, seq: i64) -> Body {
        let found = self.kept.try_with_value(|kept| match kept.cache.get(seq) {
            Some(line) => Body::Line(Arc::clone(line)),
            None if kept.stretches.is_failed(seq) => Body::Failed,
            None => Body::Waiting,
        });
        found.unwrap_or(Body::Waiting)
    }

    /// The lines `from..=to` when all of them are here.
    pub(super) fn lines(self, from: i64, to: i64) -> Option<Vec<Arc<LogLineDto>>> {
        let found = self.kept.try_with_value(|kept| {
            (from..=to)
                .map(|seq| kept.cache.get(seq).cloned())
                .collect::<Option<Vec<_>>>()
        });
        found.flatten()
    }
}
