//! A slot whose schedule still runs.

use esteira_shared::status::{Overlap, ScheduleRunStatus};

use super::{Stage, first, hours, minutes};
use crate::{on_both, support::probes};

on_both!(an_earlier_run_is_met_as_the_policy_says, |test| {
    let stage = Stage::new(&test).await;
    let skips = stage.hourly(|row| row.overlap = Overlap::Skip).await;
    let waits = stage.hourly(|row| row.overlap = Overlap::Wait).await;
    let allows = stage.hourly(|row| row.overlap = Overlap::Allow).await;
    let cancels = stage.hourly(|row| row.overlap = Overlap::CancelPrevious).await;
    for hour in 0..3 {
        stage.fire(first(&skips) + hours(hour)).await;
    }
    assert_eq!(
        stage.outcomes(skips.id).await,
        ["running schedule", "missed overlap", "missed overlap"]
    );
    assert_eq!(
        stage.outcomes(waits.id).await,
        ["running schedule", "waiting schedule", "missed overlap"]
    );
    assert_eq!(stage.outcomes(allows.id).await, ["running schedule"; 3]);
    assert_eq!(
        stage.outcomes(cancels.id).await,
        ["cancelled schedule", "cancelled schedule", "running schedule"]
    );
    let runs = stage.runs(skips.id).await;
    assert_eq!(
        (runs[1].blocked_by, runs[2].blocked_by),
        (Some(runs[0].id), Some(runs[0].id))
    );
    let runs = stage.runs(waits.id).await;
    assert_eq!(
        (runs[1].blocked_by, runs[2].blocked_by),
        (Some(runs[0].id), Some(runs[1].id))
    );

    stage.run_jobs().await;
    for (row, ran) in [(&skips, 1), (&waits, 2), (&allows, 3), (&cancels, 1)] {
        assert_eq!(probes(&row.name).len(), ran);
        let open = |run: &esteira::scheduler::RunRow| {
            matches!(run.status, ScheduleRunStatus::Waiting | ScheduleRunStatus::Running)
        };
        assert!(!stage.runs(row.id).await.iter().any(open));
    }
    stage.fire(first(&skips) + hours(3)).await;
    assert_eq!(stage.outcomes(skips.id).await[3], "running schedule");
});

on_both!(a_slot_that_comes_round_again_cancels_nothing, |test| {
    let stage = Stage::new(&test).await;
    let made = stage.hourly(|row| row.overlap = Overlap::CancelPrevious).await;
    stage.fire(first(&made)).await;
    stage.wind_back(made.id, first(&made) - minutes(30)).await;
    assert_eq!(stage.fire(first(&made)).await, 0);
    assert_eq!(stage.outcomes(made.id).await, ["running schedule"]);
});
