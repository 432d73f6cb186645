//! What is known of each kind of job.

use std::{collections::HashMap, time::Duration};

use diesel::QueryResult;
use esteira_shared::{ids::OrganizationId, status::MaintenanceArea};
use futures_util::future::BoxFuture;

use super::{FinalFailure, Task, job::Job, rest};
use crate::{
    auth::Actor,
    db::{DbConn, Tx},
    error::AppResult,
};

/// Tasks by name, without their code, which is in [`super::Tasks`].
#[derive(Default)]
pub struct Registry {
    tasks: HashMap<&'static str, Box<dyn ErasedTask>>,
    on_death: Option<OnDeath>,
    left_to_others: Option<LeftToOthers>,
    resting: Vec<(MaintenanceArea, &'static [&'static str])>,
}

/// Called in the transaction that ends a job of any kind as dead.
pub type OnDeath = for<'a> fn(&'a mut Tx, &'a Job, &'a FinalFailure) -> BoxFuture<'a, AppResult<()>>;

/// Names organisations whose ended jobs somebody else removes.
pub type LeftToOthers = for<'a> fn(&'a mut DbConn) -> BoxFuture<'a, QueryResult<Vec<OrganizationId>>>;

/// A [`Task`] without its types, so that different ones fit one map.
trait ErasedTask: Send + Sync {
    fn timeout(&self) -> Duration;
    fn keep(&self) -> Duration;
    fn resumes(&self) -> bool;
    fn queue(&self) -> &'static str;
    fn takes_slot(&self) -> bool;
    fn on_revived<'a>(&'a self, tx: &'a mut Tx, job: &'a Job, actor: &'a Actor) -> BoxFuture<'a, AppResult<()>>;
    fn on_failed<'a>(&'a self, tx: &'a mut Tx, job: &'a Job, cause: &'a FinalFailure) -> BoxFuture<'a, AppResult<()>>;
}

struct Erased<T>(std::marker::PhantomData<T>);

impl<T: Task> ErasedTask for Erased<T> {
    fn timeout(&self) -> Duration {
        T::TIMEOUT
    }

    fn keep(&self) -> Duration {
        T::KEEP
    }

    fn resumes(&self) -> bool {
        T::RESUMES
    }

    fn queue(&self) -> &'static str {
        T::QUEUE
    }

    fn takes_slot(&self) -> bool {
        T::TAKES_SLOT
    }

    fn on_revived<'a>(&'a self, tx: &'a mut Tx, job: &'a Job, actor: &'a Actor) -> BoxFuture<'a, AppResult<()>> {
        Box::pin(T::on_revived(tx, job, actor))
    }

    fn on_failed<'a>(&'a self, tx: &'a mut Tx, job: &'a Job, cause: &'a FinalFailure) -> BoxFuture<'a, AppResult<()>> {
        Box::pin(T::on_failed(tx, job, cause))
    }
}

impl Registry {
    pub(super) fn add<T: Task>(&mut self) {
        self.tasks
            .insert(T::NAME, Box::new(Erased::<T>(std::marker::PhantomData)));
    }

    pub(super) fn on_death(&mut self, told: OnDeath) {
        self.on_death = Some(told);
    }

    pub(super) fn leave_to_others(&mut self, named: LeftToOthers) {
        self.left_to_others = Some(named);
    }

    /// Organisations whose ended jobs somebody else removes.
    pub(super) async fn left_to_others(&self, conn: &mut DbConn) -> QueryResult<Vec<OrganizationId>> {
        match self.left_to_others {
            Some(named) => named(conn).await,
            None => Ok(Vec::new()),
        }
    }

