//! Where the lines of a viewer come from: a run of a robot, or made-up ones on the page of components.

use esteira_shared::{
    dto::logs::{LogMatchQuery, LogMatchesDto, LogPageDto, LogQuery},
    ids::ExecutionId,
};

#[cfg(debug_assertions)]
use super::sample::{LogSample, SampleWatch};
use crate::{
    api::{self, ApiResult},
    state::live::{Live, LogNews, LogWatch},
};

#[derive(Debug, Clone, PartialEq)]
pub(super) enum LogSource {
    Execution(ExecutionId),
    #[cfg(debug_assertions)]
    Sample(LogSample),
}

/// Ends when it is given back.
pub(super) enum Watch {
    Stream(LogWatch),
    #[cfg(debug_assertions)]
    Sample(SampleWatch),
}

impl LogSource {
    pub(super) async fn page(&self, query: &LogQuery) -> ApiResult<LogPageDto> {
        match self {
            Self::Execution(id) => api::executions_log::get_log(*id, query).await,
            #[cfg(debug_assertions)]
            Self::Sample(sample) => sample.page(query).await,
        }
    }

    pub(super) async fn matches(&self, query: &LogMatchQuery) -> ApiResult<LogMatchesDto> {
        match self {
            Self::Execution(id) => api::executions_log::list_log_matches(*id, query).await,
            #[cfg(debug_assertions)]
            Self::Sample(sample) => sample.matches(query).await,
        }
    }

    /// Where the whole log is, as a file; with `escapes`, with the codes that terminals obey.
    pub(super) fn address(&self, escapes: bool) -> Option<String> {
        match self {
            Self::Execution(id) => Some(api::executions_log::log_address(*id, escapes)),
            #[cfg(debug_assertions)]
            Self::Sample(_) => None,
        }
    }

    /// True for the log of a page of its own: its lines have addresses, its keys are the page's.
    pub(super) fn has_page(&self) -> bool {
        match self {
            Self::Execution(_) => true,
            #[cfg(debug_assertions)]
            Self::Sample(sample) => sample.main,
        }
    }

    /// Tells what is written after the line of that number.
    pub(super) fn watch(&self, live: Live, after: i64, told: impl Fn(LogNews) + 'static) -> Watch {
        match self {
            Self::Execution(id) => Watch::Stream(live.watch_log(id.log(), after, told)),
            #[cfg(debug_assertions)]
            Self::Sample(sample) => Watch::Sample(sample.watch(after, told)),
        }
    }
}

impl Watch {
    pub(super) fn end(self, live: Live) {
        match self {
            Self::Stream(watch) => live.unwatch_log(watch),
            #[cfg(debug_assertions)]
            Self::Sample(watch) => watch.end(),
        }
    }
}
