//! Getting a robot to begin, once.

use std::{pin::pin, time::Duration};

use esteira_shared::{reason::Reason, status::Elsewhere};

use super::Robot;
use crate::{
    engine::{Failure, set_elsewhere},
    executions::{
        model::ExecutionChanges,
        order,
        settings::{self, RobotSettings},
    },
    integrations::{
        outbound::shown_address,
        rpa::{Cancelled, ExternalJobId, Mask, RpaConnection, RpaError, StartError},
    },
    operators::Operator,
};

const STEP: &str = "INICIO";
/// How long a start that nobody wants any more is waited for, and its cancellation.
const CANCEL_START: Duration = Duration::from_secs(4);

impl Robot<'_> {
    /// The robot at work: one that was started before, or a new one.
    pub(super) async fn start(&mut self) -> Result<(RpaConnection, ExternalJobId), Failure> {
        let job = self.job;
        let app = &job.app;
        let operator = self.operator().await?;
        if let (Some(endpoint), Some(id)) = (&self.execution.endpoint, &self.execution.external_job_id) {
            self.job.log(Reason::TakingUpJob {
                job: id.clone(),
                endpoint: shown_address(endpoint),
            });
            let connection = self.settings.connection(app, operator.as_ref(), endpoint)?;
            self.mask = order::mask(app, &mut app.db.read().await?, &self.execution).await?;
            return Ok((connection, ExternalJobId(id.clone())));
        }
        if self.execution.start_sent_at.is_some() && !self.settings.honours_keys {
            return Err(unknown());
        }
        let mut conn = app.db.read().await?;
        let start = order::build(app, &mut conn, &self.execution).await?;
        drop(conn);
        self.check_document().await?;
        self.mask = Mask::new(start.body.senha.as_ref());
        // A start that was sent before is repeated where it was sent.
        let endpoint = match (&self.execution.endpoint, &self.execution.start_sent_at) {
            (Some(endpoint), Some(_)) => Some(endpoint.clone()),
            _ => operator
                .as_ref()
                .and_then(|operator| self.settings.endpoint(operator))
                .map(str::to_owned),
        };
        let Some(endpoint) = endpoint else {
            return Err(business(Reason::RobotsNotConfigured {}, Some(Reason::SetRobotUrl {})));
        };
        let connection = self.settings.connection(app, operator.as_ref(), &endpoint)?;
        let sent_before = self.execution.start_sent_at.is_some();
        // Written down first: whatever happens from here on, a robot may have begun.
        let sent = ExecutionChanges {
            start_sent_at: Some(Some(self.execution.start_sent_at.unwrap_or_else(|| app.clock.now()))),
            endpoint: Some(Some(endpoint.clone())),
            parametros_entrada: Some(Some(order::shown(&start))),
            ..ExecutionChanges::default()
        };
        // With it, its place under the limits: also while nobody here follows the robot.
        self.change_with(sent, Some(Elsewhere::Working)).await?;
        self.job.log(Reason::AskingToBegin {
            endpoint: shown_address(&endpoint),
        });
        let answer = {
            let mut starting = pin!(app.rpa.start(&connection, &start));
            tokio::select! {
            answer = &mut starting => answer,
            () = job.cancelled() => {
                // What is on its way may begin all the same; then it is told to end.
                if let Ok(Ok(id)) = tokio::time::timeout(CANCEL_START, starting).await {
                    let begun = ExecutionChanges {
                        external_job_id: Some(Some(id.0.clone())),
                        ..ExecutionChanges::default()
                    };
                    self.change(begun).await?;
                    let asked = tokio::time::timeout(CANCEL_START, app.rpa.cancel(&connection, &id)).await;
                    job.log(match asked {
                        Ok(Ok(_)) => Reason::CancelAsked {},
                        _ => Reason::CancelNotAsked {},
                    });
                    if matches!(asked, Ok(Ok(Cancelled::Accepted))) {
                        let told = ExecutionChanges {
                            mensagem_final: Some(Some(Reason::CancelledAtStart {})),
                            ..ExecutionChanges::default()
                        };
                        self.change(told).await?;
                    }
                }
                return Err(Failure::Cancelled);
            }
            }
        };
        match answer {
            Ok(id) => {
                self.job.log(Reason::JobBegun { job: id.to_string() });
                let begun = ExecutionChanges {
                    external_job_id: Some(Some(id.0.clone())),
                    ..ExecutionChanges::default()
                };
                self.change(begun).await?;
                settings::token_accepted(app, self.execution.organization_id, &endpoint).await?;
                Ok((connection, id))
            }
            Err(StartError::NotStarted(error)) => Err(self.not_started(error, &endpoint, sent_before).await?),
            Err(StartError::Unknown(error)) if self.settings.honours_keys => {
                self.job.warn(Reason::AnswerLostRepeating {
                    error: Box::new(error.reason()),
                });
                Err(again(error))
            }
            Err(StartError::NotUnderstood(said)) => {
                self.job.warn(said.clone());
                Err(business(said, Some(Reason::CheckWhetherItRan {})))
            }
            Err(StartError::Unknown(error)) => {
                self.job.warn(Reason::AnswerLost {
                    error: Box::new(error.reason()),
                });
                let error = self.mask.text(format!("{error:#}"));
                tracing::info!(execution = %self.execution.id, error, "the answer to a start was lost");
                Err(unknown())
            }
        }
    }

    /// This request certainly began nothing. An earlier one whose answer was lost may have begun a robot.
    async fn not_started(&mut self, error: RpaError, endpoint: &str, sent_before: bool) -> Result<Failure, Failure> {
        let mut tx = self.job.begin().await?;
        if !sent_before {
            let unsent = ExecutionChanges {
                start_sent_at: Some(None),
                ..ExecutionChanges::default()
            };
            self.execution = self.execution.change(&mut tx, unsent).await?;
            set_elsewhere(&mut tx, self.job.row().id, None).await?;
            self.elsewhere = None;
        }
        tx.commit().await?;
        if matches!(error, RpaError::Unauthorized) {
            // Not under the claim: who waits for the organisation must not hold up heartbeats.
            let mut tx = self.job.app.db.begin().await?;
            settings::token_refused(&mut tx, self.execution.organization_id, endpoint).await?;
            tx.commit().await?;
        }
        self.job.warn(error.reason());
        Ok(match error {
            error @ (RpaError::Technical(_) | RpaError::Later { .. }) => again(error),
            error => business(error.reason(), error.action()),
        })
    }

    /// Reads the settings anew: a token may have been changed since the run began.
    pub(super) async fn reconnect(&mut self, endpoint: &str) -> Result<RpaConnection, Failure> {
        let mut conn = self.job.app.db.read().await?;
        self.settings = RobotSettings::of(&mut conn, self.execution.organization_id).await?;
        drop(conn);
        let operator = self.operator().await?;
        Ok(self.settings.connection(&self.job.app, operator.as_ref(), endpoint)?)
    }

    /// As it is now: its address may have changed since the run began.
    async fn operator(&self) -> Result<Option<Operator>, Failure> {
        let mut conn = self.job.app.db.read().await?;
        let execution = &self.execution;
        Ok(Operator::find(&mut conn, execution.organization_id, execution.operator_id).await?)
    }
}

/// Tried again, after the wait that the API asked for.
fn again(error: RpaError) -> Failure {
    match error {
        RpaError::Later { reason, after } => Failure::Later {
            cause: anyhow::Error::new(reason),
            after,
        },
        error => Failure::Technical(error.into_technical()),
    }
}

fn unknown() -> Failure {
    business(Reason::StartUnknown {}, Some(Reason::CheckWhetherItRan {}))
}

fn business(cause: Reason, action: Option<Reason>) -> Failure {
    Failure::Business {
        cause,
        step: Some(STEP.to_owned()),
        action,
    }
}