    /// Names the paths of limits whose jobs rest during a maintenance of an area; `*` stands for any one name.
    pub(super) fn resting(&mut self, area: MaintenanceArea, paths: &'static [&'static str]) {
        self.resting.push((area, paths));
    }

    /// Whether jobs on a path of limits rest during a maintenance of an area.
    pub(super) fn rests(&self, area: MaintenanceArea, path: &str) -> bool {
        let of = |one: &MaintenanceArea| area == MaintenanceArea::Everything || area == *one;
        self.resting
            .iter()
            .any(|(one, paths)| of(one) && rest::is_below(path, paths))
    }

    /// The names of all tasks, in their order.
    #[must_use]
    pub fn names(&self) -> Vec<&'static str> {
        let mut names: Vec<&str> = self.tasks.keys().copied().collect();
        names.sort_unstable();
        names
    }

    /// The name of a task, if this program has it.
    pub(super) fn known(&self, name: &str) -> Option<&'static str> {
        self.tasks.get_key_value(name).map(|(name, _)| *name)
    }

    /// How long ended jobs are kept, for each task.
    pub(super) fn keeps(&self) -> impl Iterator<Item = (&'static str, Duration)> {
        self.tasks.iter().map(|(name, task)| (*name, task.keep()))
    }

    /// Longest time of one attempt.
    pub(super) fn timeout(&self, task: &str) -> Duration {
        self.tasks
            .get(task)
            .map_or(Duration::from_secs(60), |task| task.timeout())
    }

    /// Whether a dead worker is never the job's doing.
    pub(super) fn resumes(&self, task: &str) -> bool {
        self.tasks.get(task).is_some_and(|task| task.resumes())
    }

    /// Whether its jobs take one of a worker's slots.
    pub(super) fn takes_slot(&self, task: &str) -> bool {
        self.tasks.get(task).is_none_or(|task| task.takes_slot())
    }

    /// Whether some job of a queue may take a slot.
    pub(super) fn queue_takes_slots(&self, queue: &str) -> bool {
        let mut known = self.tasks.values().filter(|task| task.queue() == queue).peekable();
        known.peek().is_none() || known.any(|task| task.takes_slot())
    }

    pub(super) async fn on_revived(&self, tx: &mut Tx, job: &Job, actor: &Actor) -> AppResult<()> {
        match self.tasks.get(job.task.as_str()) {
            Some(task) => task.on_revived(tx, job, actor).await,
            None => Ok(()),
        }
    }

    pub(super) async fn on_failed(&self, tx: &mut Tx, job: &Job, cause: &FinalFailure) -> AppResult<()> {
        if let Some(task) = self.tasks.get(job.task.as_str()) {
            task.on_failed(tx, job, cause).await?;
        }
        match self.on_death {
            Some(told) if cause.kind.is_some() => told(tx, job, cause).await,
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        app::{App, JobContext, Tasks},
        engine::TaskResult,
    };

    struct Works;

    impl Task for Works {
        const NAME: &'static str = "works";
        type App = App;
        type Payload = ();

        async fn run(_job: &JobContext, _payload: ()) -> TaskResult {
            Ok(serde_json::Value::Null)
        }
    }

    struct Waits;

    impl Task for Waits {
        const NAME: &'static str = "waits";
        const QUEUE: &'static str = "robots";
        const TAKES_SLOT: bool = false;
        type App = App;
        type Payload = ();

        async fn run(_job: &JobContext, _payload: ()) -> TaskResult {
            Ok(serde_json::Value::Null)
        }
    }

    /// Works, in the queue of those that only wait.
    struct Mixed;

    impl Task for Mixed {
        const NAME: &'static str = "mixed";
        const QUEUE: &'static str = "robots";
        type App = App;
        type Payload = ();

        async fn run(_job: &JobContext, _payload: ()) -> TaskResult {
            Ok(serde_json::Value::Null)
        }
    }

    #[test]
    fn the_task_says_whether_its_jobs_take_a_slot() {
        let tasks = Tasks::default().with::<Works>().with::<Waits>();
        assert!(tasks.takes_slot("works") && !tasks.takes_slot("waits"));
        assert!(tasks.queue_takes_slots("default") && !tasks.queue_takes_slots("robots"));
        assert!(tasks.takes_slot("of a newer program") && tasks.queue_takes_slots("its queue"));
        let tasks = tasks.with::<Mixed>();
        assert!(tasks.queue_takes_slots("robots") && !tasks.takes_slot("waits"));
    }
}
