//! Delays that spread what is due at once.

use super::*;

#[test]
fn a_delay_is_always_the_same_and_ends_before_the_next_occurrence() {
    let minutes = schedule(
        json!({ "type": "interval", "minutes": 1 }),
        json!({ "jitter_seconds": 600 }),
    );
    let after = at("2026-01-01T00:00:30Z");
    let found = |seed| -> Vec<Instant> {
        let plan = plan(&minutes).seeded(seed);
        let steps = plan.after(after).take(50);
        steps
            .filter_map(|step| {
                if let Step::Fires(found) = step {
                    Some(found.at)
                } else {
                    None
                }
            })
            .collect()
    };
    let one = found(1);
    assert_eq!(one, found(1));
    assert_ne!(one, found(2));
    let first = at("2026-01-01T00:01:00Z");
    let first = if one[0] < first {
        at("2026-01-01T00:00:00Z")
    } else {
        first
    };
    for (place, occurrence) in one.iter().enumerate() {
        let due = first + chrono::TimeDelta::minutes(place.try_into().unwrap());
        assert!(
            due <= *occurrence && *occurrence < due + chrono::TimeDelta::minutes(1),
            "{due:?} {occurrence:?}"
        );
    }
}

#[test]
fn a_delay_is_told() {
    let daily = schedule(cron("0 9 * * *"), json!({ "jitter_seconds": 600 }));
    let plan = plan(&daily).seeded(7);
    let found = plan.next_after(at("2026-01-01T00:00:00Z")).unwrap();
    let Some(Reason::Jitter { after }) = found.moved.last() else {
        panic!("{found:?}")
    };
    assert!((1..600_000).contains(&after.0));
    assert_eq!(
        found.at,
        at("2026-01-01T12:00:00Z") + std::time::Duration::from_millis(after.0)
    );
    assert_eq!(text(found.nominal_at), "2026-01-01T12:00:00Z");
    // One that is delayed beyond the instant is still to come, and is not told twice.
    let during = at("2026-01-01T12:00:00Z");
    assert_eq!(plan.next_after(during), Some(found.clone()));
    assert_eq!(
        plan.next_after(found.at).map(|next| text(next.nominal_at)).unwrap(),
        "2026-01-02T12:00:00Z"
    );
}
