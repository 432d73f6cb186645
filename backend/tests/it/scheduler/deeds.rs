//! A kind of schedule that does what its parameters say.

use esteira::{
    app::{App, JobContext},
    db::Tx,
    engine::{Failure, TaskResult},
    error::AppResult,
    scheduler::{Fired, ScheduleRow, Scheduled},
};
use esteira_shared::{
    error::{FieldCode, FieldError},
    reason::Reason,
    status::ScheduleKind,
    validate::{Fields, Validate},
};
use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::support::{note, probes};

/// Takes the place of a real one, since the list of kinds is closed.
pub struct Deeds;

/// `fail`: refuses; `fail_once`: refuses the first time; `wait`: until it is cancelled. Anything else goes well.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deed {
    /// Under which the test finds what happened.
    pub key: String,
    #[serde(default)]
    pub deed: String,
    #[serde(default)]
    pub limit: i32,
}

impl Validate for Deed {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        let mut fields = Fields::new();
        if self.limit < 0 {
            fields.push("limit", FieldCode::OutOfRange, "not below 0");
        }
        fields.finish()
    }
}

impl Scheduled for Deeds {
    const KIND: ScheduleKind = ScheduleKind::CleanUp;

    type App = App;
    type Parameters = Deed;

    async fn run(job: &JobContext, fired: &Fired, parameters: Deed) -> TaskResult {
        let tries = note(&parameters.key, fired.nominal_at.to_rfc3339());
        match parameters.deed.as_str() {
            "fail" => Err(refused()),
            "fail_once" if tries == 1 => Err(refused()),
            "wait" => {
                job.cancelled().await;
                Err(Failure::Cancelled)
            }
            _ => Ok(json!({
                "limit": parameters.limit, "by": fired.requested_by, "zone": fired.zone.name(),
            })),
        }
    }
}

fn refused() -> Failure {
    Failure::Business {
        cause: Reason::quoted("no"),
        step: None,
        action: None,
    }
}

/// Notes that a schedule was paused, and why.
pub fn paused<'a>(_tx: &'a mut Tx, schedule: &'a ScheduleRow, why: &'a Reason) -> BoxFuture<'a, AppResult<()>> {
    Box::pin(async move {
        note(&format!("paused {}", schedule.id), why.code());
        Ok(())
    })
}

/// What was noted of a schedule's pauses.
pub fn pauses(schedule: &ScheduleRow) -> Vec<String> {
    probes(&format!("paused {}", schedule.id))
}
