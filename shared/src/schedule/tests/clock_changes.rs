//! Around changes of the clock.

use super::*;

fn in_zone(zone: &str, rule: Value) -> Schedule {
    schedule(rule, json!({ "timezone": zone }))
}

/// Of the day, in UTC.
fn on(zone: &str, expression: &str, after: &str, count: usize) -> Vec<String> {
    fires(&in_zone(zone, cron(expression)), after, count)
}

#[test]
fn brazil_once_put_its_clock_forward_at_midnight() {
    let sao_paulo = "America/Sao_Paulo";
    // 2018-11-04T00:00 does not exist; 01:00 of that day is 03:00Z.
    let midnight = on(sao_paulo, "0 0 * * *", "2018-11-02T12:00:00Z", 3);
    assert_eq!(
        midnight,
        ["2018-11-03T03:00:00Z", "2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z"]
    );
    let moved: Vec<Occurrence> =
        occurrences(&in_zone(sao_paulo, cron("30 0 * * *")), "2018-11-03T12:00:00Z", 1).collect();
    assert_eq!(codes(&moved[0]), ["dst_gap"]);
    assert_eq!(civil::written(moved[0].nominal), "2018-11-04T00:30");
    assert_eq!(civil::written(moved[0].local), "2018-11-04T01:00");
    // A day begins at its first instant, also for what repeats daily.
    let daily = in_zone(sao_paulo, json!({ "type": "daily", "times": ["00:00"] }));
    assert_eq!(fires(&daily, "2018-11-03T12:00:00Z", 1), ["2018-11-04T03:00:00Z"]);
}

#[test]
fn brazil_once_had_the_hour_before_midnight_twice() {
    let sao_paulo = "America/Sao_Paulo";
    let fixed = on(sao_paulo, "30 23 * * *", "2019-02-16T12:00:00Z", 2);
    assert_eq!(
        fixed,
        ["2019-02-17T01:30:00Z", "2019-02-18T02:30:00Z"],
        "the first time only"
    );
    let open = on(sao_paulo, "*/30 * * * *", "2019-02-17T00:45:00Z", 5);
    let expected = [
        "2019-02-17T01:00:00Z",
        "2019-02-17T01:30:00Z",
        "2019-02-17T02:00:00Z",
        "2019-02-17T02:30:00Z",
        "2019-02-17T03:00:00Z",
    ];
    assert_eq!(open, expected, "23:00 and 23:30 twice, then midnight");
}

#[test]
fn new_york() {
    let zone = "America/New_York";
    // 2027-03-14: 02:00 to 02:59 do not exist. 2026-11-01: 01:00 to 01:59 come twice.
    assert_eq!(
        on(zone, "30 2 * * *", "2027-03-13T12:00:00Z", 2),
        ["2027-03-14T07:00:00Z", "2027-03-15T06:30:00Z"]
    );
    assert_eq!(
        on(zone, "30 1 * * *", "2026-10-31T12:00:00Z", 2),
        ["2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z"]
    );
    let hourly = on(zone, "0 * * * *", "2026-11-01T04:30:00Z", 3);
    assert_eq!(
        hourly,
        ["2026-11-01T05:00:00Z", "2026-11-01T06:00:00Z", "2026-11-01T07:00:00Z"]
    );
    let gap = in_zone(zone, cron("*/30 * * * *"));
    assert_eq!(
        fires(&gap, "2027-03-14T06:15:00Z", 2),
        ["2027-03-14T06:30:00Z", "2027-03-14T07:00:00Z"]
    );
    let skipped = drops(&gap, "2027-03-14T06:15:00Z", 5);
    let expected = [("2027-03-14T02:00", "dst_gap"), ("2027-03-14T02:30", "dst_gap")];
    assert_eq!(skipped, expected.map(|(nominal, code)| (nominal.to_owned(), code)));
}

#[test]
fn from_within_a_repeated_hour() {
    let open = in_zone("America/New_York", cron("*/30 * * * *"));
    // 01:45 for the first time, then for the second.
    assert_eq!(
        fires(&open, "2026-11-01T05:45:00Z", 2),
        ["2026-11-01T06:00:00Z", "2026-11-01T06:30:00Z"]
    );
    assert_eq!(fires(&open, "2026-11-01T06:45:00Z", 1), ["2026-11-01T07:00:00Z"]);
    let fixed = in_zone("America/New_York", cron("50 1 * * *"));
    assert_eq!(
        fires(&fixed, "2026-11-01T06:45:00Z", 1),
        ["2026-11-02T06:50:00Z"],
        "its time was the first"
    );
}

