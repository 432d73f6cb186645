//! What the preview shows is what fires, for any rule.

use std::time::Duration;

use chrono::{Days, NaiveDate, TimeDelta};
use diesel::prelude::*;
use esteira::{
    db::{RunQueryDsl, schema::schedules},
    scheduler::{RunRow, ScheduleRow},
    with_conn,
};
use esteira_shared::{
    dto::schedules::CATCH_UP_HOURS,
    instant::Instant,
    language::Language,
    schedule::{Calendars, PreviewRequest, Schedule, preview, zone::Iana},
    status::CatchUp,
};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng, seq::IndexedRandom as _};
use serde_json::{Map, Value, json};

use super::{Stage, at};
use crate::on_both;

/// Slots of each rule that are compared.
const SLOTS: u32 = 5;

/// How many rules: `ESTEIRA_TEST_RULES`, few unless it is set.
fn rules() -> u64 {
    let many = std::env::var("ESTEIRA_TEST_RULES").ok();
    many.and_then(|text| text.parse().ok()).unwrap_or(150)
}

on_both!(the_preview_is_what_fires, |test| {
    let stage = Stage::new(&test).await;
    let (mut compared, mut seed) = (0, 0_u64);
    while compared < rules() {
        seed += 1;
        let mut dice = StdRng::seed_from_u64(seed);
        let schedule = any_schedule(&mut dice);
        let from = at("2018-01-01T00:00:00Z") + Duration::from_secs(dice.random_range(0..12 * 31_557_600));
        // Jitter is each schedule's own; the preview of a draft has none.
        let request = PreviewRequest {
            schedule: serde_json::from_value(schedule.clone()).unwrap(),
            from,
            count: SLOTS,
        };
        // Some rules contradict themselves: those cannot be saved.
        let Ok(shown) = preview(&request, &Iana, &Calendars::default(), Language::En) else {
            continue;
        };
        let fired = fired(&stage, &schedule, from, &mut dice).await;
        let said = |run: &RunRow| {
            let codes: Vec<String> = run.moved().iter().map(|reason| reason.code().to_owned()).collect();
            (run.due_at, codes, run.changes.0.clone())
        };
        let fired: Vec<(Instant, Vec<String>, Value)> = fired.iter().map(said).collect();
        let shown: Vec<(Instant, Vec<String>, Value)> = shown
            .occurrences
            .into_iter()
            .map(|one| {
                let codes = one.moved.into_iter().map(|reason| reason.code).collect();
                (one.at, codes, Value::Object(one.changes))
            })
            .collect();
        assert_eq!(fired, shown, "seed {seed}: {schedule} from {}", *from);
        compared += 1;
    }
});

/// Fires the first slots of a schedule, each at its time or some together when nobody was there.
async fn fired(stage: &Stage, schedule: &Value, from: Instant, dice: &mut StdRng) -> Vec<RunRow> {
    let mut row = stage.row(schedule.clone());
    (row.settled_at, row.next_at, row.next_nominal_at) = (from, Some(from), Some(from));
    (row.catch_up, row.catch_up_hours) = (CatchUp::All, CATCH_UP_HOURS);
    put(stage, &row).await;
    let planned: Schedule = serde_json::from_value(schedule.clone()).unwrap();
    let plan = esteira::scheduler::plan(row.id, &planned, &Calendars::default()).unwrap();
    stage.fire(from).await;
    let mut count = 0;
    while count < SLOTS
        && let Some(next) = stage.find(row.id).await.next_at
    {
        let left = SLOTS - count;
        let skipped = dice.random_range(0..left.min(3));
        // The last of those that the scheduler finds together.
        let mut found_at = next;
        let mut together = 1;
        for _ in 0..skipped {
            if let Some(later) = plan.next_after(found_at) {
                found_at = later.at;
                together += 1;
            }
        }
        let slots = stage.fire(found_at).await;
        assert_eq!(slots, together, "{schedule} at {}", *found_at);
        count += u32::try_from(together).unwrap();
    }
    let runs = stage.runs(row.id).await;
    for run in &runs {
        match run.fired_at {
            Some(fired_at) => assert!(fired_at >= run.due_at, "early: {schedule} {run:?}"),
            // Nobody catches up with what is older.
            None => assert!(
                run.created_at - run.due_at > TimeDelta::hours(CATCH_UP_HOURS.into()),
                "not at all: {schedule} {run:?}"
            ),
        }
    }
    remove(stage, &row).await;
    runs
}

async fn put(stage: &Stage, row: &ScheduleRow) {
    let mut tx = stage.app.db.begin().await.unwrap();
    with_conn!(tx.conn(), |c| diesel::insert_into(schedules::table)
        .values(row)
        .execute(c)
        .await)
    .unwrap();
    tx.commit().await.unwrap();
}

/// So that the next rule has the clock for itself.
async fn remove(stage: &Stage, row: &ScheduleRow) {
    let mut tx = stage.app.db.begin().await.unwrap();
    with_conn!(tx.conn(), |c| diesel::delete(schedules::table.find(row.id))
        .execute(c)
        .await)
    .unwrap();
    tx.commit().await.unwrap();
}

