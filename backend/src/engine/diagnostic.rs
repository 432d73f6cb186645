//! A task that does what it is told, good and bad. The benchmark and the chaos run load the queue with it. A program
//! has it only with the setting `ESTEIRA_ENGINE_DIAGNOSTICS`.

use std::{marker::PhantomData, time::Duration};

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Host, JobContext, Task, TaskResult};

/// The same for every program `A`.
pub struct Diagnostic<A>(PhantomData<A>);

/// What one such job does.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    #[default]
    Nothing,
    /// Milliseconds.
    Sleep(u64),
    Fail,
    /// Milliseconds.
    FailAfter(u64),
    Panic,
    /// Ends the whole process.
    Abort,
    /// Takes memory without end.
    Allocate,
    /// Never returns, and keeps its thread.
    Spin,
    /// Never returns, and does not listen.
    IgnoreCancel,
}

impl<A: Host> Task for Diagnostic<A> {
    const NAME: &'static str = "diagnostic";
    const MAX_ATTEMPTS: i32 = 20;
    const TIMEOUT: Duration = Duration::from_secs(20);
    const KEEP: Duration = Duration::from_hours(24);

    type App = A;
    type Payload = Deed;

    async fn run(job: &JobContext<A>, deed: Deed) -> TaskResult {
        match deed {
            Deed::Nothing => {}
            Deed::Sleep(milliseconds) => tokio::time::sleep(Duration::from_millis(milliseconds)).await,
            Deed::Fail => return Err(anyhow::anyhow!("told to fail").into()),
            Deed::FailAfter(milliseconds) => {
                tokio::time::sleep(Duration::from_millis(milliseconds)).await;
                return Err(anyhow::anyhow!("told to fail").into());
            }
            #[expect(clippy::panic, reason = "what this task is for")]
            Deed::Panic => panic!("told to panic"),
            Deed::Abort => std::process::abort(),
            Deed::Allocate => {
                let mut all = Vec::new();
                loop {
                    all.push(vec![1_u8; 64 * 1024 * 1024]);
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
            }
            Deed::Spin => loop {
                std::thread::sleep(Duration::from_millis(100));
            },
            Deed::IgnoreCancel => loop {
                tokio::time::sleep(Duration::from_secs(1)).await;
            },
        }
        Ok(json!({ "attempt": job.row().attempt }))
    }
}
