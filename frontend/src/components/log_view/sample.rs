//! Made-up logs, for the page of components.

use std::{cell::Cell, rc::Rc, time::Duration};

use esteira_shared::{
    dto::logs::{LOG_LINES, LogLineDto, LogMatchQuery, LogMatchesDto, LogPageDto, LogQuery},
    status::LogLevel,
};
use leptos::{leptos_dom::helpers::IntervalHandle, prelude::set_interval_with_handle};

use super::{ansi, marks::Needle};
use crate::{
    api::{ApiError, ApiResult},
    state::live::{LogFlow, LogNews},
};

/// Lines looked through by one call, and matches it answers at most, so that searches take several.
const LOOKED_THROUGH: i64 = 50_000;
const MOST_MATCHES: usize = 10_000;

#[derive(Clone, Copy)]
pub struct LogSample {
    /// Tells samples apart.
    pub name: &'static str,
    pub lines: i64,
    pub line: fn(i64) -> LogLineDto,
    /// The page's own: its keys and the address belong to it.
    pub main: bool,
    pub state: SampleState,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SampleState {
    Ended,
    /// More lines come.
    Growing,
    /// The first lines never come.
    Loading,
    Failing,
}

impl std::fmt::Debug for LogSample {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl PartialEq for LogSample {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// How often a growing log grows, and by how much.
const EVERY: Duration = Duration::from_millis(120);
const AT_ONCE: i64 = 2;

pub(super) struct SampleWatch(Option<IntervalHandle>);

impl SampleWatch {
    pub(super) fn end(self) {
        if let Some(handle) = self.0 {
            handle.clear();
        }
    }
}

impl LogSample {
    pub(super) async fn page(&self, query: &LogQuery) -> ApiResult<LogPageDto> {
        match self.state {
            SampleState::Loading => std::future::pending().await,
            SampleState::Failing => return Err(ApiError::offline("a sample that fails")),
            SampleState::Ended | SampleState::Growing => {}
        }
        gloo_timers::future::TimeoutFuture::new(80).await;
        let limit = query.limit.unwrap_or(200).min(LOG_LINES);
        let from = query.from.unwrap_or(self.lines - limit + 1).max(1);
        // A growing log has lines that were told after it was read; they can be read too.
        let end = if self.state == SampleState::Growing {
            i64::MAX
        } else {
            self.lines
        };
        Ok(LogPageDto {
            lines: (from..=(from + limit - 1).min(end)).map(self.line).collect(),
            total: self.lines,
            first_error: (1..=self.lines.min(LOOKED_THROUGH)).find(|seq| (self.line)(*seq).level == LogLevel::Error),
            ended: self.state == SampleState::Ended,
        })
    }

    pub(super) async fn matches(&self, query: &LogMatchQuery) -> ApiResult<LogMatchesDto> {
        gloo_timers::future::TimeoutFuture::new(40).await;
        let needle = query.q.as_deref().and_then(Needle::new);
        let after = query.after.unwrap_or(0);
        let until = (after + LOOKED_THROUGH).min(self.lines);
        let fits = |line: &LogLineDto| {
            query.level.is_none_or(|level| line.level >= level)
                && needle
                    .as_ref()
                    .is_none_or(|needle| needle.is_in(&ansi::plain(&line.message)))
        };
        let mut seqs: Vec<i64> = (after + 1..=until).filter(|seq| fits(&(self.line)(*seq))).collect();
        let full = seqs.len() > MOST_MATCHES;
        seqs.truncate(MOST_MATCHES);
        let searched_to = if full {
            seqs.last().copied().unwrap_or(until)
        } else {
            until
        };
        Ok(LogMatchesDto {
            seqs,
            searched_to,
            complete: searched_to >= self.lines,
        })
    }

    pub(super) fn watch(&self, after: i64, told: impl Fn(LogNews) + 'static) -> SampleWatch {
        let line = self.line;
        let newest = Rc::new(Cell::new(after));
        told(LogNews::Flow(LogFlow::Live));
        let grow = move || {
            let from = newest.get() + 1;
            newest.set(from + AT_ONCE - 1);
            told(LogNews::Lines((from..from + AT_ONCE).map(line).collect()));
        };
        SampleWatch(set_interval_with_handle(grow, EVERY).ok())
    }
}
