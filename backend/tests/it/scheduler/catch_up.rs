//! Slots that passed while nobody was there, and while somebody did not want them.

use chrono::{DurationRound as _, TimeDelta};
use diesel::prelude::*;
use esteira::{
    db::{
        RunQueryDsl,
        schema::{maintenances, schedules},
    },
    scheduler::{ScheduleRow, Slot, fire, replan},
    with_conn,
};
use esteira_shared::{
    ids::MaintenanceId,
    instant::Instant,
    status::{CatchUp, MaintenanceArea, Overlap, PauseCause, RunOrigin},
};
use serde_json::json;
use uuid::Uuid;

use super::{Stage, first, hours, minutes};
use crate::{on_both, support::probes};

on_both!(
    a_server_that_was_down_for_seven_ticks_does_what_the_policy_says,
    |test| {
        let stage = Stage::new(&test).await;
        let missed = "missed down".to_owned();
        for (policy, overlap, at_once, after) in [
            (
                CatchUp::None,
                Overlap::Skip,
                vec![missed.clone(); 7],
                vec![missed.clone(); 7],
            ),
            (
                CatchUp::Last,
                Overlap::Skip,
                [vec![missed.clone(); 6], vec!["running catch_up".to_owned()]].concat(),
                [vec![missed.clone(); 6], vec!["succeeded catch_up".to_owned()]].concat(),
            ),
            (
                CatchUp::All,
                Overlap::Skip,
                [
                    vec!["running catch_up".to_owned()],
                    vec!["waiting catch_up".to_owned(); 6],
                ]
                .concat(),
                vec!["succeeded catch_up".to_owned(); 7],
            ),
            (
                CatchUp::All,
                Overlap::Allow,
                vec!["running catch_up".to_owned(); 7],
                vec!["succeeded catch_up".to_owned(); 7],
            ),
        ] {
            let made = stage
                .hourly(|row| {
                    row.catch_up = policy;
                    row.overlap = overlap;
                })
                .await;
            let back = first(&made) + hours(6) + minutes(30);
            assert_eq!(stage.fire(back).await, 7, "{policy}");
            assert_eq!(stage.fire(back).await, 0, "nothing is settled twice");
            assert_eq!(stage.outcomes(made.id).await, at_once, "{policy} {overlap}");
            stage.run_jobs().await;
            assert_eq!(stage.outcomes(made.id).await, after, "{policy} {overlap}");
            // One after the other, oldest first.
            let ran: Vec<String> = (0..7).map(|hour| (first(&made) + hours(hour)).to_rfc3339()).collect();
            let seen = probes(&made.name);
            match policy {
                CatchUp::None => assert!(seen.is_empty()),
                CatchUp::Last => assert_eq!(seen, ran[6..]),
                CatchUp::All if overlap == Overlap::Skip => assert_eq!(seen, ran),
                CatchUp::All => assert_eq!(seen.len(), 7),
            }
            let row = stage.find(made.id).await;
            assert_eq!(row.next_at, Some(first(&made) + hours(7)));
            // The next round is for the next schedule alone.
            stop(&stage, row).await;
        }
    }
);

/// Fires no more.
async fn stop(stage: &Stage, mut row: ScheduleRow) {
    let mut tx = stage.app.db.begin().await.unwrap();
    row.schedule.0["end"] = json!("2020-01-01");
    with_conn!(tx.conn(), |c| diesel::update(schedules::table.find(row.id))
        .set(schedules::schedule.eq(row.schedule.clone()))
        .execute(c)
        .await)
    .unwrap();
    replan(&mut tx, &mut row).await.unwrap();
    assert_eq!(row.next_at, None);
    tx.commit().await.unwrap();
}

on_both!(a_catch_up_is_bounded, |test| {
    let stage = Stage::new(&test).await;
    let made = stage
        .hourly(|row| {
            row.catch_up = CatchUp::All;
            row.catch_up_hours = 24;
        })
        .await;
    let back = first(&made) + hours(400) + minutes(30);
    assert_eq!(stage.fire(back).await, 50, "the newest of four hundred");
    let outcomes = stage.outcomes(made.id).await;
    // Those of the last 24 hours run.
    let ran = outcomes.iter().filter(|one| *one == "running catch_up").count();
    assert_eq!((ran, outcomes.len()), (24, 50));
    assert_eq!(stage.runs(made.id).await[49].due_at, first(&made) + hours(400));
});

