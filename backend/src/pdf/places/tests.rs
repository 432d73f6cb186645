#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "tests")]

use super::Places;
use esteira_shared::ids::OrganizationId;
use std::{sync::Arc, time::Duration};
use tokio::sync::mpsc;
use uuid::Uuid;

const LONG: Duration = Duration::from_secs(3_600);

fn organization(number: u128) -> OrganizationId {
    OrganizationId(Uuid::from_u128(number))
}

#[tokio::test]
async fn one_organisation_never_has_all_places() {
    let places = Places::new(2, Duration::ZERO);
    let first = places.take(organization(1)).await.expect("free");
    assert!(places.take(organization(1)).await.is_none());
    let second = places.take(organization(2)).await.expect("free");
    assert!(places.take(organization(3)).await.is_none());
    drop(first);
    assert!(places.take(organization(3)).await.is_some());
    assert!(places.take(organization(1)).await.is_some());
    drop(second);
}

#[tokio::test]
async fn another_organisation_waits_for_one_file_however_many_came_before() {
    let places = Arc::new(Places::new(1, LONG));
    let first = places.take(organization(1)).await.expect("free");
    let (tell, mut served) = mpsc::unbounded_channel();
    let waits = |number| {
        let (places, tell) = (Arc::clone(&places), tell.clone());
        tokio::spawn(async move {
            let place = places.take(organization(number)).await.expect("its turn comes");
            tell.send(number).unwrap();
            drop(place);
        })
    };
    let mut waiting: Vec<_> = (0..20).map(|_| waits(1)).collect();
    waiting.push(waits(2));
    // One thread: all that was spawned runs until it waits for a place.
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert!(served.try_recv().is_err(), "all wait");
    drop(first);
    for task in waiting {
        task.await.unwrap();
    }
    assert_eq!(served.recv().await, Some(2));
    for _ in 0..20 {
        assert_eq!(served.recv().await, Some(1));
    }
}

#[tokio::test]
async fn who_gives_up_leaves_no_trace() {
    let places = Places::new(1, Duration::ZERO);
    let held = places.take(organization(1)).await.expect("free");
    for _ in 0..5 {
        assert!(places.take(organization(2)).await.is_none());
    }
    drop(held);
    assert!(places.take(organization(2)).await.is_some());
    assert!(places.take(organization(1)).await.is_some());
}