#[test]
fn a_list_of_hours_is_no_interval() {
    // Lisbon, 2026-03-29: 01:00 to 01:59 do not exist. 2026-10-25: they come twice.
    let zone = "Europe/Lisbon";
    let list = on(zone, "0 1,13 * * *", "2026-03-28T14:00:00Z", 2);
    assert_eq!(list, ["2026-03-29T01:00:00Z", "2026-03-29T12:00:00Z"]);
    let list = on(zone, "30 1,13 * * *", "2026-10-24T13:00:00Z", 3);
    assert_eq!(
        list,
        ["2026-10-25T00:30:00Z", "2026-10-25T13:30:00Z", "2026-10-26T01:30:00Z"]
    );
    let noon_and_midnight = on("America/Sao_Paulo", "0 0,12 * * *", "2018-11-03T16:00:00Z", 2);
    assert_eq!(noon_and_midnight, ["2018-11-04T03:00:00Z", "2018-11-04T14:00:00Z"]);
}

#[test]
fn lord_howe_moves_by_half_an_hour() {
    // 2026-10-04: 02:00 to 02:29 do not exist. 2026-04-05: 01:30 to 01:59 come twice.
    let zone = "Australia/Lord_Howe";
    assert_eq!(
        on(zone, "15 2 * * *", "2026-10-03T00:00:00Z", 1),
        ["2026-10-03T15:30:00Z"]
    );
    assert_eq!(
        on(zone, "45 1 * * *", "2026-04-04T00:00:00Z", 2),
        ["2026-04-04T14:45:00Z", "2026-04-05T15:15:00Z"]
    );
    let open = on(zone, "*/15 * * * *", "2026-04-04T14:20:00Z", 5);
    let expected = [
        "2026-04-04T14:30:00Z",
        "2026-04-04T14:45:00Z",
        "2026-04-04T15:00:00Z",
        "2026-04-04T15:15:00Z",
        "2026-04-04T15:30:00Z",
    ];
    assert_eq!(open, expected);
}

#[test]
fn a_day_that_never_was() {
    // Samoa went from 29 to 31 December 2011.
    let apia = in_zone("Pacific/Apia", cron("0 12 * * *"));
    let local: Vec<String> = local(&apia, "2011-12-29T00:00:00Z", 3);
    assert_eq!(local, ["2011-12-29T12:00", "2011-12-31T00:00", "2011-12-31T12:00"]);
}

#[test]
fn two_times_that_a_gap_brings_together_become_one() {
    let fixed = in_zone("America/New_York", cron("0,30 2,3 * * *"));
    assert_eq!(
        fires(&fixed, "2027-03-14T00:00:00Z", 2),
        ["2027-03-14T07:00:00Z", "2027-03-14T07:30:00Z"]
    );
    let skipped = drops(&fixed, "2027-03-14T00:00:00Z", 4);
    let expected = [("2027-03-14T02:00", "duplicate"), ("2027-03-14T02:30", "duplicate")];
    assert_eq!(skipped, expected.map(|(nominal, code)| (nominal.to_owned(), code)));
}

#[test]
fn an_interval_knows_no_clock() {
    let interval = in_zone("America/New_York", json!({ "type": "interval", "minutes": 60 }));
    let hours = fires(&interval, "2027-03-14T06:30:00Z", 2);
    assert_eq!(hours, ["2027-03-14T07:00:00Z", "2027-03-14T08:00:00Z"]);
}

#[test]
fn slots_of_a_gap_that_are_moved_apart_keep_their_own_identities() {
    // 2027-03-14 is a Sunday.
    let more = json!({ "timezone": "America/New_York", "skip_weekends": true, "roll": "next_business_day" });
    let rolled = schedule(cron("0,15,45 2,3 14 3 *"), more);
    let found: Vec<Occurrence> = occurrences(&rolled, "2027-03-14T00:00:00Z", 6).collect();
    let locals: Vec<String> = found.iter().map(|found| civil::written(found.local)).collect();
    assert_eq!(locals[0], "2027-03-15T02:00");
    assert_eq!(locals[5], "2027-03-15T03:45");
    let identities: std::collections::BTreeSet<Instant> = found.iter().map(|found| found.nominal_at).collect();
    assert_eq!(identities.len(), 6);
    assert!(identities.iter().all(|at| *at > self::at("2027-03-14T06:59:59Z")));
}
