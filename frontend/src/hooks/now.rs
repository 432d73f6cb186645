//! The time, for words such as "há 5 min".

use std::time::Duration;

use chrono::{DateTime, Utc};
use leptos::prelude::*;

use crate::text::format;

#[derive(Clone, Copy)]
struct Now(RwSignal<DateTime<Utc>>);

const STEP: Duration = Duration::from_secs(20);

const SECOND: Duration = Duration::from_secs(1);

/// A clock shared by the whole page, moving every 20 seconds.
pub fn use_now() -> Signal<DateTime<Utc>> {
    if let Some(now) = use_context::<Now>() {
        return now.0.into();
    }
    let now = RwSignal::new(format::now());
    provide_context(Now(now));
    if let Ok(handle) = set_interval_with_handle(
        move || {
            let _ = now.try_set(format::now());
        },
        STEP,
    ) {
        on_cleanup(move || handle.clear());
    }
    now.into()
}

/// A clock for the caller alone that moves every second while it is on screen, to show how long something takes.
pub fn use_seconds() -> Signal<DateTime<Utc>> {
    let now = RwSignal::new(format::now());
    if let Ok(handle) = set_interval_with_handle(
        move || {
            let _ = now.try_set(format::now());
        },
        SECOND,
    ) {
        on_cleanup(move || handle.clear());
    }
    now.into()
}
