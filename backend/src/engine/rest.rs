//! Maintenance: what rests, and until when.
//!
//! A maintenance is a row with a beginning and an end. Claims look at the rows that hold at their instant, so one begins
//! and ends by itself. It rests lanes, which [`Registry::resting`] names for each area. What runs goes on, and what is at
//! work on another machine is followed.

use diesel::prelude::*;
use esteira_shared::{ids::OrganizationId, instant::Instant, status::MaintenanceArea};

use super::{Registry, claim::Lane};
use crate::{
    db::{DbConn, RunQueryDsl, schema::maintenances},
    with_conn,
};

/// A maintenance that holds.
#[derive(Debug, Clone, Queryable)]
pub struct Rest {
    organization_id: OrganizationId,
    area: MaintenanceArea,
    pub reason: String,
    pub ends_at: Instant,
}

impl Rest {
    fn holds(&self, registry: &Registry, lane: &str) -> bool {
        // A lane begins with its organisation's id.
        let (organization, path) = lane.split_once('/').unwrap_or((lane, ""));
        organization == self.organization_id.to_string() && registry.rests(self.area, path)
    }
}

/// The maintenance that keeps a lane at rest, of several the one that ends last.
pub(super) fn of_lane<'a>(all: &'a [Rest], registry: &Registry, lane: &str) -> Option<&'a Rest> {
    all.iter()
        .filter(|rest| rest.holds(registry, lane))
        .max_by_key(|rest| rest.ends_at)
}

/// Those that hold now, of all organisations. They are few, and an index of those that nobody ended gives them.
pub(super) async fn current(conn: &mut DbConn, now: Instant) -> QueryResult<Vec<Rest>> {
    with_conn!(conn, |c| maintenances::table
        .filter(maintenances::ended_at.is_null())
        .filter(maintenances::ends_at.gt(now).and(maintenances::starts_at.le(now)))
        .select((
            maintenances::organization_id,
            maintenances::area,
            maintenances::reason,
            maintenances::ends_at,
        ))
        .load(c)
        .await)
}

/// What keeps jobs of a lane from starting now; nothing when none does.
///
/// # Errors
/// When the database does not answer.
pub async fn resting(conn: &mut DbConn, registry: &Registry, lane: &str, now: Instant) -> QueryResult<Option<Rest>> {
    let all = current(conn, now).await?;
    Ok(of_lane(&all, registry, lane).cloned())
}

/// The lanes of a claim that are not at rest, and when the first of the others wakes.
pub(super) async fn awake(
    conn: &mut DbConn,
    registry: &Registry,
    lanes: Vec<Lane>,
    now: Instant,
) -> QueryResult<(Vec<Lane>, Option<Instant>)> {
    if !lanes.iter().any(|lane| lane.maintained) {
        return Ok((lanes, None));
    }
    let all = current(conn, now).await?;
    let mut wakes: Option<Instant> = None;
    let mut left = Vec::with_capacity(lanes.len());
    for lane in lanes {
        match of_lane(&all, registry, &lane.path) {
            None => left.push(lane),
            Some(rest) => wakes = Some(wakes.map_or(rest.ends_at, |first| first.min(rest.ends_at))),
        }
    }
    Ok((left, wakes))
}

/// Whether a path of limits is one of these or below it; `*` stands for any one name.
pub(super) fn is_below(path: &str, patterns: &[&str]) -> bool {
    patterns.iter().any(|pattern| {
        let mut names = path.split('/');
        pattern
            .split('/')
            .all(|wanted| names.next().is_some_and(|name| wanted == "*" || wanted == name))
    })
}

#[cfg(test)]
mod tests {
    use super::is_below;

    #[test]
    fn a_pattern_holds_for_a_path_and_everything_below_it() {
        let all = ["sat", "robots/*/sat"];
        for path in ["sat", "sat/one", "robots/VIVO/sat", "robots/OI/sat/one"] {
            assert!(is_below(path, &all), "{path}");
        }
        for path in [
            "",
            "satellite",
            "robots",
            "robots/sat",
            "robots/VIVO",
            "robots/VIVO/schedules/sat",
        ] {
            assert!(!is_below(path, &all), "{path}");
        }
    }
}
