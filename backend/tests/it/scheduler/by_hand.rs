//! Slots that a person asks for.

use esteira::{
    error::AppResult,
    scheduler::{RunRow, ScheduleRow, Slot, backfill, fire, run_again},
};
use esteira_shared::{
    error::ErrorCode,
    status::{CatchUp, Overlap, RunOrigin, ScheduleRunStatus},
};
use serde_json::json;

use super::{Stage, first, hours, minutes};
use crate::{on_both, support::probes};

impl Stage {
    pub(super) async fn again(&self, schedule: &ScheduleRow, run: &RunRow) -> AppResult<()> {
        let by = Some(self.fixture.users["manager"]);
        let mut tx = self.app.db.begin().await?;
        let schedule = ScheduleRow::lock(&mut tx, self.organization, schedule.id)
            .await?
            .unwrap();
        run_again(&mut tx, &schedule, run, RunOrigin::Manual, by).await?;
        Ok(tx.commit().await?)
    }
}

on_both!(a_missed_slot_runs_when_a_person_says_so, |test| {
    let stage = Stage::new(&test).await;
    let made = stage.hourly(|row| row.catch_up = CatchUp::None).await;
    stage.fire(first(&made) + minutes(30)).await;
    let missed = stage.runs(made.id).await.remove(0);
    stage.again(&made, &missed).await.unwrap();
    let error = stage.again(&made, &missed).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::JobStatus, "it runs already");
    stage.run_jobs().await;
    let run = stage.runs(made.id).await.remove(0);
    assert_eq!((run.id, run.status), (missed.id, ScheduleRunStatus::Succeeded));
    assert_eq!((run.cause, run.origin, run.late_ms()), (None, RunOrigin::Manual, None));
    assert_eq!(run.result.unwrap().0["by"], json!("agendas manager"));
    // For its own time, not for the present.
    assert_eq!(probes(&made.name), [first(&made).to_rfc3339()]);
});

on_both!(run_now_asks_neither_overlap_nor_pauses, |test| {
    let stage = Stage::new(&test).await;
    let made = stage
        .hourly(|row| {
            row.overlap = Overlap::Skip;
            row.active = false;
        })
        .await;
    for _ in 0..2 {
        let mut tx = stage.app.db.begin().await.unwrap();
        let slot = Slot::now(tx.database_now().await.unwrap());
        let run = fire(&mut tx, &made, slot.clone(), RunOrigin::Manual, None)
            .await
            .unwrap();
        assert_eq!(run.status, ScheduleRunStatus::Running);
        let twice = fire(&mut tx, &made, slot, RunOrigin::Manual, None).await;
        assert_eq!(twice.unwrap_err().code(), ErrorCode::AlreadyExists);
        tx.commit().await.unwrap();
    }
    assert_eq!(stage.run_jobs().await, 2);
    assert_eq!(stage.outcomes(made.id).await, ["succeeded manual"; 2]);
});

on_both!(a_backfill_runs_few_at_once_and_leaves_alone_what_succeeded, |test| {
    let stage = Stage::new(&test).await;
    let made = stage.hourly(|row| row.overlap = Overlap::Skip).await;
    // One that succeeded, one that was missed.
    stage.fire(first(&made)).await;
    stage.run_jobs().await;
    stage.fire(first(&made) + hours(1) + minutes(30)).await;
    let slots: Vec<Slot> = (-3..2).map(|hour| Slot::now(first(&made) + hours(hour))).collect();
    let mut tx = stage.app.db.begin().await.unwrap();
    let taken = backfill(&mut tx, &made, slots, 2, None).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(taken, 4);
    assert_eq!(
        stage.outcomes(made.id).await,
        [
            "running backfill",
            "running backfill",
            "waiting backfill",
            "succeeded schedule",
            "waiting backfill"
        ]
    );
    // It stands in nobody's way.
    stage.fire(first(&made) + hours(2)).await;
    assert_eq!(stage.outcomes(made.id).await[5], "running schedule");
    stage.run_jobs().await;
    let outcomes = stage.outcomes(made.id).await;
    assert!(outcomes.iter().all(|one| one.starts_with("succeeded")), "{outcomes:?}");
});
