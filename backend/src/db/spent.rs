//! What a request asks of the database. The metrics show it by route, so a route that begins to read its rows one by
//! one is noticed.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

tokio::task_local! {
    static SPENT: Arc<Spent>;
}

/// Counters of one request.
#[derive(Debug, Default)]
pub struct Spent {
    statements: AtomicU32,
    written: AtomicU32,
    held_us: AtomicU64,
}

impl Spent {
    /// Counts what `work` asks for.
    pub async fn count<F: Future>(self: &Arc<Self>, work: F) -> F::Output {
        SPENT.scope(Arc::clone(self), work).await
    }

    /// Statements, without those that begin or end a transaction.
    #[must_use]
    pub fn statements(&self) -> u32 {
        self.statements.load(Ordering::Relaxed)
    }

    /// The statements inside transactions. On SQLite nobody else can write meanwhile.
    #[must_use]
    pub fn statements_in_transactions(&self) -> u32 {
        self.written.load(Ordering::Relaxed)
    }

    /// How long transactions were open.
    #[must_use]
    pub fn in_transactions(&self) -> Duration {
        Duration::from_micros(self.held_us.load(Ordering::Relaxed))
    }
}

/// One statement more.
pub(super) fn statement() {
    let _ = SPENT.try_with(|spent| spent.statements.fetch_add(1, Ordering::Relaxed));
}

/// Measures one transaction.
pub(super) struct Span {
    started: Instant,
    statements: u32,
}

impl Span {
    pub(super) fn start() -> Self {
        Self {
            started: Instant::now(),
            statements: SPENT.try_with(|spent| spent.statements()).unwrap_or_default(),
        }
    }

    pub(super) fn end(&self) {
        let held = u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX);
        let _ = SPENT.try_with(|spent| {
            let statements = spent.statements() - self.statements;
            spent.written.fetch_add(statements, Ordering::Relaxed);
            spent.held_us.fetch_add(held, Ordering::Relaxed);
        });
    }
}
