//! Limits: what may start now.
//!
//! **What counts.** A limit counts what is at work: a job from its claim to its end, and between two claims too when what
//! it started on another machine goes on there ([`Elsewhere::Working`]). A restart therefore frees no place, and the job
//! is claimed again before everything that only waits, without needing room ([`super::claim`]). A task says so with
//! [`set_elsewhere`], in the transaction that writes down what it is about to start. [`Elsewhere::Unclear`] gives the
//! place to others although the job is followed on; it may count again later, also above the limit.
//!
//! A limit holds for a path of an organisation and everything below it: `robots` also for `robots/VIVO`. It bounds how
//! many jobs run at once, or spaces their starts evenly, or both. `robots/*` holds for each path directly below
//! `robots` that has no limit of its own, each counted alone; it bounds how many run, and has no rate. `robots/*/sat`
//! lies across: it holds for what is named `sat` below each path of `robots`, all of it counted together.
//!
//! Claims read limits under a lock, so limits are exact with any number of workers. An edited limit holds from the next
//! claim on.

use std::collections::HashMap;

use chrono::TimeDelta;
use diesel::{
    prelude::*,
    sql_types::{BigInt, Text},
};
use esteira_shared::{
    ids::{JobId, OrganizationId},
    instant::Instant,
    status::Elsewhere,
};

use super::claim::{Lane, UNFOLLOWED};
use crate::{
    auth::Actor,
    db::{
        DbConn, RunQueryDsl, Tx,
        schema::{job_limits, jobs},
    },
    locked, with_conn,
};

/// The lane of an organisation, or of a path of limits in it.
pub fn lane(organization: OrganizationId, path: &str) -> String {
    if path.is_empty() {
        organization.to_string()
    } else {
        format!("{organization}/{path}")
    }
}

/// A lane and every path above it.
fn with_parents(lane: &str) -> impl Iterator<Item = &str> {
    let ends = lane.match_indices('/').map(|(at, _)| at).chain([lane.len()]);
    ends.filter_map(|end| lane.get(..end))
}

/// Every path whose limit holds for a lane: the lane, those above it, and those across.
#[must_use]
pub fn holding_for(lane: &str) -> Vec<String> {
    with_parents(lane)
        .flat_map(|path| [Some(path.to_owned()), across(path)])
        .flatten()
        .collect()
}

/// `robots/*/sat` for `robots/VIVO/sat`.
fn across(path: &str) -> Option<String> {
    let mut names = path.splitn(4, '/');
    let (organization, first, _, rest) = (names.next()?, names.next()?, names.next()?, names.next()?);
    Some(format!("{organization}/{first}/*/{rest}"))
}

/// Where a limit for a path may be: under its own name, or under the name for each path beside it (`…/*`).
#[must_use]
pub fn itself_and_each(path: &str) -> [String; 2] {
    let each = path
        .rsplit_once('/')
        .map_or("*".to_owned(), |(above, _)| format!("{above}/*"));
    [path.to_owned(), each]
}

#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = job_limits, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
pub(super) struct Limit {
    pub(super) lane: String,
    pub(super) max_running: Option<i32>,
    pub(super) rate_count: Option<i32>,
    pub(super) rate_seconds: Option<i32>,
    pub(super) next_at: Option<Instant>,
}

impl Limit {
    /// Its own limit, or the one for each path beside it (`…/*`).
    fn holding(path: &str, all: &[Self]) -> Option<Self> {
        let of = |lane: &str| all.iter().find(|limit| limit.lane == lane);
        let [own, each] = itself_and_each(path);
        of(&own).cloned().or_else(|| {
            of(&each).map(|each| Self {
                lane: own,
                max_running: each.max_running,
                rate_count: None,
                rate_seconds: None,
                next_at: None,
            })
        })
    }

    /// The time between two starts.
    fn space(&self) -> Option<TimeDelta> {
        let (count, seconds) = (self.rate_count?, self.rate_seconds?);
        Some(TimeDelta::microseconds(
            i64::from(seconds) * 1_000_000 / i64::from(count.max(1)),
        ))
    }
}

/// A limit during one claim.
struct Held {
    limit: Limit,
    /// May start before `max_running` is reached.
    room: usize,
    changed: bool,
}

/// Decides what starts during one claim.
pub(super) struct Gate {
    now: Instant,
    limits: HashMap<String, Held>,
}