on_both!(
    what_a_person_stopped_is_noted_as_it_passes_and_never_runs_by_itself,
    |test| {
        let stage = Stage::new(&test).await;
        let made = stage.hourly(|row| row.catch_up = CatchUp::All).await;
        let slot = first(&made);
        let set = async |change: fn(&mut ScheduleRow)| {
            let mut tx = stage.app.db.begin().await.unwrap();
            let mut row = ScheduleRow::lock(&mut tx, stage.organization, made.id)
                .await
                .unwrap()
                .unwrap();
            change(&mut row);
            with_conn!(tx.conn(), |c| diesel::update(schedules::table.find(row.id))
                .set((
                    schedules::active.eq(row.active),
                    schedules::paused_at.eq(row.paused_at),
                    schedules::pause_cause.eq(row.pause_cause),
                ))
                .execute(c)
                .await)
            .unwrap();
            tx.commit().await.unwrap();
        };
        set(|row| {
            row.paused_at = Some(row.created_at);
            row.pause_cause = Some(PauseCause::Person);
        })
        .await;
        stage.fire(slot).await;
        stage.fire(slot + hours(2) + minutes(10)).await;
        set(|row| row.active = false).await;
        stage.fire(slot + hours(3)).await;
        set(|row| {
            row.active = true;
            row.paused_at = None;
            row.pause_cause = None;
        })
        .await;
        stage.fire(slot + hours(3) + minutes(5)).await;
        assert_eq!(
            stage.outcomes(made.id).await,
            ["missed paused", "missed paused", "missed paused", "missed disabled"]
        );
        assert_eq!(stage.jobs().await, 0);
        stage.fire(slot + hours(4)).await;
        assert_eq!(stage.outcomes(made.id).await[4], "running schedule");
    }
);

on_both!(maintenance_holds_schedules_back, |test| {
    let stage = Stage::new(&test).await;
    let made = stage.hourly(|row| row.catch_up = CatchUp::All).await;
    let slot = first(&made);
    for (area, from, until, ended) in [
        (MaintenanceArea::Robots, 0, 9, None),
        (MaintenanceArea::Schedules, 1, 2, None),
        // Ended before its third slot.
        (MaintenanceArea::Everything, 2, 5, Some(4)),
    ] {
        let row = (
            maintenances::id.eq(MaintenanceId(Uuid::now_v7())),
            maintenances::organization_id.eq(stage.organization),
            maintenances::area.eq(area),
            maintenances::reason.eq("troca de disco"),
            maintenances::starts_at.eq(slot + hours(from)),
            maintenances::ends_at.eq(slot + hours(until)),
            maintenances::ended_at.eq(ended.map(|hour| slot + hours(hour))),
            maintenances::created_by.eq(stage.fixture.users["admin"]),
            maintenances::created_at.eq(stage.app.clock.now()),
        );
        let mut tx = stage.app.db.begin().await.unwrap();
        with_conn!(tx.conn(), |c| diesel::insert_into(maintenances::table)
            .values(row)
            .execute(c)
            .await)
        .unwrap();
        tx.commit().await.unwrap();
    }
    for hour in 0..2 {
        stage.fire(slot + hours(hour)).await;
    }
    // Three passed unseen, and only for the last of them the reason is that nobody was there.
    stage.fire(slot + hours(4) + minutes(30)).await;
    assert_eq!(
        stage.outcomes(made.id).await,
        [
            "running schedule",
            "missed maintenance",
            "missed maintenance",
            "missed maintenance",
            "running catch_up"
        ]
    );
});

on_both!(a_clock_that_is_put_back_fires_nothing_twice_and_nothing_early, |test| {
    let stage = Stage::new(&test).await;
    let made = stage.hourly(|_| {}).await;
    let slot = first(&made);
    assert_eq!(stage.fire(slot - minutes(1)).await, 0);
    assert_eq!(stage.fire(slot).await, 1);
    for back in [hours(1), minutes(30), minutes(0)] {
        assert_eq!(stage.fire(slot - back).await, 0);
    }
    assert_eq!(stage.fire(slot + hours(1)).await, 1);
    let runs = stage.runs(made.id).await;
    assert_eq!(runs.len(), 2);
    assert!(runs.iter().all(|run| run.late_ms() == Some(0)));
    assert_eq!(stage.jobs().await, 2);
});

on_both!(a_slot_that_was_run_by_hand_holds_up_none_of_those_after_it, |test| {
    let stage = Stage::new(&test).await;
    let made = stage
        .hourly(|row| {
            row.catch_up = CatchUp::All;
            row.overlap = Overlap::Skip;
        })
        .await;
    let mut tx = stage.app.db.begin().await.unwrap();
    fire(&mut tx, &made, Slot::now(first(&made)), RunOrigin::Manual, None)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    stage.run_jobs().await;
    // It comes round with two others.
    assert_eq!(stage.fire(first(&made) + hours(2) + minutes(30)).await, 2);
    assert_eq!(
        stage.outcomes(made.id).await,
        ["succeeded manual", "running catch_up", "waiting catch_up"]
    );
    stage.run_jobs().await;
    assert_eq!(stage.outcomes(made.id).await[2], "succeeded catch_up");
});

on_both!(a_slot_that_falls_due_while_its_schedule_is_changed_fires, |test| {
    let stage = Stage::new(&test).await;
    let made = stage
        .schedule(json!({ "type": "interval", "minutes": 1 }), |_| {})
        .await;
    let mut tx = stage.app.db.begin().await.unwrap();
    let mut row = ScheduleRow::lock(&mut tx, stage.organization, made.id)
        .await
        .unwrap()
        .unwrap();
    let now = tx.database_now().await.unwrap();
    let slot = Instant::from(now.duration_trunc(minutes(1)).unwrap());
    // As if the row had been taken just before.
    row.settled_at = slot - TimeDelta::microseconds(1);
    replan(&mut tx, &mut row).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(row.next_at, Some(slot));
    stage.fire(slot).await;
    assert_eq!(stage.outcomes(made.id).await, ["running schedule"]);
});
