//! Several schedulers on one database, and one that sleeps.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use esteira::{
    app::Scheduler,
    bus::Signal,
    scheduler::{ScheduleRow, calendar_changed},
};
use esteira_shared::{instant::Instant, status::CatchUp};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::{Stage, first, hours, kinds, minutes};
use crate::{
    on_both,
    support::{eventually, probes, worker},
};

/// Each slot has one row, and was run once.
async fn each_once(stage: &Stage, all: &[ScheduleRow], slots: usize) {
    for row in all {
        let mut seen: BTreeMap<Instant, usize> = BTreeMap::new();
        for run in stage.runs(row.id).await {
            *seen.entry(run.nominal_at).or_default() += 1;
        }
        assert_eq!(seen.len(), slots);
        assert!(seen.values().all(|count| *count == 1));
        let mut ran = probes(&row.name);
        ran.sort();
        ran.dedup();
        assert_eq!((ran.len(), probes(&row.name).len()), (slots, slots), "each ran once");
    }
}

on_both!(two_schedulers_fire_two_hundred_slots_once_each, |test| {
    let stage = Stage::new(&test).await;
    let replica = test.replica_with(kinds()).await;
    let other = Scheduler::new(Arc::clone(&replica));
    let mut all = Vec::new();
    for _ in 0..20 {
        all.push(stage.hourly(|_| {}).await);
    }
    for hour in 0..10 {
        let slot = first(&all[0]) + hours(hour);
        let (mine, theirs) = tokio::join!(stage.scheduler.fire_due_at(slot), other.fire_due_at(slot));
        // What one holds the other passes over; nothing is left when both have looked.
        assert_eq!(mine.unwrap() + theirs.unwrap(), 20);
    }
    assert_eq!(stage.jobs().await, 200);
    let workers = [worker(&stage.app), worker(&replica)];
    let runs = workers.map(|worker| tokio::spawn(async move { worker.run_until_idle().await.unwrap() }));
    for run in runs {
        run.await.unwrap();
    }
    each_once(&stage, &all, 10).await;
});

on_both!(
    a_scheduler_that_is_cut_off_at_the_slot_loses_and_repeats_nothing,
    |test| {
        let stage = Stage::new(&test).await;
        let doomed = Scheduler::new(test.replica_with(kinds()).await);
        let mut all = Vec::new();
        for _ in 0..10 {
            all.push(stage.hourly(|_| {}).await);
        }
        for hour in 0..20 {
            let slot = first(&all[0]) + hours(hour);
            let firing = tokio::spawn({
                let doomed = Arc::clone(&doomed);
                async move { doomed.fire_due_at(slot).await }
            });
            // Somewhere between before its transaction and after it.
            tokio::time::sleep(Duration::from_micros(300 * u64::try_from(hour).unwrap())).await;
            firing.abort();
            let _ = firing.await;
            // On PostgreSQL its rows are held until the server has noticed.
            eventually("the slots are fired", || async {
                stage.fire(slot).await;
                stage.jobs().await == 10 * (usize::try_from(hour).unwrap() + 1)
            })
            .await;
        }
        stage.run_jobs().await;
        each_once(&stage, &all, 20).await;
    }
);

on_both!(a_sleeping_scheduler_is_woken_and_catches_up, |test| {
    let stage = Stage::new(&test).await;
    let made = stage.hourly(|row| row.catch_up = CatchUp::Last).await;
    let stop = CancellationToken::new();
    let running = tokio::spawn(Arc::clone(&stage.scheduler).run(stop.clone()));
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(stage.runs(made.id).await.is_empty(), "nothing is due");
    stage.wind_back(made.id, first(&made) - hours(5)).await;
    let mut tx = stage.app.db.begin().await.unwrap();
    tx.signal(Signal::SchedulesChanged);
    tx.commit().await.unwrap();
    eventually("it has caught up", || async {
        // The last one may have been due within the last moments: then it is no catch-up.
        let outcomes = stage.outcomes(made.id).await;
        outcomes.len() == 4 && outcomes[..3] == ["missed down"; 3] && outcomes[3].starts_with("running")
    })
    .await;
    assert_eq!(stage.find(made.id).await.next_at, Some(first(&made)));
    stop.cancel();
    running.await.unwrap();
});

on_both!(a_change_settles_what_was_due_and_fires_nothing_of_the_past, |test| {
    let stage = Stage::new(&test).await;
    let made = stage.hourly(|row| row.catch_up = CatchUp::All).await;
    stage.wind_back(made.id, first(&made) - hours(3) - minutes(30)).await;
    let mut tx = stage.app.db.begin().await.unwrap();
    let mut row = ScheduleRow::lock(&mut tx, stage.organization, made.id)
        .await
        .unwrap()
        .unwrap();
    // Every minute from now on: none of the minutes before was due.
    row.schedule.0["rule"] = json!({ "type": "interval", "minutes": 1 });
    esteira::scheduler::replan(&mut tx, &mut row).await.unwrap();
    let now = tx.database_now().await.unwrap();
    tx.commit().await.unwrap();
    let outcomes = stage.outcomes(made.id).await;
    // The newest may have been due within the last moments.
    assert_eq!(outcomes[..2], ["missed down", "missed down"]);
    assert_eq!(outcomes.len(), 3);
    assert!(row.next_at.unwrap() > now && row.next_at.unwrap() <= now + minutes(1));
});

on_both!(a_change_of_a_calendar_moves_only_what_is_to_come, |test| {
    let stage = Stage::new(&test).await;
    let mut draft = stage.row(json!({
        "timezone": "America/Sao_Paulo", "rule": { "type": "interval", "minutes": 60 }, "calendars": ["br-national"],
    }));
    draft.catch_up = CatchUp::All;
    let goes_by_it = stage.insert(draft).await;
    let other = stage.hourly(|_| {}).await;
    let mut tx = stage.app.db.begin().await.unwrap();
    calendar_changed(&mut tx, stage.organization, "br-national")
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let (looked_at, left) = (stage.find(goes_by_it.id).await, stage.find(other.id).await);
    assert!(looked_at.next_at < goes_by_it.next_at, "it is looked at now");
    assert_eq!(left.next_at, other.next_at);
    assert_eq!(stage.scheduler.fire_due().await.unwrap(), 0, "and nothing fires");
    assert_eq!(stage.find(goes_by_it.id).await.next_at, goes_by_it.next_at);
});
