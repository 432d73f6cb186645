//! Tells the API to end the robot of a cancelled run. It is used when the API did not confirm the end in time, or when
//! nobody followed the run.

use esteira_shared::{ids::ExecutionId, task::TaskName};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    app::{App, JobContext},
    engine::{Failure, Task, TaskResult},
    executions::{model::Execution, settings::RobotSettings},
    integrations::rpa::{Cancelled, ExternalJobId, RpaError},
    operators::Operator,
};

pub struct CancelRobot;

#[derive(Debug, Serialize, Deserialize)]
pub struct CancelPayload {
    pub execution_id: ExecutionId,
}

impl Task for CancelRobot {
    const NAME: &'static str = TaskName::CancelRobot.as_str();

    type App = App;
    type Payload = CancelPayload;

    async fn run(job: &JobContext, payload: CancelPayload) -> TaskResult {
        let mut conn = job.app.db.read().await?;
        let execution = Execution::find(&mut conn, job.organization_id(), payload.execution_id).await?;
        let settings = RobotSettings::of(&mut conn, job.organization_id()).await?;
        let operator = Operator::find(&mut conn, job.organization_id(), execution.operator_id).await?;
        drop(conn);
        let (Some(endpoint), Some(id)) = (execution.endpoint, execution.external_job_id) else {
            return Ok(json!({}));
        };
        let connection = settings.connection(&job.app, operator.as_ref(), &endpoint)?;
        match job.app.rpa.cancel(&connection, &ExternalJobId(id)).await {
            Ok(Cancelled::Accepted) => Ok(json!({ "cancelled": true })),
            Ok(Cancelled::AlreadyOver) | Err(RpaError::NotFound) => Ok(json!({ "cancelled": false })),
            Err(error) => Err(Failure::Technical(error.into_technical())),
        }
    }
}
