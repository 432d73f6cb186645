//! The code of each kind of job, and the program that it belongs to.

use std::{collections::HashMap, ops::Deref};

use esteira_shared::{reason::Reason, status::MaintenanceArea};
use futures_util::future::BoxFuture;

use super::{
    Failure, JobContext, Task, TaskResult,
    registry::{LeftToOthers, OnDeath, Registry},
};
use crate::db::Database;

/// The program that runs jobs. Its tasks see all of it as [`JobContext::app`]; the engine needs only this.
pub trait Host: Send + Sync + Sized + 'static {
    fn db(&self) -> &Database;
    fn tasks(&self) -> &Tasks<Self>;
}

/// The tasks of a program, by name. The [`Registry`] holds what is known about them; only their code needs the program.
pub struct Tasks<A> {
    registry: Registry,
    code: HashMap<&'static str, Code<A>>,
}

type Code<A> = for<'a> fn(&'a JobContext<A>) -> BoxFuture<'a, TaskResult>;

impl<A> Default for Tasks<A> {
    fn default() -> Self {
        Self {
            registry: Registry::default(),
            code: HashMap::new(),
        }
    }
}

impl<A> Deref for Tasks<A> {
    type Target = Registry;

    fn deref(&self) -> &Registry {
        &self.registry
    }
}

impl<A: Host> Tasks<A> {
    /// Adds a task.
    #[must_use]
    pub fn with<T: Task<App = A>>(mut self) -> Self {
        self.registry.add::<T>();
        self.code.insert(T::NAME, run::<T>);
        self
    }

    /// Calls a function for every job that dies.
    #[must_use]
    pub fn on_death(mut self, told: OnDeath) -> Self {
        self.registry.on_death(told);
        self
    }

    /// Leaves the ended jobs of the organisations that a function names to whoever removes them instead.
    #[must_use]
    pub fn leaving(mut self, named: LeftToOthers) -> Self {
        self.registry.leave_to_others(named);
        self
    }

    /// Names the paths of limits whose jobs rest during a maintenance of an area; `*` stands for any one name.
    #[must_use]
    pub fn resting(mut self, area: MaintenanceArea, paths: &'static [&'static str]) -> Self {
        self.registry.resting(area, paths);
        self
    }

    pub(super) async fn run(&self, job: &JobContext<A>) -> TaskResult {
        match self.code.get(job.row().task.as_str()) {
            Some(code) => code(job).await,
            None => Err(Failure::Unknown(job.row().task.clone())),
        }
    }
}

fn run<T: Task>(job: &JobContext<T::App>) -> BoxFuture<'_, TaskResult> {
    Box::pin(async move {
        match serde_json::from_value(job.row().payload.0.clone()) {
            Ok(payload) => T::run(job, payload).await,
            // Repeating would read the same bytes: to dead at once, with the reason.
            Err(error) => Err(Failure::Business {
                cause: Reason::PayloadUnreadable {
                    error: error.to_string(),
                },
                step: None,
                action: None,
            }),
        }
    })
}
