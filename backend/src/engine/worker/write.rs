//! Writes how attempts ended. Successes are written together: all that came while the last batch was being written.
//! Failures are written one by one, because the task may tidy up in the same transaction.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio_util::sync::CancellationToken;

use super::{
    super::{
        Host, JobContext, TaskResult,
        context::Conclusion,
        ends::{self, Done},
    },
    Worker,
};

/// Successes in one transaction.
const BATCH: usize = 1_000;

/// Successes on their way to the database. What is in here is bounded by what the worker has in hand.
pub(super) struct Ends {
    sender: UnboundedSender<Done>,
    receiver: Mutex<Option<UnboundedReceiver<Done>>>,
}

impl Default for Ends {
    fn default() -> Self {
        let (sender, receiver) = unbounded_channel();
        Self {
            sender,
            receiver: Mutex::new(Some(receiver)),
        }
    }
}

impl<A: Host> Worker<A> {
    /// Until `ended`, and then what is still there.
    pub(super) async fn write_ends(self: Arc<Self>, ended: CancellationToken) {
        let taken = self.ends.receiver.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(mut receiver) = taken else { return };
        let mut batch = Vec::new();
        loop {
            tokio::select! {
                count = receiver.recv_many(&mut batch, BATCH) => if count == 0 { break },
                () = ended.cancelled() => break,
            }
            self.write_batch(&mut batch).await;
        }
        while receiver.try_recv().map(|done| batch.push(done)).is_ok() {}
        self.write_batch(&mut batch).await;
        *self.ends.receiver.lock().unwrap_or_else(PoisonError::into_inner) = Some(receiver);
    }

    /// Writes what is there now.
    pub(super) async fn write_ready(&self) {
        let mut batch = Vec::new();
        if let Some(receiver) = self
            .ends
            .receiver
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .as_mut()
        {
            while receiver.try_recv().map(|done| batch.push(done)).is_ok() {}
        }
        self.write_batch(&mut batch).await;
    }

    /// Tries again while the database is away. If the leases expire meanwhile, another worker has the jobs and there is
    /// nothing to write.
    async fn write_batch(&self, batch: &mut Vec<Done>) {
        if batch.is_empty() {
            return;
        }
        let deadline = tokio::time::Instant::now() + self.options.lease;
        loop {
            let Err(error) = ends::write_successes(self.app.db(), batch).await else {
                break;
            };
            if tokio::time::Instant::now() > deadline {
                tracing::warn!(jobs = batch.len(), error = %error, "the ends of attempts could not be written");
                break;
            }
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
        for done in batch.drain(..) {
            self.hand.leave(done.job.id, done.job.fence);
        }
        self.room.notify_one();
    }

    /// Hands a success over; writes a failure.
    pub(super) async fn conclude(&self, context: &JobContext<A>, outcome: TaskResult) {
        let row = context.row();
        match context.conclude(outcome) {
            Conclusion::Nothing => {}
            Conclusion::Success(done) => {
                self.hand.succeeded(row.id, row.fence);
                // Only a worker that is gone has no receiver.
                let _ = self.ends.sender.send(done);
                return;
            }
            Conclusion::Failure(failure) => {
                let deadline = tokio::time::Instant::now() + self.options.lease;
                while let Err(error) = context.fail(&failure).await {
                    if tokio::time::Instant::now() > deadline {
                        tracing::warn!(job = %row.id, error = %error, "the end of an attempt could not be written");
                        break;
                    }
                    tokio::time::sleep(Duration::from_millis(250)).await;
                }
            }
        }
        self.hand.leave(row.id, row.fence);
        self.room.notify_one();
    }
}
