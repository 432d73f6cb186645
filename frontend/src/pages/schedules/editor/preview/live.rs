//! Asks the server what the rule does, a moment after it was changed. What was shown stays until the new answer is there,
//! and the answer to something older is thrown away.

use std::time::Duration;

use chrono::{Datelike as _, Days, Months as MonthSpan, NaiveDate, NaiveTime};
use esteira_shared::{
    error::ErrorCode,
    instant::Instant,
    schedule::{PREVIEW_COUNT, Preview, PreviewRequest, Rule, Schedule},
};
use futures_util::future::try_join;
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*, task::spawn_local};

use crate::{
    api::{self, ApiError, ApiResult},
    pages::schedules::editor::{form::Wrong, problems::Errors, times::local},
    text::format,
};

/// A pause in typing after which the rule is asked about.
const PAUSE: Duration = Duration::from_millis(150);
/// Runs in the list at first, and how many more each time.
pub const STEP: u32 = 10;
/// Months in sight.
const SPAN: u32 = 3;

#[derive(Clone, Copy)]
pub struct Live {
    /// The last good answer.
    pub shown: RwSignal<Option<Shown>>,
    pub loading: RwSignal<bool>,
    /// No answer about the rule at all.
    pub failed: RwSignal<Option<ApiError>>,
    /// The first day of the first month in sight.
    pub first: RwSignal<NaiveDate>,
    /// How many of the next runs are wanted.
    pub count: RwSignal<u32>,
    again: RwSignal<u32>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    pub now: Instant,
    /// The first day of the months in sight.
    pub first: NaiveDate,
    pub count: u32,
    pub told: Told,
    /// Of the schedule as it is saved, while this one differs.
    pub saved: Option<Told>,
}

/// What one rule does.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    pub next: Preview,
    pub months: Preview,
    /// The last day about which `months` tells all, when that is before the end of the months in sight.
    pub until: Option<NaiveDate>,
}

/// An answer about the saved schedule is good until the place in the calendar or the saved schedule changes.
#[derive(Clone)]
struct Kept {
    schedule: Schedule,
    first: NaiveDate,
    count: u32,
    told: Told,
}

struct Wish {
    schedule: Schedule,
    saved: Option<Schedule>,
    kept: Option<Kept>,
    first: NaiveDate,
    count: u32,
}

/// `saved` is what the rule is compared with.
pub fn use_live(drafted: Memo<Result<Schedule, Wrong>>, saved: Signal<Option<Schedule>>, errors: Errors) -> Live {
    let live = Live {
        shown: RwSignal::new(None),
        loading: RwSignal::new(true),
        failed: RwSignal::new(None),
        first: RwSignal::new(first_of(format::today())),
        count: RwSignal::new(STEP),
        again: RwSignal::new(0),
    };
    let newest = StoredValue::new(0_u64);
    let kept = StoredValue::new(None::<Kept>);
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let stop = move || {
        if let Some(handle) = timer.try_update_value(Option::take).flatten() {
            handle.clear();
        }
    };
    let ask = move || {
        let schedule = match drafted.get_untracked() {
            Ok(schedule) => schedule,
            Err(wrong) => {
                errors.unreadable(&wrong);
                live.loading.set(false);
                return;
            }
        };
        let wish = Wish {
            schedule,
            saved: saved.get_untracked(),
            kept: kept.get_value(),
            first: live.first.get_untracked(),
            count: live.count.get_untracked(),
        };
        let mine = newest.get_value();
        spawn_local(async move {
            let answer = read(wish).await;
            // The page may be gone, or something else was typed meanwhile.
            if newest.try_get_value() == Some(mine) {
                live.take(answer, kept, errors);
            }
        });
    };
    Effect::new(move |before: Option<()>| {
        drafted.track();
        saved.track();
        live.first.track();
        live.count.track();
        live.again.track();
        newest.update_value(|newest| *newest += 1);
        stop();
        live.loading.set(true);
        if before.is_none() {
            return ask();
        }
        let handle = set_timeout_with_handle(
            move || {
                timer.set_value(None);
                ask();
            },
            PAUSE,
        );
        timer.set_value(handle.ok());
    });
    on_cleanup(stop);
    live
}

