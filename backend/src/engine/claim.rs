//! Taking jobs off the queue.
//!
//! First come the jobs whose work is under way on another machine and that nobody follows. They have their place under
//! the limits already, see [`super::limits`], and a pause starts nothing, but leaves them alone.
//!
//! The others stand in lanes: one for each organisation, and one for each path of limits below it. A claim looks only at
//! the head of each lane that may start something now. So a long lane that is paused, full or at rest costs nothing.

use std::time::Duration;

use diesel::{
    prelude::*,
    sql_types::{BigInt, Bool, Text},
};
use esteira_shared::{
    ids::{JobId, WorkerId},
    instant::Instant,
    status::JobStatus,
};

use super::{
    Registry,
    job::Job,
    limits::Gate,
    rest,
    state::{self, Step},
    worker::QUEUES,
};
use crate::{
    clock::Clock,
    db::{
        DbConn, RunQueryDsl, Tx,
        schema::jobs,
        sql_types::{SqlInstant, SqlUuid},
    },
    locked, on_backend, with_conn,
};

/// What a claim brought.
pub(super) struct Claimed {
    pub(super) jobs: Vec<Job>,
    /// When a rate next lets a job of some lane start, or a maintenance ends.
    pub(super) next_start: Option<Instant>,
}

/// The condition of the index `jobs_claim`, written out: the databases use a partial index only for a query that
/// repeats it.
pub const WAITING: &str = "status = 'queued' AND waits_for IS NULL AND losses < 2";
/// The condition of the index `jobs_elsewhere`: what is to be taken up again.
pub(super) const UNFOLLOWED: &str = "status = 'queued' AND elsewhere IS NOT NULL";

/// Claims up to `count` jobs of a queue that are due: those to be taken up again, then the most urgent. Each becomes
/// `running` under this worker's lease, with a new fencing number.
pub(super) async fn claim(
    tx: &mut Tx,
    registry: &Registry,
    next: &NextDue,
    worker: WorkerId,
    count: usize,
    now: Instant,
    lease: Duration,
) -> QueryResult<Claimed> {
    let queue = next.queue.as_str();
    let mut ids = match next.unfollowed {
        true => unfollowed(tx, queue, count, now).await?,
        false => Vec::new(),
    };
    let rest = count.saturating_sub(ids.len());
    let waiting = lanes(tx.conn(), queue, now).await?;
    let (lanes, wakes) = rest::awake(tx.conn(), registry, waiting, now).await?;
    let mut gate = Gate::of(tx, &lanes, now).await?;
    let mut heads = Vec::new();
    for lane in lanes.iter().filter(|lane| !lane.paused) {
        let room = gate.room(&lane.path).min(rest);
        if room > 0 {
            heads.extend(head(tx.conn(), queue, &lane.path, room, now).await?);
        }
    }
    heads.sort_by_key(|head| (head.rank, head.id));
    for head in heads {
        if ids.len() < count && gate.admit(&head.lane) {
            ids.push(head.id);
        }
    }
    let next_start = gate.close(tx).await?.into_iter().chain(wakes).min();
    let jobs = take(tx, ids, worker, now, lease).await?;
    Ok(Claimed { jobs, next_start })
}

/// Whether a job waits that needs a process of its own.
pub(super) async fn isolated_waits(conn: &mut DbConn, now: Instant) -> QueryResult<bool> {
    let found: Option<JobId> = with_conn!(conn, |c| jobs::table
        .filter(diesel::dsl::sql::<Bool>(
            "status = 'queued' AND waits_for IS NULL AND losses >= 2"
        ))
        .filter(jobs::run_at.le(now))
        .select(jobs::id)
        .first(c)
        .await
        .optional())?;
    Ok(found.is_some())
}

/// Such jobs that are looked at when some of them are at rest.
const ISOLATED: i64 = 100;