impl Gate {
    /// Reads what holds for these lanes. On PostgreSQL the limits stay locked until the transaction ends.
    pub(super) async fn of(tx: &mut Tx, lanes: &[Lane], now: Instant) -> QueryResult<Self> {
        let limited = lanes.iter().filter(|lane| lane.limited);
        let mut paths: Vec<String> = limited.flat_map(|lane| holding_for(&lane.path)).collect();
        let mut limits = HashMap::new();
        if paths.is_empty() {
            return Ok(Self { now, limits });
        }
        paths.sort_unstable();
        paths.dedup();
        let asked: Vec<String> = paths.iter().flat_map(|path| itself_and_each(path)).collect();
        let found: Vec<Limit> = locked!(
            tx,
            for_update,
            job_limits::table
                .filter(job_limits::lane.eq_any(asked))
                .order(job_limits::lane)
                .select(Limit::as_select()),
            |found, c| found.load(c).await
        )?;
        for limit in paths.iter().filter_map(|path| Limit::holding(path, &found)) {
            let room = match limit.max_running {
                None => usize::MAX,
                Some(most) => {
                    let running = running(tx.conn(), &limit.lane).await?;
                    usize::try_from(i64::from(most) - running).unwrap_or(0)
                }
            };
            let lane = limit.lane.clone();
            let changed = false;
            limits.insert(lane, Held { limit, room, changed });
        }
        Ok(Self { now, limits })
    }

    /// How many jobs of a lane may start at most.
    pub(super) fn room(&self, lane: &str) -> usize {
        let of = |held: &Held| match held.limit.next_at {
            Some(next) if held.limit.rate_count.is_some() && next > self.now => 0,
            _ if held.limit.rate_count.is_some() => held.room.min(1),
            _ => held.room,
        };
        holding_for(lane)
            .iter()
            .filter_map(|path| self.limits.get(path))
            .map(of)
            .min()
            .unwrap_or(usize::MAX)
    }

    /// Lets one job of a lane start, if there is room still.
    pub(super) fn admit(&mut self, lane: &str) -> bool {
        if self.room(lane) == 0 {
            return false;
        }
        for path in holding_for(lane) {
            if let Some(held) = self.limits.get_mut(&path) {
                held.room = held.room.saturating_sub(1);
                if let Some(space) = held.limit.space() {
                    held.limit.next_at = Some(self.now + space);
                    held.changed = true;
                }
            }
        }
        true
    }

    /// Writes what the starts changed, and says when a rate lets the next one start.
    pub(super) async fn close(self, tx: &mut Tx) -> QueryResult<Option<Instant>> {
        for held in self.limits.values().filter(|held| held.changed) {
            with_conn!(tx.conn(), |c| diesel::update(job_limits::table.find(&held.limit.lane))
                .set(job_limits::next_at.eq(held.limit.next_at))
                .execute(c)
                .await)?;
        }
        let waits = self
            .limits
            .values()
            .filter(|held| held.limit.rate_count.is_some() && held.room > 0);
        Ok(waits
            .filter_map(|held| held.limit.next_at)
            .filter(|next| *next > self.now)
            .min())
    }
}

/// Bounds how many jobs of a path run at once, unless somebody has set a limit for it already.
///
/// # Errors
/// When the database refuses.
pub async fn set_default(tx: &mut Tx, actor: &Actor, path: &str, max_running: i32) -> QueryResult<()> {
    let row = (
        job_limits::lane.eq(lane(actor.organization_id, path)),
        job_limits::organization_id.eq(actor.organization_id),
        job_limits::max_running.eq(Some(max_running)),
        job_limits::updated_at.eq(tx.now()),
        job_limits::updated_by.eq(&actor.name),
    );
    with_conn!(tx.conn(), |c| diesel::insert_into(job_limits::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c)
        .await)?;
    Ok(())
}

/// Bounds how many jobs of a path run at once, whatever was set before; a rate stays.
///
/// # Errors
/// When the database refuses.
pub async fn set(tx: &mut Tx, actor: &Actor, path: &str, max_running: i32) -> QueryResult<()> {
    set_default(tx, actor, path, max_running).await?;
    let now = tx.now();
    with_conn!(tx.conn(), |c| diesel::update(
        job_limits::table.find(lane(actor.organization_id, path))
    )
    .filter(
        job_limits::max_running
            .is_null()
            .or(job_limits::max_running.ne(Some(max_running)))
    )
    .set((
        job_limits::max_running.eq(Some(max_running)),
        job_limits::updated_at.eq(now),
        job_limits::updated_by.eq(&actor.name),
    ))
    .execute(c)
    .await)?;
    tx.signal(crate::bus::Signal::JobsReady);
    Ok(())
}

/// How many jobs of a path may run at once: `default` when it has no limit, nothing when its limit only spaces starts.
///
/// # Errors
/// When the database does not answer.
pub async fn of(conn: &mut DbConn, organization: OrganizationId, path: &str, default: i32) -> QueryResult<Option<i32>> {
    let found: Option<Option<i32>> = with_conn!(conn, |c| job_limits::table
        .find(lane(organization, path))
        .select(job_limits::max_running)
        .first(c)
        .await
        .optional())?;
    Ok(found.unwrap_or(Some(default)))
}

/// A job that runs and is at work, as far as anybody knows.
const AT_WORK: &str = "status = 'running' AND (elsewhere IS NULL OR elsewhere = 'working')";

