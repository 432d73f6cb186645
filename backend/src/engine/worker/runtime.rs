//! Tasks run on threads of their own. A task that blocks its thread then stops neither requests nor heartbeats.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use esteira_shared::reason::Reason;
use tokio::{
    runtime::{Builder, Runtime},
    task::{JoinError, JoinHandle},
};

use super::super::{Failure, Host, JobContext, TaskResult};

/// An aborted task that has not yielded after this long is stuck in its own code.
const STUCK: Duration = Duration::from_secs(5);

pub(super) struct JobRuntime {
    slots: usize,
    current: Mutex<Option<Arc<Threads>>>,
}

/// Twice as many threads as slots: for every job that never gives its thread back, there is another one.
struct Threads {
    /// Taken out when the threads are left behind.
    runtime: Option<Runtime>,
    stuck: AtomicUsize,
}

impl Threads {
    fn start(slots: usize) -> std::io::Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(slots * 2)
            .thread_name("esteira-job")
            .enable_all()
            .build()?;
        Ok(Self {
            runtime: Some(runtime),
            stuck: AtomicUsize::new(0),
        })
    }
}

/// A runtime must not be dropped inside async code. So its threads are left to end by themselves.
impl Drop for Threads {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// A task on its way, with the threads that it runs on: they last as long as any of their tasks.
pub(super) struct Running {
    pub(super) work: JoinHandle<TaskResult>,
    threads: Option<Arc<Threads>>,
}

impl JobRuntime {
    pub(super) fn new(slots: usize) -> Self {
        let slots = slots.max(1);
        Self {
            slots,
            current: Mutex::default(),
        }
    }

    pub(super) fn spawn<A: Host>(&self, context: Arc<JobContext<A>>) -> Running {
        let work = async move { context.app.tasks().run(&context).await };
        let threads = self.threads();
        let work = match threads.as_ref().and_then(|threads| threads.runtime.as_ref()) {
            Some(runtime) => runtime.spawn(work),
            None => tokio::spawn(work),
        };
        Running { work, threads }
    }

    /// Those in use, or new ones when too many of them are stuck.
    fn threads(&self) -> Option<Arc<Threads>> {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        let stuck = current
            .as_ref()
            .map_or(0, |threads| threads.stuck.load(Ordering::Relaxed));
        if stuck >= self.slots {
            tracing::error!(
                stuck,
                "too many threads are stuck in tasks; they are left behind and new ones started"
            );
            *current = None;
        }
        if current.is_none() {
            match Threads::start(self.slots) {
                Ok(threads) => *current = Some(Arc::new(threads)),
                Err(error) => tracing::error!(error = %error, "no threads for jobs; they run beside the requests"),
            }
        }
        current.clone()
    }
}

impl Running {
    /// Ends a task at its next await, and notices a task that never awaits.
    pub(super) fn abort(self) {
        self.work.abort();
        tokio::spawn(async move {
            let Self { mut work, threads } = self;
            if tokio::time::timeout(STUCK, &mut work).await.is_err() {
                tracing::error!("a task does not stop: it keeps a thread");
                if let Some(threads) = &threads {
                    threads.stuck.fetch_add(1, Ordering::Relaxed);
                }
                let _ = work.await;
                if let Some(threads) = &threads {
                    threads.stuck.fetch_sub(1, Ordering::Relaxed);
                }
            }
        });
    }
}

/// What a task that did not return says.
pub(in crate::engine) fn failure(error: JoinError) -> Failure {
    match error.try_into_panic() {
        Ok(panic) => {
            let text = panic
                .downcast_ref::<&str>()
                .copied()
                .or_else(|| panic.downcast_ref::<String>().map(String::as_str));
            let reason = text.map_or(Reason::TaskPanickedSilently {}, |text| Reason::TaskPanicked {
                message: text.to_owned(),
            });
            Failure::Technical(anyhow::Error::new(reason))
        }
        Err(_) => Failure::LeaseLost,
    }
}