/// Claims the most urgent job during which workers died; it gets a process of its own.
pub(super) async fn claim_isolated(
    tx: &mut Tx,
    registry: &Registry,
    worker: WorkerId,
    now: Instant,
    lease: Duration,
) -> QueryResult<Option<Job>> {
    const FIND: &str = "SELECT id, lane, rank FROM jobs WHERE status = 'queued' AND waits_for IS NULL AND losses >= 2 \
                        AND run_at <= ";
    let rests = rest::current(tx.conn(), now).await?;
    let most = if rests.is_empty() { 1 } else { ISOLATED };
    let found: Vec<Head> = on_backend!(
        tx.conn(),
        sqlite = |c| diesel::sql_query(format!("{FIND}? ORDER BY rank, id LIMIT {most}"))
            .bind::<SqlInstant, _>(now)
            .load(c)
            .await?,
        postgres = |c| diesel::sql_query(format!(
            "{FIND}$1 ORDER BY rank, id LIMIT {most} FOR UPDATE SKIP LOCKED"
        ))
        .bind::<SqlInstant, _>(now)
        .load(c)
        .await?,
    );
    let awake = |head: &Head| rest::of_lane(&rests, registry, &head.lane).is_none();
    let ids = found.into_iter().find(awake).map(|head| head.id).into_iter().collect();
    Ok(take(tx, ids, worker, now, lease).await?.pop())
}

async fn take(tx: &mut Tx, ids: Vec<JobId>, worker: WorkerId, now: Instant, lease: Duration) -> QueryResult<Vec<Job>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let Some(running) = state::next(JobStatus::Queued, Step::Claim) else {
        return Ok(Vec::new());
    };
    let mut claimed: Vec<Job> = with_conn!(tx.conn(), |c| diesel::update(
        jobs::table
            .filter(jobs::id.eq_any(ids))
            .filter(jobs::status.eq(JobStatus::Queued))
    )
    .set((
        jobs::status.eq(running),
        jobs::worker_id.eq(Some(worker)),
        jobs::lease_expires_at.eq(Some(now + lease)),
        jobs::fence.eq(jobs::fence + 1),
        jobs::attempt.eq(jobs::attempt + 1),
        jobs::started_at.eq(Some(now)),
        jobs::progress.eq(0),
        jobs::progress_message.eq(None::<String>),
    ))
    .returning(Job::as_returning())
    .load(c)
    .await)?;
    claimed.sort_by_key(|job| (job.rank, job.id));
    Ok(claimed)
}

/// A lane in which something waits.
#[derive(diesel::QueryableByName)]
pub(super) struct Lane {
    #[diesel(sql_type = Text)]
    pub(super) path: String,
    /// Its organisation has paused the queue.
    #[diesel(sql_type = Bool)]
    paused: bool,
    /// Its organisation has limits, if not for this lane.
    #[diesel(sql_type = Bool)]
    pub(super) limited: bool,
    /// Its organisation has a maintenance now, if not for this lane.
    #[diesel(sql_type = Bool)]
    pub(super) maintained: bool,
}

/// Every lane in which something waits. Each lane costs one step in the index, however many jobs stand in it.
async fn lanes(conn: &mut DbConn, queue: &str, now: Instant) -> QueryResult<Vec<Lane>> {
    // A lane begins with the 36 characters of its organisation's id.
    let of_its_organization = "CAST(organization_id AS TEXT) = substr(found.path, 1, 36)";
    let find = format!(
        "WITH RECURSIVE found (path) AS ( \
           SELECT (SELECT lane FROM jobs WHERE {WAITING} AND queue = $1 ORDER BY lane LIMIT 1) \
           UNION ALL \
           SELECT (SELECT lane FROM jobs WHERE {WAITING} AND queue = $1 AND lane > found.path ORDER BY lane LIMIT 1) \
           FROM found WHERE found.path IS NOT NULL \
         ) \
         SELECT path, \
           EXISTS (SELECT 1 FROM queue_pauses WHERE queue = $1 AND {of_its_organization}) AS paused, \
           EXISTS (SELECT 1 FROM job_limits WHERE {of_its_organization}) AS limited, \
           EXISTS (SELECT 1 FROM maintenances WHERE ended_at IS NULL AND ends_at > $2 AND starts_at <= $2 \
             AND {of_its_organization}) AS maintained \
         FROM found WHERE path IS NOT NULL"
    );
    with_conn!(conn, |c| diesel::sql_query(find)
        .bind::<Text, _>(queue)
        .bind::<SqlInstant, _>(now)
        .load(c)
        .await)
}

