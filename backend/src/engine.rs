//! The job queue. Everything that runs in the background is a job: inserted in the transaction of the change that
//! wants it, claimed with a lease and a fencing number, run without a transaction, ended exactly once.
//!
//! ```text
//! enqueue ─▶ queued ─claim─▶ running ─┬─ succeeded
//!              ▲                      ├─ dead       (business error, or out of attempts)
//!              │                      ├─ cancelled
//!              └── retry, release, ───┘
//!                  rescue
//! ```
//!
//! [`lease`] alone moves a job out of `running`; [`claim`] alone moves it in. Both decide by the row itself, inside a
//! transaction, so whatever a stale worker believes changes nothing.

pub mod bus;
mod claim;
mod context;
pub mod job;
mod lease;
mod listen;
mod queue;
mod registry;
mod rescue;
mod retry;
mod task;
mod worker;

pub use context::JobContext;
pub use queue::{NewJob, enqueue, request_cancel};
pub use registry::Registry;
pub use task::{Failure, FinalFailure, Task, TaskResult};
pub use worker::{Worker, WorkerOptions};
