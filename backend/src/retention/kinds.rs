//! How long each kind is kept, as an instant.

use chrono::TimeDelta;
use esteira_shared::{
    dto::retention::{CleanUpParameters, RetentionKind},
    ids::OrganizationId,
    instant::Instant,
};

use crate::{
    app::App,
    db::{aged::Age, database_now},
    error::AppResult,
};

/// What a row holds beside its texts, about: ids, instants and numbers. Without indexes.
pub(super) const BYTES_OF_A_ROW: i64 = 100;

/// From where ages are reckoned back. Jobs and runs of schedules bear the database's time, all others this program's.
#[derive(Debug, Clone, Copy)]
pub(super) struct Now {
    database: Instant,
    program: Instant,
}

impl Now {
    /// # Errors
    /// When the database does not answer.
    pub(super) async fn of(app: &App) -> AppResult<Self> {
        let mut conn = app.db.read().await?;
        Ok(Self {
            database: database_now(&mut conn, app.db.clock()).await?,
            program: app.clock.now(),
        })
    }

    pub(super) fn age(self, what: RetentionKind, parameters: &CleanUpParameters, organization: OrganizationId) -> Age {
        let days = |days: i32| TimeDelta::days(days.into());
        let before = match what {
            RetentionKind::Executions => self.program - days(parameters.executions_days),
            RetentionKind::Jobs | RetentionKind::Groups => self.database - days(parameters.jobs_days),
            RetentionKind::Runs => self.database - days(parameters.runs_days),
            RetentionKind::Webhooks => self.program - days(parameters.webhooks_days),
            RetentionKind::Emails => self.program - days(parameters.emails_days),
            RetentionKind::Uploads => self.program - TimeDelta::hours(parameters.uploads_hours.into()),
        };
        Age { organization, before }
    }
}