fn any_schedule(dice: &mut StdRng) -> Value {
    let zones = [
        "America/Sao_Paulo",
        "America/New_York",
        "Europe/Lisbon",
        "Australia/Lord_Howe",
        "UTC",
    ];
    let mut schedule = Map::new();
    schedule.insert("timezone".to_owned(), json!(zones.choose(dice).unwrap()));
    schedule.insert("rule".to_owned(), any_rule(dice));
    let mut maybe = |dice: &mut StdRng, share: f64, name: &str, make: &dyn Fn(&mut StdRng) -> Value| {
        if dice.random_bool(share) {
            schedule.insert(name.to_owned(), make(dice));
        }
    };
    maybe(
        dice,
        0.2,
        "window",
        &|dice| json!({ "start": time(dice), "end": time(dice) }),
    );
    maybe(dice, 0.3, "skip_weekends", &|_| json!(true));
    maybe(dice, 0.5, "calendars", &|_| json!(["br-national"]));
    maybe(dice, 0.3, "skip_holidays", &|_| json!(true));
    maybe(dice, 0.5, "roll", &|dice| {
        json!(
            ["skip", "next_business_day", "previous_business_day"]
                .choose(dice)
                .unwrap()
        )
    });
    maybe(dice, 0.2, "blackouts", &|dice| {
        let start = day(dice);
        json!([{ "start": start, "end": start + Days::new(dice.random_range(0..20)), "reason": "fechamento" }])
    });
    maybe(dice, 0.4, "exceptions", &|dice| {
        let exceptions: Vec<Value> = (0..dice.random_range(1..4)).map(|_| any_exception(dice)).collect();
        json!(exceptions)
    });
    Value::Object(schedule)
}

fn any_rule(dice: &mut StdRng) -> Value {
    match dice.random_range(0..8) {
        0 => json!({ "type": "once", "at": civil(dice) }),
        1 => json!({ "type": "daily", "every": dice.random_range(1..5), "times": times(dice) }),
        2 => json!({ "type": "daily", "every": dice.random_range(1..9), "start": day(dice), "times": times(dice) }),
        3 => {
            let days: Vec<&&str> = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
                .choose_multiple(dice, 3)
                .collect();
            json!({ "type": "weekly", "every": dice.random_range(1..4), "weekdays": days, "times": times(dice) })
        }
        4 => {
            let mut rule = match dice.random_range(0..4) {
                0 => json!({ "day": dice.random_range(1..32) }),
                1 => json!({ "day": "last" }),
                2 => json!({ "nth_weekday": { "n": dice.random_range(1..6), "weekday": "tue" } }),
                _ => {
                    let n = *[1, 5, 10, -1, -3].choose(dice).unwrap();
                    json!({ "business_day": n })
                }
            };
            rule["type"] = json!("monthly");
            rule["every"] = json!(dice.random_range(1..4));
            rule["times"] = times(dice);
            rule["short_month"] = json!(["backward", "omit", "forward"].choose(dice).unwrap());
            rule
        }
        5 => {
            let expressions = [
                "*/30 * * * *",
                "0 */6 * * *",
                "15 0,12 * * *",
                "0 9 * * 1",
                "0 0 1 * *",
                "30 2 * * *",
                "0 0 L * *",
                "0 8 15W * *",
                "0 7 * * 5#2",
                "10 1-3 * 2,11 *",
                "0 12 13 * 5",
            ];
            json!({ "type": "cron", "expression": expressions.choose(dice).unwrap() })
        }
        6 => {
            let all: Vec<String> = (0..dice.random_range(1..6)).map(|_| civil(dice)).collect();
            json!({ "type": "custom", "at": all })
        }
        _ => {
            let minutes = *[1, 7, 45, 60, 90, 1_440, 10_000].choose(dice).unwrap();
            json!({ "type": "interval", "minutes": minutes })
        }
    }
}

fn any_exception(dice: &mut StdRng) -> Value {
    let start = day(dice);
    let end = start + Days::new(dice.random_range(0..30));
    match dice.random_range(0..3) {
        0 => json!({ "type": "skip", "start": start, "end": end, "reason": "férias" }),
        1 => json!({ "type": "reschedule", "date": start, "to": civil(dice) }),
        _ => json!({ "type": "modify", "start": start, "end": end, "changes": { "limit": 3 } }),
    }
}

fn times(dice: &mut StdRng) -> Value {
    let all: Vec<String> = (0..dice.random_range(1..4)).map(|_| time(dice)).collect();
    json!(all)
}

/// Often one that a change of the clock touches.
fn time(dice: &mut StdRng) -> String {
    let hour = *[0, 0, 1, 2, 2, 9, 17, 23].choose(dice).unwrap();
    format!("{hour:02}:{:02}", *[0, 0, 15, 30].choose(dice).unwrap())
}

fn day(dice: &mut StdRng) -> NaiveDate {
    NaiveDate::from_ymd_opt(2018, 1, 1).unwrap() + TimeDelta::days(dice.random_range(0..12 * 366))
}

fn civil(dice: &mut StdRng) -> String {
    format!("{}T{}", day(dice), time(dice))
}
