//! How a schedule did lately, in numbers.

use chrono::TimeDelta;
use diesel::{dsl::count_star, prelude::*};
use esteira_shared::{
    dto::schedules::ScheduleFiguresDto,
    ids::{OrganizationId, ScheduleId},
    instant::Instant,
    status::{RunOrigin, ScheduleRunStatus},
};

use super::view;
use crate::{
    db::{DbConn, RunQueryDsl, schema::schedule_runs},
    error::AppResult,
    with_conn,
};

const SINCE: TimeDelta = TimeDelta::days(90);
/// Runs whose times are looked at: the newest.
const TIMES_OF: i64 = 2_000;

/// What its times are worked out from: origin, status, due, fired, ended.
type Times = (RunOrigin, ScheduleRunStatus, Instant, Option<Instant>, Option<Instant>);

/// # Errors
/// `not_found`.
pub(super) async fn of(
    conn: &mut DbConn,
    organization: OrganizationId,
    id: ScheduleId,
    now: Instant,
) -> AppResult<ScheduleFiguresDto> {
    view::find(conn, organization, id).await?;
    let since = now - SINCE;
    let counts: Vec<(ScheduleRunStatus, i64)> = with_conn!(conn, |c| schedule_runs::table
        .filter(schedule_runs::organization_id.eq(organization))
        .filter(schedule_runs::schedule_id.eq(id).and(schedule_runs::due_at.ge(since)))
        .group_by(schedule_runs::status)
        .select((schedule_runs::status, count_star()))
        .load(c)
        .await)?;
    let of_status = |statuses: &[ScheduleRunStatus]| {
        let found = counts.iter().filter(|(status, _)| statuses.contains(status));
        found.map(|(_, count)| count).sum::<i64>()
    };
    let ran: Vec<Times> = with_conn!(conn, |c| schedule_runs::table
        .filter(schedule_runs::organization_id.eq(organization))
        .filter(schedule_runs::schedule_id.eq(id))
        .filter(schedule_runs::fired_at.ge(Some(since)))
        .order((schedule_runs::fired_at.desc(), schedule_runs::id.desc()))
        .limit(TIMES_OF)
        .select((
            schedule_runs::origin,
            schedule_runs::status,
            schedule_runs::due_at,
            schedule_runs::fired_at,
            schedule_runs::ended_at,
        ))
        .load(c)
        .await)?;
    let late = sorted(ran.iter().filter_map(|(origin, _, due_at, fired_at, _)| {
        let by_itself = matches!(origin, RunOrigin::Schedule | RunOrigin::CatchUp);
        Some(((*fired_at)? - *due_at).num_milliseconds()).filter(|_| by_itself)
    }));
    let took = sorted(ran.iter().filter_map(|(_, status, _, fired_at, ended_at)| {
        let well = *status == ScheduleRunStatus::Succeeded;
        Some(((*ended_at)? - (*fired_at)?).num_milliseconds()).filter(|_| well)
    }));
    Ok(ScheduleFiguresDto {
        succeeded: of_status(&[ScheduleRunStatus::Succeeded]),
        failed: of_status(&[ScheduleRunStatus::Failed]),
        cancelled: of_status(&[ScheduleRunStatus::Cancelled]),
        missed: of_status(&[ScheduleRunStatus::Missed, ScheduleRunStatus::Dismissed]),
        late_ms_p50: percentile(&late, 50),
        late_ms_p99: percentile(&late, 99),
        took_ms_p50: percentile(&took, 50),
        took_ms_p95: percentile(&took, 95),
    })
}

fn sorted(values: impl Iterator<Item = i64>) -> Vec<i64> {
    let mut values: Vec<i64> = values.collect();
    values.sort_unstable();
    values
}

/// The least value that so many of a hundred do not exceed.
fn percentile(sorted: &[i64], percent: usize) -> Option<i64> {
    let place = (sorted.len() * percent).div_ceil(100).checked_sub(1)?;
    sorted.get(place).copied()
}

#[cfg(test)]
mod tests {
    use super::percentile;

    #[test]
    fn a_percentile_is_one_of_the_values() {
        let values: Vec<i64> = (1..=200).collect();
        assert_eq!(percentile(&values, 50), Some(100));
        assert_eq!(percentile(&values, 99), Some(198));
        assert_eq!(percentile(&[7], 50), Some(7));
        assert_eq!(percentile(&[7], 99), Some(7));
        assert_eq!(percentile(&[], 50), None);
    }
}
