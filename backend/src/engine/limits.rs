//! Limits: what may start now.
//!
//! A limit holds for a path of an organisation and everything below it: `robots` for `robots/VIVO` too. It bounds how many
//! jobs run at once, or spaces their starts evenly, or both. Claims read limits under a lock, so they are exact however
//! many workers there are, and an edited limit holds from the next claim on.

use std::collections::HashMap;

use chrono::TimeDelta;
use diesel::{dsl::sql, prelude::*, sql_types::Bool};
use diesel_async::RunQueryDsl;
use esteira_shared::{ids::OrganizationId, instant::Instant};

use super::claim::Lane;
use crate::{
    auth::Actor,
    db::{
        DbConn, Tx,
        schema::{job_limits, jobs},
    },
    on_backend, with_conn,
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
pub fn with_parents(lane: &str) -> impl Iterator<Item = &str> {
    let ends = lane.match_indices('/').map(|(at, _)| at).chain([lane.len()]);
    ends.filter_map(|end| lane.get(..end))
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
        let mut paths: Vec<&str> = limited.flat_map(|lane| with_parents(&lane.path)).collect();
        let mut limits = HashMap::new();
        if paths.is_empty() {
            return Ok(Self { now, limits });
        }
        paths.sort_unstable();
        paths.dedup();
        macro_rules! found {
            () => {
                job_limits::table
                    .filter(job_limits::lane.eq_any(paths))
                    .order(job_limits::lane)
                    .select(Limit::as_select())
            };
        }
        let found: Vec<Limit> = on_backend!(
            tx.conn(),
            sqlite | c | found!().load(c).await?,
            postgres | c | found!().for_update().load(c).await?,
        );
        for limit in found {
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
        with_parents(lane)
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
        for path in with_parents(lane) {
            if let Some(held) = self.limits.get_mut(path) {
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

/// Jobs that run in a lane or below it.
pub async fn running(conn: &mut DbConn, lane: &str) -> QueryResult<i64> {
    // '0' is the character after '/': everything that starts with the lane and a slash.
    let (from, to) = (format!("{lane}/"), format!("{lane}0"));
    with_conn!(conn, |c| jobs::table
        .filter(sql::<Bool>("status = 'running'"))
        .filter(jobs::lane.eq(lane).or(jobs::lane.ge(&from).and(jobs::lane.lt(&to))))
        .count()
        .get_result(c)
        .await)
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_path_is_under_all_its_parents() {
        let all: Vec<&str> = super::with_parents("o/robots/VIVO").collect();
        assert_eq!(all, ["o", "o/robots", "o/robots/VIVO"]);
        assert_eq!(super::with_parents("o").collect::<Vec<_>>(), ["o"]);
    }
}
