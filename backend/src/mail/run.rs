//! The messages of a schedule's run: written once, whatever becomes of the run, and sent by the run's own job, so that its
//! result says what the mail server answered for each. What cannot be sent now gets a job of its own and is tried for
//! hours; the run does not wait for it.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use chrono::TimeDelta;
use diesel::prelude::*;
use esteira_shared::{
    ids::{JobId, MaintenanceId, OrganizationId, ScheduleRunId},
    reason::Reason,
    status::{EmailStatus, MaintenanceArea},
};

use super::{
    deliver::{Delivery, deliver, set_job, set_status},
    model::Email,
    outbox::{self, Draft, Recipient},
};
use crate::{
    app::JobContext,
    db::{DbConn, RunQueryDsl, Tx, database_now, schema::maintenances},
    engine::{Failure, enqueue},
    error::AppResult,
    with_conn,
};

/// The time in which a run sends by itself. A mail server that is slower gets the rest one by one, later.
const WITHIN: Duration = Duration::from_secs(90);
/// Before what could not be sent is tried once more.
const PAUSE: TimeDelta = TimeDelta::seconds(60);

/// What became of the messages of a run so far.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Addresses for which the mail server has the message.
    pub sent: Vec<String>,
    /// Addresses for which it does not take it, each with its answer.
    pub refused: Vec<(String, String)>,
    /// Those that are tried again later, each with the reason if there is one yet.
    pub later: Vec<(String, Option<Reason>)>,
    /// Those given up.
    pub failed: Vec<(String, Reason)>,
}

/// Whether the run has written its messages. Then it writes no more, so that nobody gets two.
///
/// # Errors
/// When the database does not answer.
pub async fn is_written(conn: &mut DbConn, organization: OrganizationId, run: ScheduleRunId) -> QueryResult<bool> {
    Ok(!Email::of_run(conn, organization, run).await?.is_empty())
}

/// Writes the messages of a run, for `job` to send.
///
/// # Errors
/// When the database refuses, also when one of them is written already.
pub async fn write(
    tx: &mut Tx,
    organization: OrganizationId,
    run: ScheduleRunId,
    job: JobId,
    draft: Draft,
    to: Vec<Recipient>,
) -> AppResult<()> {
    outbox::write_for_run(tx, organization, run, job, draft, to).await
}

/// Sends what waits, each by itself. A run that goes once more tries again what was refused or given up, and nothing else.
///
/// # Errors
/// When the job is lost or cancelled, or the database does not answer.
pub async fn send(job: &JobContext, run: ScheduleRunId) -> Result<Outcome, Failure> {
    take_over(job, run).await?;
    let mut waiting: VecDeque<Email> = of(job, run).await?.into();
    waiting.retain(|email| email.status == EmailStatus::Pending && email.job_id == job.row().id);
    if !waiting.is_empty() && messages_rest(job).await? {
        job.log(Reason::MailRests {});
        leave(job, waiting.into()).await?;
        return Ok(outcome(of(job, run).await?));
    }
    let began = Instant::now();
    let mut left = Vec::new();
    while let Some(email) = waiting.pop_front() {
        if began.elapsed() > WITHIN {
            left.push(email);
            break;
        }
        let address = email.recipient.clone();
        match deliver(job, email.id).await? {
            Delivery::Sent(answer) => job.log(Reason::MailSentTo { address, answer }),
            Delivery::Nothing => {}
            Delivery::Refused(answer) => job.warn(Reason::MailRefusedTo { address, answer }),
            Delivery::Failed(reason) => {
                let about_us = matches!(
                    reason,
                    Reason::MailSettingsRefused { .. } | Reason::MailNotConfigured {}
                );
                warn(job, address, reason.clone());
                if about_us {
                    // Nobody else's would be let through, and every try counts as a wrong password.
                    give_up(job, std::mem::take(&mut waiting), &reason).await?;
                }
            }
            Delivery::Later(reason) => {
                warn(job, address, reason);
                left.push(email);
            }
            Delivery::Unreachable(error) => {
                warn(job, address, Reason::quoted(format!("{error:#}")));
                left.push(email);
                break;
            }
        }
    }
    left.extend(waiting);
    leave(job, left).await?;
    Ok(outcome(of(job, run).await?))
}

/// Whether no message may leave now. Jobs of messages rest by themselves; this one is no such job.
async fn messages_rest(job: &JobContext) -> Result<bool, Failure> {
    let mut conn = job.app.db.read().await?;
    let now = database_now(&mut conn, job.app.clock.as_ref()).await?;
    let areas = [MaintenanceArea::Everything, MaintenanceArea::Messages];
    let holding: Option<MaintenanceId> = with_conn!(&mut conn, |c| maintenances::table
        .filter(maintenances::organization_id.eq(job.organization_id()))
        .filter(maintenances::area.eq_any(areas))
        .filter(maintenances::ended_at.is_null())
        .filter(maintenances::starts_at.le(now).and(maintenances::ends_at.gt(now)))
        .select(maintenances::id)
        .first(c)
        .await
        .optional())?;
    Ok(holding.is_some())
}

fn warn(job: &JobContext, address: String, reason: Reason) {
    job.warn(Reason::MailFailsTo {
        address,
        reason: Box::new(reason),
    });
}

async fn of(job: &JobContext, run: ScheduleRunId) -> Result<Vec<Email>, Failure> {
    Ok(Email::of_run(&mut job.app.db.read().await?, job.organization_id(), run).await?)
}

/// Takes what the run could not send before: who was refused then may have a mailbox by now.
async fn take_over(job: &JobContext, run: ScheduleRunId) -> Result<(), Failure> {
    let mut tx = job.begin().await?;
    for email in Email::of_run(tx.conn(), job.organization_id(), run).await? {
        if matches!(email.status, EmailStatus::Refused | EmailStatus::Failed) {
            set_status(&mut tx, &email, EmailStatus::Pending, None).await?;
            set_job(&mut tx, &email, job.row().id).await?;
        }
    }
    tx.commit().await?;
    Ok(())
}

/// Gives each a job of its own.
async fn leave(job: &JobContext, left: Vec<Email>) -> Result<(), Failure> {
    if left.is_empty() {
        return Ok(());
    }
    let mut tx = job.begin().await?;
    let due = tx.database_now().await? + PAUSE;
    for email in left {
        let new = outbox::job(email.organization_id, &job.row().requested_by, email.id).run_at(due);
        let id = enqueue(&mut tx, new).await?;
        set_job(&mut tx, &email, id).await?;
    }
    tx.commit().await?;
    Ok(())
}

async fn give_up(job: &JobContext, rest: VecDeque<Email>, reason: &Reason) -> Result<(), Failure> {
    let mut tx = job.begin().await?;
    for email in &rest {
        set_status(&mut tx, email, EmailStatus::Failed, Some(reason)).await?;
    }
    tx.commit().await?;
    Ok(())
}

fn outcome(all: Vec<Email>) -> Outcome {
    let mut outcome = Outcome::default();
    for email in all {
        let to = email.recipient;
        match email.status {
            EmailStatus::Sent => outcome.sent.push(to),
            EmailStatus::Refused => outcome.refused.push((to, email.last_answer.unwrap_or_default())),
            EmailStatus::Pending => outcome.later.push((to, email.last_error)),
            EmailStatus::Failed => {
                let reason = email.last_error.unwrap_or(Reason::MailGivenUp {});
                outcome.failed.push((to, reason));
            }
        }
    }
    outcome
}