impl Live {
    /// Asks once more, after a failure.
    pub fn retry(self) {
        self.again.update(|again| *again += 1);
    }

    /// The months before or after those in sight.
    pub fn step(self, forward: bool) {
        self.first.update(|first| {
            let span = MonthSpan::new(SPAN);
            let moved = if forward {
                first.checked_add_months(span)
            } else {
                first.checked_sub_months(span)
            };
            *first = moved.unwrap_or(*first);
        });
    }

    pub fn more(self) {
        self.count.update(|count| *count = (*count + STEP).min(PREVIEW_COUNT));
    }

    fn take(self, answer: ApiResult<(Shown, Option<Kept>)>, kept: StoredValue<Option<Kept>>, errors: Errors) {
        self.loading.set(false);
        match answer {
            Ok((shown, of_saved)) => {
                kept.set_value(of_saved);
                self.failed.set(None);
                errors.rule_is_fine();
                self.shown.set(Some(shown));
            }
            Err(error) if error.is(ErrorCode::Validation) => {
                self.failed.set(None);
                errors.refused(&error);
            }
            Err(error) => self.failed.set(Some(error)),
        }
    }
}

async fn read(wish: Wish) -> ApiResult<(Shown, Option<Kept>)> {
    let now = Instant::from(format::now());
    let (first, count) = (wish.first, wish.count);
    let told = tell(&wish.schedule, now, first, count).await?;
    let kept = match wish.saved {
        Some(saved) if saved != wish.schedule => match wish.kept {
            Some(kept) if kept.schedule == saved && kept.first == first && kept.count == count => Some(kept),
            // One that cannot be read any more, because a calendar of it is gone, has nothing to compare.
            _ => tell(&saved, now, first, count).await.ok().map(|told| Kept {
                schedule: saved,
                first,
                count,
                told,
            }),
        },
        _ => None,
    };
    let shown = Shown {
        now,
        first,
        count,
        told,
        saved: kept.as_ref().map(|kept| kept.told.clone()),
    };
    Ok((shown, kept))
}

async fn tell(schedule: &Schedule, now: Instant, first: NaiveDate, count: u32) -> ApiResult<Told> {
    let (next, (months, until)) = try_join(ask(schedule, now, count), ask_months(schedule, first)).await?;
    Ok(Told { next, months, until })
}

async fn ask(schedule: &Schedule, from: Instant, count: u32) -> ApiResult<Preview> {
    let request = PreviewRequest {
        schedule: schedule.clone(),
        from,
        count,
    };
    api::schedules::preview_draft(&request).await
}

/// As many as three months usually hold; when that was not enough, as many as one answer holds.
async fn ask_months(schedule: &Schedule, first: NaiveDate) -> ApiResult<(Preview, Option<NaiveDate>)> {
    // The month may begin in the schedule's zone up to fourteen hours before it does in UTC.
    let from = first.checked_sub_days(Days::new(1)).unwrap_or(first);
    let from = Instant::from(from.and_time(NaiveTime::MIN).and_utc());
    let count = enough(&schedule.rule);
    let mut answer = ask(schedule, from, count).await?;
    let mut until = told_until(&answer, count, end_of(first));
    if until.is_some() && count < PREVIEW_COUNT {
        answer = ask(schedule, from, PREVIEW_COUNT).await?;
        until = told_until(&answer, PREVIEW_COUNT, end_of(first));
    }
    Ok((answer, until))
}

/// The last day that is told as a whole, when a full answer ends before `end`.
fn told_until(answer: &Preview, count: u32, end: NaiveDate) -> Option<NaiveDate> {
    let last = answer
        .occurrences
        .last()
        .filter(|_| answer.occurrences.len() >= count as usize)?;
    let (day, _) = local(&last.local)?;
    (day < end).then(|| day.pred_opt()).flatten()
}

