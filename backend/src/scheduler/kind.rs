//! What a kind of schedule is: the code that runs when one fires.

use std::future::Future;

use chrono_tz::Tz;
use esteira_shared::{
    ids::{OrganizationId, ScheduleId, ScheduleRunId},
    instant::Instant,
    permission::Permission,
    status::{CatchUp, ScheduleKind},
    validate::Validate,
};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    db::Tx,
    engine::{Host, JobContext, TaskResult},
    error::AppResult,
};

/// The code of one kind of schedule. To add one: a word in [`ScheduleKind`], a file with an implementation in the
/// application that it belongs to, and a line in `applications::kinds`.
///
/// A run happens **at least once**: after a crash `run` begins again, so it must bear repetition. What one thing of a run
/// fails with stops no other thing of it.
pub trait Scheduled: Send + Sync + 'static {
    const KIND: ScheduleKind;
    /// What a new schedule does about missed slots.
    const CATCH_UP: CatchUp = CatchUp::Last;
    /// It writes to people: running a slot of the past needs a second confirmation.
    const TO_PEOPLE: bool = false;
    /// What it takes beside `schedules:manage` to make or change one: nobody may schedule what they may not do.
    const NEEDS: Option<Permission> = None;

    /// The program it belongs to.
    type App: Host;

    /// What a schedule of this kind is told; unknown fields are refused.
    type Parameters: Serialize + DeserializeOwned + Validate + Default + Send + Sync;

    /// Checks what only the database knows, when a schedule is saved.
    fn check(
        _tx: &mut Tx,
        _organization: OrganizationId,
        _parameters: &Self::Parameters,
    ) -> impl Future<Output = AppResult<()>> + Send {
        async { Ok(()) }
    }

    /// Does the work. No transaction is open. The value is the run's result; pages show it. It does not end the job itself:
    /// the end of the job and that of the run are one transaction, which follows.
    fn run(
        job: &JobContext<Self::App>,
        fired: &Fired,
        parameters: Self::Parameters,
    ) -> impl Future<Output = TaskResult> + Send;
}

/// The slot that a run is for.
#[derive(Debug, Clone)]
pub struct Fired {
    pub organization: OrganizationId,
    pub schedule: ScheduleId,
    pub schedule_name: String,
    pub run: ScheduleRunId,
    /// What the rule gives. What depends on the date goes by this, not by the present.
    pub nominal_at: Instant,
    /// The schedule's zone.
    pub zone: Tz,
    /// Who asked for it by hand, by name.
    pub requested_by: Option<String>,
}
