//! Signals between the parts of one process and, on PostgreSQL, between replicas: "this changed", "there is work".
//!
//! A signal is a hint: losing one costs time (polls and reconnects make up for it), never data.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{AtomicU64, Ordering},
    },
};

use esteira_shared::{
    event::{Change, Topic},
    ids::{JobId, LogId, OrganizationId, UserId},
};
use serde::{Deserialize, Serialize};
use tokio::sync::{Notify, broadcast};
use uuid::Uuid;

/// What one part tells the others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Signal {
    /// Rows changed: open pages read them again.
    Changed {
        organization: OrganizationId,
        topic: Topic,
        id: Option<Uuid>,
    },
    /// A log has new lines, or has ended: its watchers look.
    LogGrew { log: LogId },
    /// Jobs became ready: workers look at once.
    JobsReady,
    /// Some schedule may be due earlier than was known: the scheduler looks at once.
    SchedulesChanged,
    /// A running job is to end: its worker tells the task at once.
    CancelJob { id: JobId },
    /// Signals may have been lost: everything open is read again.
    Missed,
    /// A person's rights changed: their streams end and are judged anew.
    AccessChanged { user: UserId },
}

impl Signal {
    /// The change as an open page of this organisation sees it.
    #[must_use]
    pub fn change_for(&self, of: OrganizationId) -> Option<Change> {
        match self {
            Self::Changed {
                organization,
                topic,
                id,
            } if *organization == of => Some(Change { topic: *topic, id: *id }),
            _ => None,
        }
    }
}

/// Hands signals to everybody in this process, and to the other replicas when there are any.
#[derive(Clone)]
pub struct Bus(Arc<Inner>);

struct Inner {
    here: broadcast::Sender<Signal>,
    /// Grows whenever somebody's rights may have changed.
    access_epoch: AtomicU64,
    /// Waiting for the next notification of the other replicas.
    outbox: Mutex<Vec<Signal>>,
    outbox_filled: Notify,
    work: Notify,
    schedules: Notify,
    /// Watched logs. Told apart from all else, because they grow all the time and few watch each.
    logs: Mutex<HashMap<LogId, Weak<Notify>>>,
}

/// Signals a slow receiver may lag behind; past it, it is told to read everything again.
const CAPACITY: usize = 1_024;

/// Signals kept for the other replicas while they cannot be reached.
const OUTBOX: usize = 10_000;

impl Default for Bus {
    fn default() -> Self {
        let (here, _) = broadcast::channel(CAPACITY);
        Self(Arc::new(Inner {
            here,
            outbox: Mutex::default(),
            outbox_filled: Notify::new(),
            work: Notify::new(),
            schedules: Notify::new(),
            access_epoch: AtomicU64::default(),
            logs: Mutex::default(),
        }))
    }
}

impl Bus {
    /// Called after a commit.
    pub(crate) fn publish(&self, signals: Vec<Signal>) {
        if signals.is_empty() {
            return;
        }
        for signal in &signals {
            self.deliver(signal.clone());
        }
        let mut outbox = self.0.outbox.lock().unwrap_or_else(PoisonError::into_inner);
        outbox.extend(signals);
        if outbox.len() > OUTBOX {
            outbox.clear();
            outbox.extend([Signal::JobsReady, Signal::Missed]);
        }
        drop(outbox);
        self.0.outbox_filled.notify_one();
    }

    /// A signal from here or from another replica.
    pub(crate) fn deliver(&self, signal: Signal) {
        if matches!(signal, Signal::AccessChanged { .. } | Signal::Missed) {
            // Before anybody is told: what was known of rights until now holds no more.
            self.0.access_epoch.fetch_add(1, Ordering::AcqRel);
        }
        match signal {
            Signal::LogGrew { log } => return self.log_grew(Some(log)),
            Signal::JobsReady => self.0.work.notify_one(),
            Signal::SchedulesChanged => self.0.schedules.notify_one(),
            Signal::Missed => {
                self.0.schedules.notify_one();
                self.log_grew(None);
            }
            _ => {}
        }
        // Nobody listening is fine: there may be no open page.
        let _ = self.0.here.send(signal);
    }

    /// A number that changes with anybody's rights. What was read about them holds for as long as it stays the same.
    #[must_use]
    pub fn access_epoch(&self) -> u64 {
        self.0.access_epoch.load(Ordering::Acquire)
    }

    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<Signal> {
        self.0.here.subscribe()
    }

    /// Rings whenever a log grew.
    pub fn log_wake(&self, log: LogId) -> Arc<Notify> {
        let mut logs = self.0.logs.lock().unwrap_or_else(PoisonError::into_inner);
        logs.retain(|_, wake| wake.strong_count() > 0);
        let wake = logs.get(&log).and_then(Weak::upgrade).unwrap_or_default();
        logs.insert(log, Arc::downgrade(&wake));
        wake
    }

    /// One log, or any of them.
    fn log_grew(&self, log: Option<LogId>) {
        let logs = self.0.logs.lock().unwrap_or_else(PoisonError::into_inner);
        match log {
            Some(log) => logs
                .get(&log)
                .and_then(Weak::upgrade)
                .iter()
                .for_each(|wake| wake.notify_one()),
            None => logs
                .values()
                .filter_map(Weak::upgrade)
                .for_each(|wake| wake.notify_one()),
        }
    }

    /// Returns when jobs became ready, also when that was before the call.
    pub(crate) async fn work(&self) {
        self.0.work.notified().await;
    }

    /// Returns when schedules changed, also when that was before the call.
    pub(crate) async fn schedules(&self) {
        self.0.schedules.notified().await;
    }

    /// Waits until there is something for the other replicas, and takes it.
    pub(crate) async fn take_outbox(&self) -> Vec<Signal> {
        loop {
            let taken = std::mem::take(&mut *self.0.outbox.lock().unwrap_or_else(PoisonError::into_inner));
            if !taken.is_empty() {
                return taken;
            }
            self.0.outbox_filled.notified().await;
        }
    }

    /// With SQLite there is no other replica, so nothing is kept for one.
    pub(crate) async fn discard_outbox(&self) {
        loop {
            drop(self.take_outbox().await);
        }
    }
}