#[derive(diesel::QueryableByName)]
struct Head {
    #[diesel(sql_type = SqlUuid)]
    id: JobId,
    #[diesel(sql_type = Text)]
    lane: String,
    #[diesel(sql_type = SqlInstant)]
    rank: Instant,
}

/// Due jobs that are to be taken up again, those of all lanes. They need no room. Rows that another worker is claiming
/// are passed over.
async fn unfollowed(tx: &mut Tx, queue: &str, count: usize, now: Instant) -> QueryResult<Vec<JobId>> {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    locked!(
        tx,
        for_update.skip_locked,
        jobs::table
            .filter(diesel::dsl::sql::<Bool>(UNFOLLOWED))
            .filter(jobs::queue.eq(queue).and(jobs::run_at.le(now)))
            .order((jobs::rank, jobs::id))
            .limit(count)
            .select(jobs::id),
        |found, c| found.load(c).await
    )
}

/// The first due jobs of a lane that are new to its limits. On PostgreSQL rows that another worker is claiming are
/// passed over.
async fn head(conn: &mut DbConn, queue: &str, lane: &str, count: usize, now: Instant) -> QueryResult<Vec<Head>> {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    let find = format!("SELECT id, lane, rank FROM jobs WHERE {WAITING} AND elsewhere IS NULL");
    on_backend!(
        conn,
        sqlite = |c| diesel::sql_query(format!(
            "{find} AND queue = ? AND lane = ? AND run_at <= ? ORDER BY rank, id LIMIT ?"
        ))
        .bind::<Text, _>(queue)
        .bind::<Text, _>(lane)
        .bind::<SqlInstant, _>(now)
        .bind::<BigInt, _>(count)
        .load(c)
        .await,
        postgres = |c| diesel::sql_query(format!(
            "{find} AND queue = $1 AND lane = $2 AND run_at <= $3 ORDER BY rank, id LIMIT $4 FOR UPDATE SKIP LOCKED"
        ))
        .bind::<Text, _>(queue)
        .bind::<Text, _>(lane)
        .bind::<SqlInstant, _>(now)
        .bind::<BigInt, _>(count)
        .load(c)
        .await,
    )
}

/// A queue in which something waits.
#[derive(diesel::QueryableByName)]
pub(super) struct NextDue {
    #[diesel(sql_type = Text)]
    pub(super) queue: String,
    /// When its next job falls due, whatever its priority.
    #[diesel(sql_type = SqlInstant)]
    pub(super) due: Instant,
    /// The present instant.
    #[diesel(sql_type = SqlInstant)]
    pub(super) now: Instant,
    /// Something is to be taken up again.
    #[diesel(sql_type = Bool)]
    unfollowed: bool,
}

/// Every queue in which something waits, with one question.
pub(super) async fn next_due(conn: &mut DbConn, clock: &dyn Clock) -> QueryResult<Vec<NextDue>> {
    let queues: Vec<String> = QUEUES.iter().map(|name| format!("SELECT '{name}' AS queue")).collect();
    let found = format!(
        "unfollowed FROM (SELECT q.queue, \
         (SELECT run_at FROM jobs WHERE {WAITING} AND jobs.queue = q.queue ORDER BY run_at LIMIT 1) AS due, \
         EXISTS (SELECT 1 FROM jobs WHERE {UNFOLLOWED} AND jobs.queue = q.queue) AS unfollowed \
         FROM ({}) AS q) AS found WHERE due IS NOT NULL",
        queues.join(" UNION ALL ")
    );
    on_backend!(
        conn,
        sqlite = |c| diesel::sql_query(format!("SELECT queue, due, $1 AS now, {found}"))
            .bind::<SqlInstant, _>(clock.now())
            .load(c)
            .await,
        postgres = |c| diesel::sql_query(format!("SELECT queue, due, clock_timestamp() AS now, {found}"))
            .load(c)
            .await,
    )
}
