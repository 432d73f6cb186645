//! What a clean-up would find. It looks as the clean-up does, so both mean the same.

use std::time::Duration;

use esteira_shared::{
    dto::retention::{CleanUpParameters, RetentionKind, RetentionLineDto, RetentionPreviewDto},
    ids::OrganizationId,
    instant::Instant,
};

use super::kinds::{BYTES_OF_A_ROW, Now};
use crate::{
    app::App,
    db::aged::{Age, Aged, BATCH},
    engine::{OldGroups, OldJobs},
    error::{AppError, AppResult},
    executions::OldExecutions,
    mail::OldEmails,
    processes::sweep,
    scheduler::OldRuns,
    webhooks::OldMessages,
};

/// For each kind.
const PATIENCE: Duration = Duration::from_millis(1_200);

#[derive(Default)]
struct Found {
    count: i64,
    bytes: i64,
    oldest: Option<Instant>,
    complete: bool,
}

/// # Errors
/// When the database does not answer, or the store does not.
pub(super) async fn preview(
    app: &App,
    organization: OrganizationId,
    parameters: &CleanUpParameters,
) -> AppResult<RetentionPreviewDto> {
    let now = Now::of(app).await?;
    let mut lines = Vec::new();
    for what in RetentionKind::ALL {
        let age = now.age(*what, parameters, organization);
        let found = match what {
            RetentionKind::Executions => rows::<OldExecutions>(app, age).await?,
            RetentionKind::Jobs => rows::<OldJobs>(app, age).await?,
            RetentionKind::Groups => rows::<OldGroups>(app, age).await?,
            RetentionKind::Runs => rows::<OldRuns>(app, age).await?,
            RetentionKind::Webhooks => rows::<OldMessages>(app, age).await?,
            RetentionKind::Emails => rows::<OldEmails>(app, age).await?,
            RetentionKind::Uploads => uploads(app, age).await?,
        };
        lines.push(RetentionLineDto {
            what: *what,
            before: age.before,
            count: found.count,
            bytes: found.bytes,
            oldest: found.oldest,
            complete: found.complete,
        });
    }
    Ok(RetentionPreviewDto { lines })
}

async fn rows<K: Aged>(app: &App, age: Age) -> AppResult<Found> {
    let began = std::time::Instant::now();
    let mut conn = app.db.read_long().await?;
    let mut found = Found::default();
    let mut after = None;
    loop {
        let batch = K::old(&mut conn, age, after).await?;
        found.oldest = found.oldest.or(batch.first().map(|old| old.at));
        for old in &batch {
            found.count += old.count;
            found.bytes += old.bytes + old.rows * BYTES_OF_A_ROW;
        }
        after = batch.last().map(|old| (old.at, old.id));
        found.complete = i64::try_from(batch.len()).is_ok_and(|seen| seen < BATCH);
        if found.complete || began.elapsed() > PATIENCE {
            return Ok(found);
        }
    }
}

async fn uploads(app: &App, age: Age) -> AppResult<Found> {
    let began = std::time::Instant::now();
    let all = sweep::unfinished(&mut app.db.read().await?, age).await?;
    let mut found = Found {
        count: i64::try_from(all.len()).unwrap_or(i64::MAX),
        oldest: all.first().map(|(_, at)| *at),
        complete: i64::try_from(all.len()).is_ok_and(|seen| seen < sweep::MOST),
        bytes: 0,
    };
    for (key, _) in &all {
        if began.elapsed() > PATIENCE {
            found.complete = false;
            break;
        }
        let size = sweep::size(app, key).await.map_err(AppError::storage_unavailable)?;
        found.bytes += size + BYTES_OF_A_ROW;
    }
    Ok(found)
}
