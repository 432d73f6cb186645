//! What is done to many rows at once: what the server is asked, and what the person reads.

use std::{future::Future, pin::Pin, sync::Arc};

use esteira_shared::{dto::bulk::BulkDto, ids::JobId};

use crate::{
    api::ApiResult,
    i18n::{counted, tr},
};

/// What the person reads of one kind of action.
pub trait BulkWords: Send + Sync {
    fn title(&self) -> &'static str;

    /// The verb of the button, with how many it is for.
    fn verb(&self, count: i64) -> String;

    fn eligible(&self, eligible: i64, matching: i64) -> String;

    /// `12 aprovados`
    fn done(&self, count: i64) -> String;

    /// Names the list of those that failed.
    fn failures(&self) -> &'static str;

    /// That it is for none of those that match.
    fn none(&self, matching: String) -> String {
        tr!(processes.bulk_none_text, matching = matching)
    }

    /// How many match and are left as they are.
    fn others(&self, count: String) -> String {
        tr!(processes.bulk_others, count = count)
    }

    /// How many changed before it was their turn.
    fn skipped(&self, count: i64) -> String {
        counted!(processes.bulk_skipped_single, processes.bulk_skipped_many, count)
    }

    /// A choice for those that may have been done already; without it they are left out.
    fn doubt(&self, _count: i64) -> Option<BulkDoubt> {
        None
    }

    /// What else to know before it begins.
    fn note(&self) -> Option<&'static str> {
        None
    }

    /// What else to know once it is over.
    fn afterwards(&self) -> Option<&'static str> {
        None
    }

    fn needs_reason(&self) -> bool {
        false
    }

    fn is_danger(&self) -> bool {
        false
    }

    /// The button that leaves everything as it is.
    fn leave(&self) -> &'static str {
        tr!(parts.cancel)
    }

    /// Whether who asks may open the job that does it, and finds the result there.
    fn shows_job(&self) -> bool {
        false
    }
}

/// What is asked about those that may have been done already.
pub struct BulkDoubt {
    /// Of the choice to do it all the same.
    pub label: String,
    /// What may come of it.
    pub hint: &'static str,
}

/// How the server is asked.
#[derive(Default)]
pub struct BulkWish {
    pub reason: Option<String>,
    /// Also for those that may have been done already.
    pub despite_doubt: bool,
    /// Only to count.
    pub dry_run: bool,
}

type Answer = Pin<Box<dyn Future<Output = ApiResult<BulkDto>>>>;

/// One action on one selection.
#[derive(Clone)]
pub struct BulkAsk {
    pub(super) words: Arc<dyn BulkWords>,
    send: Arc<dyn Fn(BulkWish) -> Answer + Send + Sync>,
    pub(super) names: Arc<[String]>,
    started: Option<Arc<dyn Fn(JobId) + Send + Sync>>,
}

impl BulkAsk {
    /// `send` gets the target, and how the server is to be asked.
    pub fn new<T: Clone + Send + Sync + 'static, F: Future<Output = ApiResult<BulkDto>> + 'static>(
        words: impl BulkWords + 'static,
        target: T,
        send: impl Fn(T, BulkWish) -> F + Send + Sync + 'static,
    ) -> Self {
        Self {
            words: Arc::new(words),
            send: Arc::new(move |wish| -> Answer { Box::pin(send(target.clone(), wish)) }),
            names: Arc::from([]),
            started: None,
        }
    }

    /// Some of the rows it is for, where the page knows them.
    #[must_use]
    pub fn named(self, names: Vec<String>) -> Self {
        Self {
            names: names.into(),
            ..self
        }
    }

    /// Who is told of the job, also when the page is gone by then.
    #[must_use]
    pub fn telling(self, started: impl Fn(JobId) + Send + Sync + 'static) -> Self {
        Self {
            started: Some(Arc::new(started)),
            ..self
        }
    }

    pub(super) fn send(&self, wish: BulkWish) -> Answer {
        (self.send)(wish)
    }

    pub(super) fn started(&self, job: JobId) {
        if let Some(started) = &self.started {
            started(job);
        }
    }
}
