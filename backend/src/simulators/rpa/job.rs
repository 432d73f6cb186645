//! One robot as the outside sees it.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use esteira_shared::instant::Instant;
use serde::Serialize;
use serde_json::Value;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::{
    line::Line,
    order::Order,
    outcome::{Outcome, STEPS},
    payload::JobResult,
    plan::Plan,
};

/// Lines that come with the status.
const TAIL_LINES: usize = 20;

#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum Status {
    Pending,
    Running,
    Completed,
    Failed,
    Cancelled,
}

pub(super) struct Job {
    pub(super) id: Value,
    pub(super) key: Option<String>,
    pub(super) order: Order,
    pub(super) plan: Plan,
    /// Names this robot to the dice.
    pub(super) dice_key: String,
    pub(super) accepted_at: Instant,
    /// The robot was told to stop.
    pub(super) cancelled: CancellationToken,
    /// Nobody may see this job any more, and its robot stops at once.
    pub(super) gone: CancellationToken,
    calls: AtomicU32,
    state: Mutex<State>,
    news: watch::Sender<()>,
}

struct State {
    status: Status,
    /// When somebody asked for it last, or when it was accepted.
    looked_at: tokio::time::Instant,
    /// Its end was told.
    told: bool,
    /// The longest time in which nobody asked, until its end was told.
    unwatched: Duration,
    began: Option<tokio::time::Instant>,
    progress: u8,
    lines: Vec<Line>,
    result: Option<Arc<JobResult>>,
}

/// A job at one moment.
pub(super) struct Snapshot {
    pub(super) status: Status,
    pub(super) progress: u8,
    pub(super) tail: Vec<String>,
    pub(super) lines: usize,
    pub(super) result: Option<Arc<JobResult>>,
}

impl Status {
    pub(super) fn is_over(self) -> bool {
        !matches!(self, Self::Pending | Self::Running)
    }
}

impl Job {
    pub(super) fn new(
        id: Value,
        key: Option<String>,
        order: Order,
        plan: Plan,
        dice_key: String,
        accepted_at: Instant,
    ) -> Self {
        Self {
            id,
            key,
            order,
            plan,
            dice_key,
            accepted_at,
            cancelled: CancellationToken::new(),
            gone: CancellationToken::new(),
            calls: AtomicU32::new(0),
            state: Mutex::new(State {
                status: Status::Pending,
                looked_at: tokio::time::Instant::now(),
                told: false,
                unwatched: Duration::ZERO,
                began: None,
                progress: 0,
                lines: Vec::new(),
                result: None,
            }),
            news: watch::channel(()).0,
        }
    }

    /// Counts the calls that ask for this job, for the dice.
    pub(super) fn next_call(&self) -> u32 {
        self.calls.fetch_add(1, Ordering::Relaxed)
    }

    pub(super) fn is_gone(&self) -> bool {
        self.gone.is_cancelled()
    }

    pub(super) fn is_over(&self) -> bool {
        self.state().status.is_over()
    }

    /// What it tells somebody who asks for it, which is noted.
    pub(super) fn look(&self) -> Snapshot {
        let mut state = self.state();
        state.unwatched = state.unwatched_so_far();
        state.looked_at = tokio::time::Instant::now();
        if state.status.is_over() {
            state.told = true;
        }
        drop(state);
        self.snapshot()
    }

    /// The longest time in which nobody asked for it, until its end was told.
    pub(super) fn unwatched(&self) -> Duration {
        self.state().unwatched_so_far()
    }

    pub(super) fn snapshot(&self) -> Snapshot {
        let state = self.state();
        let first = state.lines.len().saturating_sub(TAIL_LINES);
        Snapshot {
            status: state.status,
            progress: self.progress(&state),
            tail: state
                .lines
                .iter()
                .skip(first)
                .map(|line| line.message().into_owned())
                .collect(),
            lines: state.lines.len(),
            result: state.result.clone(),
        }
    }

    /// At most so many of the lines after the first `seen`, and the status if the robot is over.
    pub(super) fn lines_after(&self, seen: usize, most: usize) -> (Vec<Line>, Option<Status>) {
        let state = self.state();
        let lines = state.lines.iter().skip(seen).take(most).cloned().collect();
        (lines, state.status.is_over().then_some(state.status))
    }

    /// Told of every new line, and of the end.
    pub(super) fn news(&self) -> watch::Receiver<()> {
        self.news.subscribe()
    }

    /// From now on the robot works.
    pub(super) fn begin(&self) -> tokio::time::Instant {
        let now = tokio::time::Instant::now();
        let mut state = self.state();
        state.status = Status::Running;
        state.began = Some(now);
        now
    }

    pub(super) fn print(&self, lines: Vec<Line>) {
        self.state().lines.extend(lines);
        self.news.send_replace(());
    }

    /// Whether a running robot was told to stop; one that is over cannot be.
    pub(super) fn request_cancel(&self) -> bool {
        let state = self.state();
        if state.status.is_over() {
            return false;
        }
        self.cancelled.cancel();
        true
    }

    /// Ends the job, unless it was told to stop and this is another end.
    pub(super) fn finish(&self, outcome: Outcome, result: JobResult) -> bool {
        let mut state = self.state();
        if self.cancelled.is_cancelled() && outcome != Outcome::Cancelled {
            return false;
        }
        let progress = match outcome {
            Outcome::Success => 100,
            Outcome::Failed(_) => percent(outcome.last_step() - 1),
            Outcome::Cancelled => self.progress(&state),
        };
        state.progress = progress;
        state.status = outcome.status();
        state.result = Some(Arc::new(result));
        drop(state);
        self.news.send_replace(());
        true
    }

    /// Follows the steps, which share the time evenly.
    fn progress(&self, state: &State) -> u8 {
        let Some(began) = state.began.filter(|_| !state.status.is_over()) else {
            return state.progress;
        };
        let last = self.plan.outcome.last_step();
        let done = began.elapsed().as_millis() * u128::from(last) / self.plan.duration.as_millis().max(1);
        percent(u8::try_from(done).unwrap_or(u8::MAX).min(last - 1))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn unwatched_so_far(&self) -> Duration {
        match self.told {
            true => self.unwatched,
            false => self.unwatched.max(self.looked_at.elapsed()),
        }
    }
}

fn percent(steps: u8) -> u8 {
    u8::try_from(u16::from(steps) * 100 / u16::from(STEPS)).unwrap_or(100)
}
