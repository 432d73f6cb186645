//! The schedule that opens months.

use esteira_shared::{
    dto::scheduled::{LeftOut, MonthOpening, NAMED, OpenMonthParameters},
    error::ErrorCode,
    language::Language,
    month::Month,
    reason::{Reason, ReasonDto},
    status::{CatchUp, ScheduleKind},
};
use serde_json::json;

use super::{
    model::Party,
    month::{self, MonthlyAccount},
};
use crate::{
    administration::organization,
    app::{App, JobContext},
    auth::Actor,
    db::Tx,
    engine::{Failure, TaskResult},
    error::{AppError, AppResult},
    scheduler::{Fired, Scheduled},
};

/// Opens the month's process for every active account, by the rule that a person's click follows.
pub struct OpenMonth;

/// Accounts in one transaction. Others write in between.
const CHUNK: usize = 500;

impl Scheduled for OpenMonth {
    const KIND: ScheduleKind = ScheduleKind::OpenMonth;
    /// Each slot has its own month, and none of them may be left out.
    const CATCH_UP: CatchUp = CatchUp::All;

    type App = App;
    type Parameters = OpenMonthParameters;

    async fn run(job: &JobContext, fired: &Fired, parameters: OpenMonthParameters) -> TaskResult {
        let month = month_of(fired, parameters.month_offset);
        let mut conn = job.app.db.read_long().await?;
        let latest = month::latest(&mut conn, fired.organization, job.app.clock.now()).await?;
        if month > latest {
            let (month, latest) = (month.to_string(), latest.to_string());
            return Err(Failure::Business {
                cause: Reason::MonthTooFarAhead { month, latest },
                step: None,
                action: None,
            });
        }
        let accounts = month::accounts(&mut conn, fired.organization).await?;
        let existing = month::existing(&mut conn, fired.organization, month, None).await?;
        drop(conn);
        let missing = month::missing(&accounts, &existing);
        let mut opening = Opening {
            job,
            fired,
            actor: actor(fired),
            result: MonthOpening {
                month,
                opened: 0,
                existed: number(accounts.len() - missing.len()),
                failures: 0,
                failed: Vec::new(),
            },
        };
        let expected = number(missing.len());
        for (index, chunk) in missing.chunks(CHUNK).enumerate() {
            if job.is_cancelled() {
                return Err(Failure::Cancelled);
            }
            opening.chunk(chunk).await?;
            let seen = number(index * CHUNK + chunk.len());
            let percent = i32::try_from(seen * 100 / expected.max(1)).unwrap_or(99).min(99);
            job.progress(percent, &Reason::SeenOf { seen, expected }).await?;
        }
        serde_json::to_value(opening.result).map_err(|error| Failure::Technical(error.into()))
    }
}

/// The month that a slot is about.
#[must_use]
pub fn month_of(fired: &Fired, offset: i32) -> Month {
    Month::of(fired.nominal_at.with_timezone(&fired.zone).date_naive()).plus(offset)
}

/// The schedule, as histories keep who did something.
#[must_use]
pub fn actor(fired: &Fired) -> Actor {
    Actor {
        name: fired.schedule_name.clone(),
        ..Actor::system(fired.organization)
    }
}

/// One go.
struct Opening<'a> {
    job: &'a JobContext,
    fired: &'a Fired,
    actor: Actor,
    result: MonthOpening,
}

impl Opening<'_> {
    /// Opens some together; when one of them cannot be, each by itself.
    async fn chunk(&mut self, accounts: &[MonthlyAccount]) -> Result<(), Failure> {
        if self.open(accounts).await?.is_ok() {
            return Ok(());
        }
        for account in accounts {
            if self.job.is_cancelled() {
                return Err(Failure::Cancelled);
            }
            if let Err(error) = self.open(std::slice::from_ref(account)).await? {
                self.failed(*account, error).await?;
            }
        }
        Ok(())
    }

    /// Opens some in one transaction, all or none. The outer error is the database's: the job tries again.
    async fn open(&mut self, accounts: &[MonthlyAccount]) -> Result<AppResult<()>, Failure> {
        let mut tx = self.job.begin().await?;
        let opened = match self.write(&mut tx, accounts).await {
            Ok(opened) => opened,
            Err(error) if error.code() == ErrorCode::DatabaseUnavailable => return Err(error.into()),
            Err(error) => {
                tx.roll_back().await;
                return Ok(Err(error));
            }
        };
        tx.commit().await?;
        self.result.opened += opened;
        // Somebody else was faster.
        self.result.existed += number(accounts.len()) - opened;
        Ok(Ok(()))
    }

    async fn write(&self, tx: &mut Tx, accounts: &[MonthlyAccount]) -> AppResult<i64> {
        let (organization, month) = (self.fired.organization, self.result.month);
        organization::take_turns(tx, organization).await?;
        let among = accounts.iter().map(|account| account.client_id).collect();
        let existing = month::existing(tx.conn(), organization, month, Some(among)).await?;
        let opened = month::make(tx, &self.actor, month, month::missing(accounts, &existing)).await?;
        if opened > 0 {
            let after = json!({
                "month": month,
                "opened": opened,
                "schedule_id": self.fired.schedule,
                "schedule_name": self.fired.schedule_name,
                "requested_by": self.fired.requested_by,
            });
            month::record(tx, &self.actor, month, &after).await?;
        }
        Ok(opened)
    }

    async fn failed(&mut self, account: MonthlyAccount, error: AppError) -> Result<(), Failure> {
        tracing::warn!(account = %account.id, month = %self.result.month, error = %error, "its process cannot be opened");
        self.result.failures += 1;
        if self.result.failed.len() < NAMED {
            let mut conn = self.job.app.db.read().await?;
            let names = Party::of(&mut conn, [account.client_id], [account.operator_id]).await?;
            self.result.failed.push(LeftOut {
                process_id: None,
                client_name: names.client(account.client_id).to_owned(),
                operator_name: names.operator(account.operator_id).to_owned(),
                reason: ReasonDto::new(&why(&error), Language::default()),
            });
        }
        Ok(())
    }
}

fn why(error: &AppError) -> Reason {
    match error.code() {
        // Its account, client or operator is gone.
        ErrorCode::InUse => Reason::ChangedMeanwhile {},
        _ => Reason::quoted(error.message()),
    }
}

fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
