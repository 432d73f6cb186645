//! Runs jobs: claims, heartbeats, time-outs, and an orderly stop.

mod hand;
mod isolated;
mod pace;
mod presence;
mod runtime;
mod write;

use std::{
    collections::VecDeque,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use esteira_shared::{ids::WorkerId, instant::Instant, reason::Reason};
use tokio::{
    sync::{Notify, broadcast::error::RecvError},
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use self::{
    hand::{Hand, Held},
    pace::Pace,
    runtime::JobRuntime,
    write::Ends,
};
use super::{Failure, Host, JobContext, cancel, claim, ends, job::Job, lease, listen, rescue, upkeep};
use crate::{bus::Signal, error::AppResult};

pub(super) use self::runtime::failure;

/// How a worker behaves.
#[derive(Debug, Clone, Copy)]
pub struct WorkerOptions {
    /// Jobs at once.
    pub slots: usize,
    /// Silence after which others take its jobs.
    pub lease: Duration,
    /// How long running jobs may go on after a stop signal before they are handed back.
    pub grace: Duration,
}

/// Every queue; a task names its own. Bulk actions have their own queue. So they neither wait behind the jobs that they
/// change, nor for a queue that was paused because of them.
pub const QUEUES: [&str; 4] = ["default", "bulk", "robots", "schedules"];
/// Jobs without a slot that one process holds at once.
const SLOTLESS_MOST: usize = 1_000;
/// Signals are only hints: when they are lost, work still starts within this time.
const POLL: Duration = Duration::from_secs(1);

/// One process's share in the work.
pub struct Worker<A> {
    id: WorkerId,
    app: Arc<A>,
    options: WorkerOptions,
    hand: Hand,
    ends: Ends,
    runtime: JobRuntime,
    /// Somebody asked it to take no more.
    draining: AtomicBool,
    /// A job is out of hand, so there is room to claim.
    room: Notify,
}

impl<A: Host> Worker<A> {
    #[must_use]
    pub fn new(app: Arc<A>, options: WorkerOptions) -> Arc<Self> {
        Arc::new(Self {
            id: WorkerId(Uuid::now_v7()),
            app,
            options,
            hand: Hand::default(),
            ends: Ends::default(),
            runtime: JobRuntime::new(options.slots),
            draining: AtomicBool::new(false),
            room: Notify::new(),
        })
    }

    /// Works until `stop`, then lets running jobs end within the grace time and hands the rest back.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        let ended = CancellationToken::new();
        // Known to the others before it holds anything.
        self.beat_or_warn().await;
        let mut beside = JoinSet::new();
        beside.spawn(listen::listen(
            self.app.db().url().clone(),
            self.app.db().bus().clone(),
            ended.clone(),
        ));
        beside.spawn(Arc::clone(&self).heartbeats(ended.clone()));
        beside.spawn(Arc::clone(&self).cancellations(ended.clone()));
        beside.spawn(Arc::clone(&self).rescues(ended.clone()));
        beside.spawn(Arc::clone(&self).isolated_jobs(ended.clone()));
        beside.spawn(upkeep::run(Arc::clone(&self.app), ended.clone()));
        let writer = tokio::spawn(Arc::clone(&self).write_ends(ended.clone()));
        let mut running = Running::default();
        let waiting = self.work(&stop, &mut running).await;
        self.drain(waiting, running).await;
        ended.cancel();
        let _ = writer.await;
        while beside.join_next().await.is_some() {}
        if let Err(error) = self.sign_off().await {
            tracing::warn!(error = %error, "cannot sign this worker off");
        }
    }

    /// Claims and starts until `stop`; answers with what was claimed and not started.
    async fn work(self: &Arc<Self>, stop: &CancellationToken, running: &mut Running) -> VecDeque<Job> {
        let mut waiting: VecDeque<Job> = VecDeque::new();
        let mut pace = Pace::new(self.options.slots);
        // Looked for when something may have come, not whenever a slot becomes free.
        let mut look_for_slotless = true;
        while !stop.is_cancelled() {
            while running.slots.try_join_next().is_some() {
                pace.ended();
            }
            while running.slotless.try_join_next().is_some() {}
            while running.slots.len() < self.options.slots
                && let Some(job) = waiting.pop_front()
            {
                running.slots.spawn(Arc::clone(self).run_job(job));
            }
            let most = self.options.slots + pace.prefetch();
            let slots = most.saturating_sub(self.hand.in_slots());
            // Many at a time when there is much to do, one as soon as it comes when there is little.
            let worth_it = waiting.is_empty() || slots * 2 >= most;
            let room = Room {
                slots: if worth_it { slots } else { 0 },
                slotless: match look_for_slotless {
                    true => SLOTLESS_MOST.saturating_sub(self.hand.slotless()),
                    false => 0,
                },
            };
            let mut wait = POLL;
            if room.slots + room.slotless > 0 && !self.draining.load(Ordering::Relaxed) {
                look_for_slotless = false;
                match self.claim(room).await {
                    Ok(claimed) => {
                        wait = claimed.look_again;
                        if !claimed.jobs.is_empty() {
                            for job in claimed.jobs {
                                if self.app.tasks().takes_slot(&job.task) {
                                    waiting.push_back(job);
                                } else {
                                    running.slotless.spawn(Arc::clone(self).run_job(job));
                                }
                            }
                            look_for_slotless = true;
                            continue;
                        }
                    }
                    Err(error) => tracing::warn!(error = %error, "cannot claim jobs"),
                }
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.app.db().bus().work() => look_for_slotless = true,
                () = self.room.notified() => {}
                () = tokio::time::sleep(wait) => look_for_slotless = true,
                Some(_) = running.slots.join_next(), if !running.slots.is_empty() => pace.ended(),
                Some(_) = running.slotless.join_next(), if !running.slotless.is_empty() => look_for_slotless = true,
            }
        }
        waiting
    }

    /// Claims what is due, runs it to its end side by side, and repeats until nothing is due: for commands and tests.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn run_until_idle(self: &Arc<Self>) -> AppResult<usize> {
        let mut count = 0;
        loop {
            let room = Room {
                slots: self.options.slots,
                slotless: self.options.slots,
            };
            let claimed = self.claim(room).await?.jobs;
            if claimed.is_empty() {
                return Ok(count);
            }
            count += claimed.len();
            let jobs = claimed.into_iter().map(|job| Arc::clone(self).run_job(job));
            futures_util::future::join_all(jobs).await;
            self.write_ready().await;
        }
    }

    async fn claim(&self, mut room: Room) -> AppResult<Claimed> {
        // Looking costs nothing on SQLite; the one writer is taken only when something is due.
        let mut reader = self.app.db().read().await?;
        let mut claimed = Claimed {
            jobs: Vec::new(),
            look_again: POLL,
        };
        let mut due = Vec::new();
        let waiting = claim::next_due(&mut reader, self.app.db().clock()).await?;
        let asked = tokio::time::Instant::now();
        for next in waiting {
            if *self.room_for(&next.queue, &mut room) == 0 {
                continue;
            }
            if next.due <= next.now {
                due.push(next);
            } else {
                claimed.look_again_at(next.due, next.now);
            }
        }
        drop(reader);
        if due.is_empty() {
            return Ok(claimed);
        }
        let mut tx = self.app.db().begin().await?;
        // Waiting for the writer must not shorten the lease.
        let waited = super::delta(asked.elapsed());
        for next in due {
            let now = next.now + waited;
            let free = self.room_for(&next.queue, &mut room);
            if *free > 0 {
                let registry = self.app.tasks();
                let found = claim::claim(&mut tx, registry, &next, self.id, *free, now, self.options.lease).await?;
                if let Some(at) = found.next_start {
                    claimed.look_again_at(at, now);
                }
                *free -= found.jobs.len();
                claimed.jobs.extend(found.jobs);
            }
        }
        tx.commit().await?;
        for job in &claimed.jobs {
            self.take(job);
        }
        Ok(claimed)
    }

    /// The room that jobs of a queue need.
    fn room_for<'a>(&self, queue: &str, room: &'a mut Room) -> &'a mut usize {
        match self.app.tasks().queue_takes_slots(queue) {
            true => &mut room.slots,
            false => &mut room.slotless,
        }
    }

    fn take(&self, job: &Job) {
        self.hand.take(job, self.app.tasks().takes_slot(&job.task));
    }

    /// Runs one attempt, and hands its end over to be written.
    async fn run_job(self: Arc<Self>, job: Job) {
        let Some(tokens) = self.hand.tokens(&job) else { return };
        let context = Arc::new(JobContext::new(Arc::clone(&self.app), job, tokens.cancel.clone()));
        let outcome = self.attempt(&context, &tokens).await;
        let word = match &outcome {
            Ok(_) => "succeeded",
            Err(failure) => failure.kind().map_or("stopped", |kind| kind.as_str()),
        };
        // A task that this program does not know must not become a series of its own.
        let task = self.app.tasks().known(&context.row().task).unwrap_or("other");
        metrics::histogram!("esteira_job_seconds", "task" => task, "outcome" => word)
            .record(context.took().as_secs_f64());
        self.conclude(&context, outcome).await;
    }

    async fn attempt(&self, context: &Arc<JobContext<A>>, tokens: &Held) -> Result<serde_json::Value, Failure> {
        if tokens.cancel.is_cancelled() {
            return Err(Failure::Cancelled);
        }
        let timeout = self.app.tasks().timeout(&context.row().task);
        let mut running = self.runtime.spawn(Arc::clone(context));
        let ended = tokio::select! {
            done = &mut running.work => return done.unwrap_or_else(|error| Err(runtime::failure(error))),
            () = tokens.abandon.cancelled() => Failure::LeaseLost,
            () = tokio::time::sleep(timeout) => {
                Failure::Technical(anyhow::Error::new(Reason::TaskWithoutEnd { seconds: timeout.as_secs() }))
            }
            () = async { tokens.cancel.cancelled().await; tokio::time::sleep(cancel::DEADLINE).await } => Failure::Cancelled,
        };
        running.abort();
        Err(ended)
    }

    async fn drain(&self, waiting: VecDeque<Job>, running: Running) {
        for job in waiting {
            self.hand_back(&job.id, job.fence).await;
        }
        let Running {
            slots: mut running,
            mut slotless,
        } = running;
        // What waits for somebody else's machine would not be over in time, and another takes it up where it is.
        for (id, fence) in self.hand.unfinished_slotless() {
            self.hand.abandon(id, fence);
            self.hand_back(&id, fence).await;
        }
        slotless.shutdown().await;
        if !running.is_empty() {
            tracing::info!(jobs = running.len(), "waiting for running jobs");
        }
        let all = async { while running.join_next().await.is_some() {} };
        if tokio::time::timeout(self.options.grace, all).await.is_ok() {
            return;
        }
        for (id, fence) in self.hand.unfinished() {
            self.hand.abandon(id, fence);
            self.hand_back(&id, fence).await;
        }
        running.shutdown().await;
    }

    async fn hand_back(&self, id: &esteira_shared::ids::JobId, fence: i64) {
        let write = async {
            let mut tx = self.app.db().begin().await?;
            if let Some(job) = lease::holds(&mut tx, *id, fence).await? {
                ends::release(&mut tx, self.app.tasks(), &job).await?;
            }
            AppResult::Ok(tx.commit().await?)
        };
        if let Err(error) = write.await {
            tracing::warn!(job = %id, error = %error, "cannot hand a job back; its lease will expire");
        }
        self.hand.leave(*id, fence);
    }

    fn drain_wanted(&self, wanted: bool) {
        if self.draining.swap(wanted, Ordering::Relaxed) && !wanted {
            self.room.notify_one();
        }
    }

    /// Tells tasks at once that their end is wanted; heartbeats find out too, a little later.
    async fn cancellations(self: Arc<Self>, ended: CancellationToken) {
        let mut signals = self.app.db().bus().subscribe();
        loop {
            tokio::select! {
                () = ended.cancelled() => return,
                signal = signals.recv() => match signal {
                    Ok(Signal::CancelJob { id }) => self.hand.cancel(id),
                    Ok(_) | Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => return,
                },
            }
        }
    }

    async fn rescues(self: Arc<Self>, ended: CancellationToken) {
        let every = (self.options.lease / 5).max(Duration::from_millis(500));
        loop {
            tokio::select! { () = ended.cancelled() => break, () = tokio::time::sleep(every) => {} }
            if let Err(error) = self.rescue().await {
                tracing::warn!(error = %error, "cannot look for expired leases");
            }
        }
    }

    /// Takes back once what other workers lost, and says how many jobs. `run` does this again and again.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn rescue(&self) -> AppResult<usize> {
        rescue::rescue(self.app.db(), self.app.tasks(), &self.hand.all()).await
    }
}

/// Jobs at work.
#[derive(Default)]
struct Running {
    slots: JoinSet<()>,
    slotless: JoinSet<()>,
}

/// How many jobs a claim may bring.
struct Room {
    slots: usize,
    slotless: usize,
}

/// What a claim brought, and when another one makes sense.
struct Claimed {
    jobs: Vec<Job>,
    look_again: Duration,
}

impl Claimed {
    fn look_again_at(&mut self, at: Instant, now: Instant) {
        let wait = (at - now).to_std().unwrap_or_default().max(Duration::from_millis(2));
        self.look_again = self.look_again.min(wait);
    }
}