/// What a limit counts of a lane and everything below it, or of a path across: jobs that run, and those that wait to be
/// followed on.
///
/// # Errors
/// When the database does not answer.
pub async fn running(conn: &mut DbConn, lane: &str) -> QueryResult<i64> {
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = BigInt)]
        count: i64,
    }
    let follows = format!("{UNFOLLOWED} AND elsewhere = 'working'");
    if let Some(at_work) = count_across(conn, AT_WORK, lane).await? {
        return Ok(at_work + count_across(conn, &follows, lane).await?.unwrap_or(0));
    }
    // '0' is the character after '/': everything that starts with the lane and a slash.
    let (from, to) = (format!("{lane}/"), format!("{lane}0"));
    // Two counts, because each has its own small index.
    let of = |which: &str| {
        format!("(SELECT count(*) FROM jobs WHERE {which} AND (lane = $1 OR (lane >= $2 AND lane < $3)))")
    };
    let find = format!("SELECT {} + {} AS count", of(AT_WORK), of(&follows));
    let found: Count = with_conn!(conn, |c| diesel::sql_query(find)
        .bind::<Text, _>(lane)
        .bind::<Text, _>(from)
        .bind::<Text, _>(to)
        .get_result(c)
        .await)?;
    Ok(found.count)
}

/// Jobs on a path across for which a condition holds; nothing for any other path.
///
/// # Errors
/// When the database does not answer.
pub async fn count_across(conn: &mut DbConn, condition: &str, lane: &str) -> QueryResult<Option<i64>> {
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = Text)]
        lane: String,
        #[diesel(sql_type = BigInt)]
        count: i64,
    }
    let Some((above, rest)) = lane.split_once("/*/") else {
        return Ok(None);
    };
    let find = format!(
        "SELECT lane, count(*) AS count FROM jobs WHERE {condition} AND lane >= $1 AND lane < $2 GROUP BY lane"
    );
    let (from, to) = (format!("{above}/"), format!("{above}0"));
    let found: Vec<Found> = with_conn!(conn, |c| diesel::sql_query(find)
        .bind::<Text, _>(&from)
        .bind::<Text, _>(to)
        .load(c)
        .await)?;
    let named = |path: &str| with_parents(path).any(|path| path == rest);
    let below = |lane: &str| {
        let (_, path) = lane.strip_prefix(&from)?.split_once('/')?;
        named(path).then_some(())
    };
    let counts = found.iter().filter(|found| below(&found.lane).is_some());
    Ok(Some(counts.map(|found| found.count).sum()))
}

/// Says what became of what a job started on another machine; nothing when nothing is at work there. The caller holds
/// the job.
///
/// # Errors
/// When the database refuses.
pub async fn set_elsewhere(tx: &mut Tx, id: JobId, elsewhere: Option<Elsewhere>) -> QueryResult<()> {
    with_conn!(tx.conn(), |c| diesel::update(jobs::table.find(id))
        .set(jobs::elsewhere.eq(elsewhere))
        .execute(c)
        .await)?;
    if elsewhere != Some(Elsewhere::Working) {
        // Others may have its place.
        tx.signal(crate::bus::Signal::JobsReady);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_limit_of_its_own_comes_before_the_one_for_each() {
        let limit = |lane: &str, most| super::Limit {
            lane: lane.to_owned(),
            max_running: Some(most),
            rate_count: None,
            rate_seconds: None,
            next_at: None,
        };
        let all = [limit("o/robots", 9), limit("o/robots/*", 5), limit("o/robots/VIVO", 2)];
        let of = |path: &str| super::Limit::holding(path, &all).and_then(|limit| limit.max_running);
        assert_eq!(of("o/robots/VIVO"), Some(2));
        assert_eq!(of("o/robots/OI"), Some(5));
        assert_eq!(of("o/robots"), Some(9));
        assert_eq!(of("o"), None);
    }

    #[test]
    fn a_path_across_holds_for_the_same_name_below_each() {
        assert_eq!(
            super::holding_for("o/robots/VIVO/schedules/Diário"),
            [
                "o",
                "o/robots",
                "o/robots/VIVO",
                "o/robots/VIVO/schedules",
                "o/robots/*/schedules",
                "o/robots/VIVO/schedules/Diário",
                "o/robots/*/schedules/Diário"
            ]
        );
        assert_eq!(super::holding_for("o/robots/VIVO"), ["o", "o/robots", "o/robots/VIVO"]);
    }

    #[test]
    fn a_path_is_under_all_its_parents() {
        let all: Vec<&str> = super::with_parents("o/robots/VIVO").collect();
        assert_eq!(all, ["o", "o/robots", "o/robots/VIVO"]);
        assert_eq!(super::with_parents("o").collect::<Vec<_>>(), ["o"]);
    }
}
