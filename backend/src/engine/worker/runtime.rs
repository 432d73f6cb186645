//! Tasks run on threads of their own, so that one that blocks its thread holds up neither requests nor heartbeats.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    runtime::{Builder, Runtime},
    task::{JoinError, JoinHandle},
};

use super::super::{Failure, JobContext, TaskResult};

/// An aborted task that has not yielded after this long is stuck in its own code.
const STUCK: Duration = Duration::from_secs(5);

#[derive(Default)]
pub(super) struct JobRuntime {
    current: Mutex<Option<Threads>>,
}

struct Threads {
    /// Taken out when the threads are left behind.
    runtime: Option<Runtime>,
    count: usize,
    stuck: Arc<AtomicUsize>,
}

impl Threads {
    fn start() -> std::io::Result<Self> {
        let count = std::thread::available_parallelism().map_or(2, usize::from).max(2);
        let runtime = Builder::new_multi_thread()
            .worker_threads(count)
            .thread_name("esteira-job")
            .enable_all()
            .build()?;
        Ok(Self {
            runtime: Some(runtime),
            count,
            stuck: Arc::default(),
        })
    }

    /// True when no thread is left that could run anything.
    fn used_up(&self) -> bool {
        self.stuck.load(Ordering::Relaxed) >= self.count
    }
}

/// A runtime must not be dropped where waiting is not allowed; its threads end by themselves.
impl Drop for Threads {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl JobRuntime {
    pub(super) fn spawn(&self, context: Arc<JobContext>) -> JoinHandle<TaskResult> {
        let work = async move { context.app.tasks.run(&context).await };
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if current.as_ref().is_some_and(Threads::used_up) {
            tracing::error!("every thread for jobs is stuck in a task; they are left behind and new ones started");
            *current = None;
        }
        if current.is_none() {
            match Threads::start() {
                Ok(threads) => *current = Some(threads),
                Err(error) => tracing::error!(error = %error, "no threads for jobs; they run beside the requests"),
            }
        }
        match current.as_ref().and_then(|threads| threads.runtime.as_ref()) {
            Some(runtime) => runtime.spawn(work),
            None => tokio::spawn(work),
        }
    }

    /// Ends a task at its next await, and notices when there is none.
    pub(super) fn abort(&self, work: JoinHandle<TaskResult>) {
        work.abort();
        let stuck = self
            .current
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .as_ref()
            .map(|threads| Arc::clone(&threads.stuck));
        let Some(stuck) = stuck else { return };
        tokio::spawn(async move {
            let mut work = work;
            if tokio::time::timeout(STUCK, &mut work).await.is_err() {
                tracing::error!("a task does not stop: it keeps a thread");
                stuck.fetch_add(1, Ordering::Relaxed);
                let _ = work.await;
                stuck.fetch_sub(1, Ordering::Relaxed);
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
            Failure::Technical(anyhow::anyhow!(
                "a tarefa parou por um erro interno: {}",
                text.unwrap_or("sem mensagem")
            ))
        }
        Err(_) => Failure::LeaseLost,
    }
}