/// How many occurrences three months and a day may hold.
fn enough(rule: &Rule) -> u32 {
    const DAYS: usize = 94;
    let most = match rule {
        Rule::Once(_) => 1,
        Rule::Custom(custom) => custom.at.len(),
        Rule::Daily(daily) => DAYS * daily.times.len(),
        Rule::Weekly(weekly) => 15 * weekly.weekdays.len() * weekly.times.len(),
        Rule::Monthly(monthly) => 5 * monthly.times.len(),
        Rule::Cron(_) => DAYS,
        Rule::Interval(interval) => DAYS * 24 * 60 / (interval.minutes as usize).max(1),
    };
    // A full answer may have more behind it.
    u32::try_from(most + 1)
        .unwrap_or(PREVIEW_COUNT)
        .clamp(STEP, PREVIEW_COUNT)
}

pub fn first_of(day: NaiveDate) -> NaiveDate {
    day.with_day(1).unwrap_or(day)
}

/// The day after the months in sight.
pub fn end_of(first: NaiveDate) -> NaiveDate {
    first.checked_add_months(MonthSpan::new(SPAN)).unwrap_or(first)
}

/// The first days of the months in sight.
pub fn months_from(first: NaiveDate) -> Vec<NaiveDate> {
    (0..SPAN)
        .filter_map(|more| first.checked_add_months(MonthSpan::new(more)))
        .collect()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at what is not there")]

    use serde_json::json;

    use super::*;

    fn rule(sent: serde_json::Value) -> Rule {
        serde_json::from_value(sent).unwrap()
    }

    #[test]
    fn enough_is_asked_for_and_not_much_more() {
        for (sent, count) in [
            (json!({"type": "once", "at": "2026-05-01T09:00"}), 10),
            (json!({"type": "daily", "times": ["09:00"]}), 95),
            (
                json!({"type": "weekly", "weekdays": ["mon", "tue"], "times": ["09:00", "10:00"]}),
                61,
            ),
            (json!({"type": "monthly", "day": 31, "times": ["09:00"]}), 10),
            (json!({"type": "interval", "minutes": 1440}), 95),
            (json!({"type": "interval", "minutes": 5}), PREVIEW_COUNT),
            (json!({"type": "interval", "minutes": 0}), PREVIEW_COUNT),
        ] {
            assert_eq!(enough(&rule(sent.clone())), count, "{sent}");
        }
    }

    #[test]
    fn a_full_answer_tells_all_up_to_the_day_before_its_last() {
        let answer: Preview = serde_json::from_value(json!({
            "description": "", "skipped": [], "skipped_more": false, "never_fires": false, "warnings": [],
            "occurrences": [
                {"at": "2026-10-05T12:00:00Z", "local": "2026-10-05T09:00", "nominal": "2026-10-05T09:00", "moved": [], "changes": {}},
                {"at": "2026-10-06T12:00:00Z", "local": "2026-10-06T09:00", "nominal": "2026-10-06T09:00", "moved": [], "changes": {}},
            ],
        }))
        .unwrap();
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(told_until(&answer, 2, day("2027-01-01")), Some(day("2026-10-05")));
        assert_eq!(told_until(&answer, 3, day("2027-01-01")), None, "there was no more");
        assert_eq!(told_until(&answer, 2, day("2026-10-06")), None, "it reaches far enough");
    }

    #[test]
    fn months_follow_each_other() {
        let first = first_of("2026-11-30".parse().unwrap());
        let months: Vec<String> = months_from(first).iter().map(ToString::to_string).collect();
        assert_eq!(months, ["2026-11-01", "2026-12-01", "2027-01-01"]);
        assert_eq!(end_of(first).to_string(), "2027-02-01");
    }
}
