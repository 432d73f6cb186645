//! How runs end, and what follows.

use esteira::{
    auth::Actor,
    engine::{request_cancel, revive},
};
use esteira_shared::{
    error::ErrorCode,
    status::{PauseCause, ScheduleRunStatus},
};
use serde_json::json;

use super::{Stage, deeds::pauses, first, hours};
use crate::{on_both, support::probes};

on_both!(a_run_ends_with_its_job, |test| {
    let stage = Stage::new(&test).await;
    let made = stage.hourly(|row| row.parameters.0["limit"] = json!(7)).await;
    stage.fire(first(&made)).await;
    stage.run_jobs().await;
    let run = stage.runs(made.id).await.remove(0);
    assert_eq!(run.status, ScheduleRunStatus::Succeeded);
    assert_eq!(
        run.result.unwrap().0,
        json!({ "limit": 7, "by": null, "zone": "America/Sao_Paulo" })
    );
    assert!(run.ended_at.is_some() && run.failure.is_none());
    assert_eq!(probes(&made.name), [first(&made).to_rfc3339()]);
});

on_both!(
    a_schedule_that_fails_again_and_again_is_paused_and_that_is_told_once,
    |test| {
        let stage = Stage::new(&test).await;
        let made = stage
            .hourly(|row| {
                row.parameters.0["deed"] = json!("fail");
                row.pause_after_failures = 3;
            })
            .await;
        for hour in 0..4 {
            stage.fire(first(&made) + hours(hour)).await;
            stage.run_jobs().await;
            let row = stage.find(made.id).await;
            assert_eq!(row.failures_in_row, i32::min(i32::try_from(hour).unwrap() + 1, 3));
            let paused = (hour >= 2).then_some(PauseCause::Failures);
            assert_eq!((row.pause_cause, row.paused_at.is_some()), (paused, paused.is_some()));
        }
        assert_eq!(
            stage.outcomes(made.id).await,
            ["failed schedule", "failed schedule", "failed schedule", "missed paused"]
        );
        assert_eq!(stage.runs(made.id).await[0].failure.as_ref().unwrap().to_string(), "no");
        assert_eq!(pauses(&made), ["schedule_failed_in_row"]);
    }
);

on_both!(a_success_ends_a_row_of_failures, |test| {
    let stage = Stage::new(&test).await;
    let made = stage
        .hourly(|row| {
            row.parameters.0["deed"] = json!("fail_once");
            row.pause_after_failures = 2;
        })
        .await;
    for (hour, failures) in [(0, 1), (1, 0)] {
        stage.fire(first(&made) + hours(hour)).await;
        stage.run_jobs().await;
        assert_eq!(stage.find(made.id).await.failures_in_row, failures);
    }
});

on_both!(the_job_and_its_run_are_revived_and_cancelled_together, |test| {
    let stage = Stage::new(&test).await;
    let made = stage.hourly(|row| row.parameters.0["deed"] = json!("fail_once")).await;
    stage.fire(first(&made)).await;
    stage.run_jobs().await;
    assert_eq!(stage.outcomes(made.id).await, ["failed schedule"]);
    let job = stage.runs(made.id).await[0].job_id.unwrap();
    let actor = Actor::system(stage.organization);
    let mut tx = stage.app.db.begin().await.unwrap();
    revive(&mut tx, &stage.app.tasks, &actor, job).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(stage.outcomes(made.id).await, ["running schedule"]);
    stage.run_jobs().await;
    assert_eq!(stage.outcomes(made.id).await, ["succeeded schedule"]);

    stage.fire(first(&made) + hours(1)).await;
    let job = stage.runs(made.id).await[1].job_id.unwrap();
    let mut tx = stage.app.db.begin().await.unwrap();
    request_cancel(&mut tx, &stage.app.tasks, stage.organization, job)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(stage.outcomes(made.id).await[1], "cancelled schedule");
    assert_eq!(stage.find(made.id).await.failures_in_row, 0, "nobody failed");
});

on_both!(an_exception_changes_the_parameters_or_is_refused, |test| {
    let stage = Stage::new(&test).await;
    let day = |row: &esteira::scheduler::ScheduleRow| row.created_at.date_naive();
    let made = async |changes: serde_json::Value| {
        stage
            .hourly(|row| {
                let (start, end) = (day(row) - chrono::Days::new(1), day(row) + chrono::Days::new(2));
                row.schedule.0["exceptions"] =
                    json!([{ "type": "modify", "start": start, "end": end, "changes": changes }]);
            })
            .await
    };
    let (good, bad, unknown) = (
        made(json!({ "limit": 5 })).await,
        made(json!({ "limit": -5 })).await,
        made(json!({ "rate": 5 })).await,
    );
    stage.fire(first(&good)).await;
    stage.run_jobs().await;
    let run = stage.runs(good.id).await.remove(0);
    assert_eq!(run.changes.0, json!({ "limit": 5 }));
    assert_eq!(run.result.unwrap().0["limit"], 5);
    for (row, field) in [(bad, "parameters.limit"), (unknown, "parameters.rate")] {
        let run = stage.runs(row.id).await.remove(0);
        assert_eq!(run.status, ScheduleRunStatus::Failed);
        let failure = run.failure.unwrap();
        assert_eq!(failure.code(), "schedule_parameters_refused");
        assert!(failure.to_string().contains(field), "{failure}");
        assert!(probes(&row.name).is_empty());
    }
});

on_both!(a_slot_that_went_on_is_not_taken_back_by_its_old_job, |test| {
    let stage = Stage::new(&test).await;
    let made = stage.hourly(|row| row.parameters.0["deed"] = json!("fail_once")).await;
    stage.fire(first(&made)).await;
    stage.run_jobs().await;
    let failed = stage.runs(made.id).await.remove(0);
    stage.again(&made, &failed).await.unwrap();
    stage.run_jobs().await;
    let actor = Actor::system(stage.organization);
    let mut tx = stage.app.db.begin().await.unwrap();
    let refused = revive(&mut tx, &stage.app.tasks, &actor, failed.job_id.unwrap()).await;
    assert_eq!(refused.unwrap_err().code(), ErrorCode::JobStatus);
    drop(tx);
    assert_eq!(stage.outcomes(made.id).await, ["succeeded manual"]);
});
