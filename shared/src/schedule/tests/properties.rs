//! What holds for every schedule.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;

fn rules() -> impl Strategy<Value = Value> {
    let times = prop::sample::subsequence(vec!["00:00", "00:30", "01:30", "02:15", "09:00", "23:45"], 1..4);
    let monthly = prop_oneof![
        (1..32, prop::sample::select(vec!["backward", "omit", "forward"]))
            .prop_map(|(day, short)| json!({ "day": day, "short_month": short })),
        Just(json!({ "day": "last" })),
        (
            prop::sample::select(vec![1, 2, 5, -1]),
            prop::sample::select(vec!["mon", "fri", "sun"])
        )
            .prop_map(|(n, weekday)| json!({ "nth_weekday": { "n": n, "weekday": weekday } })),
        prop::sample::select(vec![1, 5, 20, 23, -1, -3]).prop_map(|n| json!({ "business_day": n })),
    ];
    let crons = vec![
        "0 0 * * *",
        "*/30 * * * *",
        "0 */6 * * *",
        "15,45 1-3 * * *",
        "0 9 31 * *",
        "0 0 L * *",
        "30 2 * * 0",
        "0 8 15W * 1",
    ];
    prop_oneof![
        (1..5, times.clone()).prop_map(|(every, times)| json!({ "type": "daily", "every": every, "start": "2018-01-01", "times": times })),
        (1..4, prop::sample::subsequence(vec!["mon", "wed", "sat", "sun"], 1..4), times.clone()).prop_map(
            |(every, weekdays, times)| json!({ "type": "weekly", "every": every, "weekdays": weekdays, "start": "2018-01-01", "times": times })
        ),
        (monthly, 1..4, times).prop_map(|(mut rule, every, times)| {
            let more = json!({ "type": "monthly", "every": every, "times": times });
            rule.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            rule
        }),
        prop::sample::select(crons).prop_map(cron),
        prop::sample::select(vec![30, 45, 180, 1_440]).prop_map(|minutes| json!({ "type": "interval", "minutes": minutes })),
    ]
}

prop_compose! {
    fn schedules()(
        rule in rules(),
        zone in prop::sample::select(vec![
            "UTC", "America/Sao_Paulo", "America/New_York", "Europe/Lisbon", "Australia/Lord_Howe", "America/St_Johns", "Pacific/Apia",
        ]),
        window in prop::option::of(prop::sample::select(vec![("09:00", "18:00"), ("22:00", "06:00"), ("00:00", "12:00")])),
        (weekends, holidays) in any::<(bool, bool)>(),
        calendars in prop::sample::subsequence(vec!["br-national", "br-banking"], 0..2),
        blackouts in prop::collection::vec((0_i64..120, 0_i64..20), 0..3),
        roll in prop::sample::select(vec!["skip", "next_business_day", "previous_business_day"]),
        exceptions in prop::collection::btree_map(0_i64..100, (any::<bool>(), -20_i64..20, 0..24), 0..4),
        jitter in prop_oneof![3 => Just(0), 1 => 1..7_200],
    ) -> Schedule {
        let day = |days: i64| (first_day() + chrono::TimeDelta::days(days)).to_string();
        let exceptions: Vec<Value> = exceptions
            .into_iter()
            .map(|(date, (skip, days, hour))| {
                if skip {
                    json!({ "type": "skip", "start": day(date), "end": day(date) })
                } else {
                    json!({ "type": "reschedule", "date": day(date), "to": format!("{}T{hour:02}:30", day(date + days)) })
                }
            })
            .collect();
        let blackouts: Vec<Value> = blackouts
            .into_iter()
            .map(|(start, length)| json!({ "start": day(start), "end": day(start + length) }))
            .collect();
        schedule(rule, json!({
            "timezone": zone, "window": window.map(|(start, end)| json!({ "start": start, "end": end })),
            "skip_weekends": weekends, "skip_holidays": holidays, "calendars": calendars, "blackouts": blackouts,
            "roll": roll, "exceptions": exceptions, "jitter_seconds": jitter,
        }))
    }
}

/// Before changes of the clock in several zones.
fn first_day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2018, 10, 1).unwrap()
}

fn when(step: &Step) -> Instant {
    match step {
        Step::Fires(occurrence) => occurrence.at,
        Step::Dropped(dropped) => dropped.at,
    }
}

fn start() -> Instant {
    at("2018-10-01T00:00:00Z")
}

