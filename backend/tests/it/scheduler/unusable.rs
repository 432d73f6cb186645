//! A schedule that can no longer be planned stops no other.

use diesel::prelude::*;
use esteira::{
    db::{RunQueryDsl, schema::schedules, sql_types::Json},
    scheduler::{ScheduleRow, replan},
    with_conn,
};
use esteira_shared::{error::ErrorCode, status::PauseCause};
use serde_json::{Value, json};

use super::{Stage, deeds::pauses, first};
use crate::on_both;

impl Stage {
    /// Writes a rule behind the program's back.
    async fn overwrite(&self, row: &ScheduleRow, schedule: Value) {
        let mut tx = self.app.db.begin().await.unwrap();
        with_conn!(tx.conn(), |c| diesel::update(schedules::table.find(row.id))
            .set((
                schedules::schedule.eq(Json(schedule.clone())),
                schedules::version.eq(row.version + 1),
            ))
            .execute(c)
            .await)
        .unwrap();
        tx.commit().await.unwrap();
    }
}

on_both!(a_rule_that_nobody_can_read_pauses_its_schedule_alone, |test| {
    let stage = Stage::new(&test).await;
    let unread = stage.hourly(|_| {}).await;
    let no_calendar = stage.hourly(|_| {}).await;
    let good = stage.hourly(|_| {}).await;
    stage.overwrite(&unread, json!({ "rule": "whenever" })).await;
    let mut lacking = no_calendar.schedule.0.clone();
    lacking["calendars"] = json!(["gone"]);
    stage.overwrite(&no_calendar, lacking).await;
    stage.fire(first(&good)).await;
    assert_eq!(stage.outcomes(good.id).await, ["running schedule"]);
    for row in [&unread, &no_calendar] {
        let row = stage.find(row.id).await;
        assert_eq!((row.next_at, row.pause_cause), (None, Some(PauseCause::Unusable)));
        assert!(stage.runs(row.id).await.is_empty());
    }
    stage.run_jobs().await;
    assert_eq!(pauses(&unread), ["schedule_unreadable"]);
    assert_eq!(pauses(&no_calendar), ["unknown_calendar"]);
    // It does not resume before it is mended.
    let mut tx = stage.app.db.begin().await.unwrap();
    let mut row = ScheduleRow::lock(&mut tx, stage.organization, no_calendar.id)
        .await
        .unwrap()
        .unwrap();
    (row.paused_at, row.pause_cause) = (None, None);
    let refused = replan(&mut tx, &mut row).await.unwrap_err();
    assert_eq!(refused.code(), ErrorCode::Validation);
    assert_eq!(refused.fields()[0].field, "schedule.calendars.0");
    row.schedule = no_calendar.schedule.clone();
    replan(&mut tx, &mut row).await.unwrap();
    assert!(row.next_at.is_some());
});
