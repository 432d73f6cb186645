//! Which code runs which kind of job.

use std::collections::HashMap;

use futures_util::future::BoxFuture;

use super::{Failure, FinalFailure, JobContext, Task, TaskResult, job::Job};
use crate::{db::Tx, error::AppResult};

/// Tasks by name.
#[derive(Default)]
pub struct Registry(HashMap<&'static str, Box<dyn ErasedTask>>);

/// A [`Task`] without its types, so that different ones fit one map.
trait ErasedTask: Send + Sync {
    fn run<'a>(&'a self, job: &'a JobContext) -> BoxFuture<'a, TaskResult>;
    fn on_failed<'a>(&'a self, tx: &'a mut Tx, job: &'a Job, cause: &'a FinalFailure) -> BoxFuture<'a, AppResult<()>>;
}

struct Erased<T>(std::marker::PhantomData<T>);

impl<T: Task> ErasedTask for Erased<T> {
    fn run<'a>(&'a self, job: &'a JobContext) -> BoxFuture<'a, TaskResult> {
        Box::pin(async move {
            match serde_json::from_value(job.row().payload.0.clone()) {
                Ok(payload) => T::run(job, payload).await,
                // Repeating would read the same bytes: to dead at once, with the reason.
                Err(error) => Err(Failure::Business {
                    cause: format!("os dados da tarefa não podem ser lidos: {error}"),
                    step: None,
                    action: None,
                }),
            }
        })
    }

    fn on_failed<'a>(&'a self, tx: &'a mut Tx, job: &'a Job, cause: &'a FinalFailure) -> BoxFuture<'a, AppResult<()>> {
        Box::pin(T::on_failed(tx, job, cause))
    }
}

impl Registry {
    /// Adds a task.
    #[must_use]
    pub fn with<T: Task>(mut self) -> Self {
        self.0.insert(T::NAME, Box::new(Erased::<T>(std::marker::PhantomData)));
        self
    }

    pub(super) async fn run(&self, job: &JobContext) -> TaskResult {
        match self.0.get(job.row().task.as_str()) {
            Some(task) => task.run(job).await,
            None => Err(Failure::Business {
                cause: format!("nenhum programa aqui conhece a tarefa {}", job.row().task),
                step: None,
                action: None,
            }),
        }
    }

    pub(super) async fn on_failed(&self, tx: &mut Tx, job: &Job, cause: &FinalFailure) -> AppResult<()> {
        match self.0.get(job.task.as_str()) {
            Some(task) => task.on_failed(tx, job, cause).await,
            None => Ok(()),
        }
    }
}
