//! The job queue. Everything that runs in the background is a job. It is inserted in the transaction of the change that
//! wants it, claimed with a lease and a fencing number, run without a transaction, and ended exactly once.
//!
//! ```text
//! enqueue ─▶ queued ─claim─▶ running ─┬─ succeeded
//!              ▲                      ├─ dead       (business error, or out of attempts)
//!              │                      ├─ cancelled
//!              └── retry, release, ───┘
//!                  rescue
//! ```
//!
//! Only [`claim`] moves a job into `running`, and only [`ends`] moves it out. [`lease`] says who may write about it
//! meanwhile. All decide by the row itself, inside a transaction, so a stale worker changes nothing.

mod cancel;
mod claim;
mod context;
pub mod diagnostic;
mod ends;
mod groups;
mod history;
mod isolation;
pub mod job;
mod lease;
mod limits;
mod listen;
mod old;
mod queue;
mod registry;
mod rescue;
mod rest;
mod retry;
mod revive;
mod state;
pub mod stats;
mod task;
mod tasks;
mod upkeep;
mod worker;

pub use cancel::{DEADLINE as CANCEL_DEADLINE, end_now, request_cancel};
pub use claim::WAITING;
pub use context::JobContext;
pub use isolation::run_job;
pub use lease::job_is_held;
pub use limits::{
    count_across, holding_for, itself_and_each, lane, of as limit_of, running as running_in, set as set_limit,
    set_default as set_default_limit, set_elsewhere,
};
pub use listen::listen;
pub use old::{OldGroups, OldJobs};
pub use queue::{MAX_PAYLOAD, NewJob, enqueue, enqueue_all, enqueue_group};
pub use registry::{LeftToOthers, Registry};
pub use rest::resting;
pub use revive::revive;
pub use task::{Failure, FinalFailure, Task, TaskResult};
pub use tasks::{Host, Tasks};
pub use upkeep::once as tidy;
pub use worker::{QUEUES, Worker, WorkerOptions};

/// The same length for calculations with instants.
fn delta(length: std::time::Duration) -> chrono::TimeDelta {
    chrono::TimeDelta::from_std(length).unwrap_or(chrono::TimeDelta::MAX)
}
