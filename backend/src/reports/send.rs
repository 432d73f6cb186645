//! The schedule that sends reports.

use esteira_shared::{
    dto::reports::ReportParameters,
    error::{FieldCode, FieldError},
    ids::OrganizationId,
    month::Month,
    reason::Reason,
    status::{CatchUp, ScheduleKind},
};
use serde_json::{Value, json};

use super::{
    compose::{self, Foot},
    gather::{MonthReport, Wanted, gather},
    link::{Links, Subscription},
};
use crate::{
    app::{App, JobContext},
    db::Tx,
    engine::{Failure, TaskResult},
    error::{AppError, AppResult},
    mail::{self, Recipient, run::Outcome},
    scheduler::{Fired, Scheduled},
};

/// E-mails how a month stands, to each address of the schedule in a message of its own.
pub struct SendReport;

impl Scheduled for SendReport {
    const KIND: ScheduleKind = ScheduleKind::SendReport;
    /// What was to be read last week helps nobody.
    const CATCH_UP: CatchUp = CatchUp::None;
    const TO_PEOPLE: bool = true;

    type App = App;
    type Parameters = ReportParameters;

    async fn check(_tx: &mut Tx, _organization: OrganizationId, parameters: &ReportParameters) -> AppResult<()> {
        if parameters.recipients().is_empty() {
            let error = FieldError::new("to", FieldCode::Required, "at least one address");
            return Err(AppError::validation(vec![error]));
        }
        Ok(())
    }

    async fn run(job: &JobContext, fired: &Fired, parameters: ReportParameters) -> TaskResult {
        if job.app.mailer.is_none() {
            return Err(Failure::Business {
                cause: Reason::MailNotConfigured {},
                step: None,
                action: Some(Reason::CheckMailSettings {}),
            });
        }
        let nominal = fired.nominal_at.with_timezone(&fired.zone).date_naive();
        let month = Month::of(nominal).plus(parameters.month_offset);
        // What a run wrote before it was interrupted goes out as it is; nobody is written to twice.
        let written = mail::run::is_written(&mut job.app.db.read().await?, fired.organization, fired.run).await?;
        if !written && let Some(reason) = write(job, fired, &parameters, month).await? {
            job.log(reason.clone());
            return Ok(json!({ "month": month, "sent": [], "skipped": reason.code() }));
        }
        let outcome = mail::run::send(job, fired.run).await?;
        if outcome.sent.is_empty() && outcome.later.is_empty() {
            return Err(reached_nobody(outcome));
        }
        Ok(result(month, &outcome))
    }
}

/// Writes the messages, or says why there is nothing to write.
async fn write(
    job: &JobContext,
    fired: &Fired,
    parameters: &ReportParameters,
    month: Month,
) -> Result<Option<Reason>, Failure> {
    let addresses = parameters.recipients();
    if addresses.is_empty() {
        return Ok(Some(Reason::ReportWithoutRecipients {}));
    }
    let wanted = Wanted {
        organization: fired.organization,
        month,
        language: parameters.language,
        zone: Some(fired.zone),
        with_schedules: true,
    };
    let report: MonthReport = gather(&job.app, wanted).await?;
    if parameters.only_if_pending && report.pending() == 0 {
        return Ok(Some(Reason::ReportNothingPending {
            month: month.to_string(),
        }));
    }
    let links = Links::of(&job.app);
    let foot = Foot::Schedule {
        name: fired.schedule_name.clone(),
        with_link: links.is_some(),
    };
    let draft = compose::draft(&job.app, wanted, &report, &foot, parameters.attach_csv).await?;
    let to = addresses
        .into_iter()
        .map(|address| recipient(job, fired, links, address))
        .collect::<AppResult<Vec<Recipient>>>()?;
    let mut tx = job.begin().await?;
    mail::run::write(&mut tx, fired.organization, fired.run, job.row().id, draft, to).await?;
    tx.commit().await?;
    Ok(None)
}

fn recipient(job: &JobContext, fired: &Fired, links: Option<Links<'_>>, address: String) -> AppResult<Recipient> {
    let subscription = Subscription {
        organization: fired.organization,
        schedule: fired.schedule,
        address,
    };
    let link = links.map(|links| subscription.link(&job.app, links));
    Ok(Recipient {
        unsubscribe_url: link.transpose()?,
        address: subscription.address,
    })
}

/// What became of each address, for people who look at the run.
fn result(month: Month, outcome: &Outcome) -> Value {
    let refused = outcome
        .refused
        .iter()
        .map(|(to, answer)| json!({ "to": to, "answer": answer }));
    let failed = outcome
        .failed
        .iter()
        .map(|(to, reason)| json!({ "to": to, "cause": reason.to_string() }));
    let later = outcome.later.iter().map(|(to, reason)| {
        let cause = reason.as_ref().map(ToString::to_string);
        json!({ "to": to, "cause": cause })
    });
    json!({
        "month": month,
        "sent": outcome.sent,
        "refused": refused.collect::<Vec<_>>(),
        "failed": failed.collect::<Vec<_>>(),
        "later": later.collect::<Vec<_>>(),
    })
}

fn reached_nobody(outcome: Outcome) -> Failure {
    let refused = outcome
        .refused
        .into_iter()
        .map(|(address, answer)| Reason::MailRefusedTo { address, answer });
    let failed = outcome.failed.into_iter().map(|(address, reason)| Reason::MailFailsTo {
        address,
        reason: Box::new(reason),
    });
    Failure::Business {
        cause: Reason::ReportToNobody {
            reasons: refused.chain(failed).collect(),
        },
        step: None,
        action: Some(Reason::CheckMailSettings {}),
    }
}
