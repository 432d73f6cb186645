//! A job's past: how each attempt ended, its log, and the words by which a failure is found.

use std::{
    collections::{BTreeSet, HashMap},
    time::Duration,
};

use chrono::TimeDelta;
use diesel::prelude::*;
use esteira_shared::{
    ids::{JobId, OrganizationId, WorkerId},
    instant::Instant,
    language::Language,
    reason::Reason,
    status::{FailureKind, JobOutcome},
};

use super::{FinalFailure, job::Job, stats::Tally};
use crate::{
    db::{
        DbConn, RunQueryDsl, Tx,
        schema::{job_attempts, job_log_lines, job_words},
    },
    fold, with_conn,
};

#[derive(Clone, Insertable)]
#[diesel(table_name = job_attempts)]
#[diesel(treat_none_as_default_value = false)]
pub(super) struct AttemptRow {
    pub(super) job_id: JobId,
    pub(super) fence: i64,
    pub(super) attempt: i32,
    pub(super) worker_id: WorkerId,
    pub(super) started_at: Instant,
    pub(super) finished_at: Instant,
    pub(super) outcome: JobOutcome,
    pub(super) error: Option<Reason>,
    pub(super) error_kind: Option<FailureKind>,
}

pub(super) fn milliseconds(took: Duration) -> i64 {
    i64::try_from(took.as_millis()).unwrap_or(i64::MAX)
}

/// When an attempt really began: a claimed job may wait in its worker for a moment.
pub(super) fn started(job: &Job, took: Duration, now: Instant) -> Instant {
    let began = TimeDelta::from_std(took).map_or(now, |took| now - took);
    began.max(job.started_at.unwrap_or(began))
}

/// Keeps how an attempt ended, and counts it.
pub(super) async fn record(
    tx: &mut Tx,
    job: &Job,
    took: Duration,
    outcome: JobOutcome,
    cause: Option<&FinalFailure>,
) -> QueryResult<()> {
    let Some(worker_id) = job.worker_id else { return Ok(()) };
    let now = tx.database_now().await?;
    let row = AttemptRow {
        job_id: job.id,
        fence: job.fence,
        attempt: job.attempt,
        worker_id,
        started_at: started(job, took, now),
        finished_at: now,
        outcome,
        error: cause.map(|cause| cause.cause.clone()),
        error_kind: cause.and_then(|cause| cause.kind),
    };
    with_conn!(tx.conn(), |c| diesel::insert_into(job_attempts::table)
        .values(&row)
        .execute(c)
        .await)?;
    let mut tally = Tally::default();
    tally.add(job.organization_id, &job.task, outcome, took);
    tally.write(tx, now).await
}

#[derive(Clone, Insertable)]
#[diesel(table_name = job_words)]
#[diesel(treat_none_as_default_value = false)]
struct WordRow {
    organization_id: OrganizationId,
    word: String,
    job_id: JobId,
}

/// Words of an error that the search looks at, in each language.
const WORDS: usize = 40;

/// Whoever looks for it types what is on the screen, in either language.
fn words(error: &Reason) -> BTreeSet<String> {
    Language::ALL
        .iter()
        .flat_map(|language| fold::words(&error.text(*language)).into_iter().take(WORDS))
        .collect()
}

/// Makes a failed job findable by the words of its last error.
pub(super) async fn index(tx: &mut Tx, job: &Job, error: &Reason) -> QueryResult<()> {
    with_conn!(tx.conn(), |c| diesel::delete(
        job_words::table.filter(job_words::job_id.eq(job.id))
    )
    .execute(c)
    .await)?;
    let rows: Vec<WordRow> = words(error)
        .into_iter()
        .map(|word| WordRow {
            organization_id: job.organization_id,
            word,
            job_id: job.id,
        })
        .collect();
    with_conn!(tx.conn(), |c| diesel::insert_into(job_words::table)
        .values(&rows)
        .execute(c)
        .await)?;
    Ok(())
}

/// One line for a job's log, still without its number.
#[derive(Debug, Clone)]
pub(super) struct LogLine {
    pub(super) at: Instant,
    pub(super) level: &'static str,
    pub(super) message: Reason,
}

#[derive(Clone, Insertable)]
#[diesel(table_name = job_log_lines)]
#[diesel(treat_none_as_default_value = false)]
struct LogRow {
    job_id: JobId,
    seq: i64,
    at: Instant,
    level: String,
    message: Reason,
}

/// Adds lines to the logs of these jobs; their numbers follow the last one. The caller holds these jobs, so nobody else
/// adds lines.
pub(super) async fn append_logs(conn: &mut DbConn, logs: &[(JobId, &[LogLine])]) -> QueryResult<()> {
    if logs.is_empty() {
        return Ok(());
    }
    let ids: Vec<JobId> = logs.iter().map(|(id, _)| *id).collect();
    let last: Vec<(JobId, Option<i64>)> = with_conn!(conn, |c| job_log_lines::table
        .filter(job_log_lines::job_id.eq_any(ids))
        .group_by(job_log_lines::job_id)
        .select((job_log_lines::job_id, diesel::dsl::max(job_log_lines::seq)))
        .load(c)
        .await)?;
    let last: HashMap<JobId, i64> = last.into_iter().filter_map(|(id, seq)| Some((id, seq?))).collect();
    let rows: Vec<LogRow> = logs
        .iter()
        .flat_map(|(id, lines)| {
            let first = last.get(id).copied().unwrap_or(0) + 1;
            (first..).zip(*lines).map(|(seq, line)| LogRow {
                job_id: *id,
                seq,
                at: line.at,
                level: line.level.to_owned(),
                message: line.message.clone(),
            })
        })
        .collect();
    for chunk in rows.chunks(1_000) {
        with_conn!(conn, |c| diesel::insert_into(job_log_lines::table)
            .values(chunk)
            .execute(c)
            .await)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_failure_is_found_by_each_of_its_words_in_each_language() {
        let error = Reason::RobotsSilentAbout {
            seconds: 480,
            job: "J-7".to_owned(),
            error: Box::new(Reason::RobotsUnreachable {
                why: Box::new(Reason::NetworkOrCertificate {}),
            }),
        };
        let found = words(&error);
        assert!(found.len() > WORDS, "more than one language is given: {}", found.len());
        for word in ["aceito", "trabalho", "accepted", "there"] {
            assert!(found.contains(word), "{word}");
        }
        for language in Language::ALL {
            for word in fold::words(&error.text(*language)) {
                assert!(found.contains(&word), "{word}");
            }
        }
    }

    #[test]
    fn what_has_no_end_is_cut() {
        let long: Vec<String> = (0..500).map(|number| format!("w{number}")).collect();
        assert_eq!(words(&Reason::quoted(long.join(" "))).len(), WORDS);
    }
}