/// How often each slot is told of, and whether some were jumped over. Slots near the ends are left out: a roll or a person
/// may have moved them over those.
fn nominals(schedule: &Schedule) -> (BTreeMap<chrono::NaiveDateTime, usize>, bool) {
    let mut counts = BTreeMap::new();
    let plan = plan(schedule);
    let mut steps = plan.after(at("2018-08-01T00:00:00Z"));
    for step in steps
        .by_ref()
        .take_while(|step| when(step) <= at("2019-04-01T00:00:00Z"))
    {
        let nominal = match step {
            Step::Fires(occurrence) => occurrence.nominal,
            Step::Dropped(dropped) => dropped.nominal,
        };
        *counts.entry(nominal).or_default() += 1;
    }
    let (from, until) = (first_day(), first_day() + chrono::TimeDelta::days(130));
    counts.retain(|nominal: &chrono::NaiveDateTime, _| (from..until).contains(&nominal.date()));
    (counts, steps.jumped())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn occurrences_come_in_order_and_once(schedule in schedules()) {
        let plan = plan(&schedule);
        let found: Vec<Occurrence> = plan.after(start()).take(500).filter_map(|step| match step {
            Step::Fires(occurrence) => Some(occurrence),
            Step::Dropped(_) => None,
        }).collect();
        for pair in found.windows(2) {
            prop_assert!(pair[0].at < pair[1].at, "{pair:?}");
        }
        prop_assert!(found.iter().all(|occurrence| occurrence.at > start()));
        let identities: BTreeSet<Instant> = found.iter().map(|occurrence| occurrence.nominal_at).collect();
        prop_assert_eq!(identities.len(), found.len(), "one identity each");
    }

    #[test]
    fn pages_give_the_same_as_one_list(schedule in schedules(), size in 1_usize..5) {
        let plan = plan(&schedule);
        let fires = |after, count| plan.after(after).filter(|step| matches!(step, Step::Fires(_))).take(count).collect::<Vec<_>>();
        let all = fires(start(), 20);
        let mut paged = Vec::new();
        let mut after = start();
        while paged.len() < all.len() {
            let page = fires(after, size);
            prop_assert!(!page.is_empty());
            after = when(&page[page.len() - 1]);
            paged.extend(page);
        }
        paged.truncate(all.len());
        prop_assert_eq!(paged, all);
    }

    #[test]
    fn every_slot_is_accounted_for_once(schedule in schedules()) {
        // The bare rule says which slots there are.
        let mut bare = schedule.clone();
        (bare.window, bare.skip_weekends, bare.skip_holidays, bare.jitter_seconds) = (None, false, false, 0);
        (bare.blackouts, bare.exceptions, bare.roll) = (Vec::new(), Vec::new(), Roll::Skip);
        let (found, jumped) = nominals(&schedule);
        let (expected, _) = nominals(&bare);
        for (nominal, count) in &found {
            // An interval runs twice in a repeated hour, but not when a roll took it away from there.
            prop_assert!(*count >= 1 && count <= expected.get(nominal).unwrap_or(&0), "{nominal}");
        }
        let lost: Vec<_> = expected.keys().filter(|nominal| !found.contains_key(nominal)).collect();
        prop_assert!(lost.is_empty() || jumped, "{:?}", lost.first());
    }

    #[test]
    fn what_runs_unmoved_is_open(schedule in schedules()) {
        let plan = plan(&schedule);
        for step in plan.after(start()).take(300) {
            let Step::Fires(occurrence) = step else { continue };
            let codes = codes(&occurrence);
            if codes.contains(&"exception_reschedule") || codes.contains(&"dst_gap") || codes.contains(&"jitter") {
                continue;
            }
            if let Some(window) = schedule.window {
                prop_assert!(window.contains(occurrence.local.time()));
            }
            let crosses = schedule.window.is_some_and(|window| window.crosses_midnight());
            if !crosses {
                prop_assert!(!schedule.skip_weekends || !Weekday::of(occurrence.local.date()).is_weekend());
            }
            prop_assert_eq!(occurrence.nominal == occurrence.local, codes.is_empty());
        }
    }

    #[test]
    fn what_travels_comes_back(schedule in schedules()) {
        let sent = serde_json::to_string(&schedule).unwrap();
        prop_assert_eq!(serde_json::from_str::<Schedule>(&sent).unwrap(), schedule);
    }
}
