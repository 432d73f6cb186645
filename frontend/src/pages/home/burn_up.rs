//! How the month fills up, beside the one before.

use chrono::{Days, NaiveDate};
use esteira_shared::{
    dto::home::{BurnUpDay, HomeDto},
    month::Month,
};
use leptos::prelude::*;
use leptos_router::components::A;

use super::counts::{DONE, sum};
use crate::{
    components::{Card, LineChart, LineSeries},
    i18n::tr,
    routes::paths,
    text::format,
};

/// A month that closes later than this is cut here; the chart stays readable.
const DAYS_MOST: usize = 45;

#[component]
pub(super) fn BurnUp(data: Signal<HomeDto>, month: Month) -> impl IntoView {
    let name = |month: Month| format::month_name(month.month()).to_owned();
    let series = Signal::derive(move || {
        data.with(|home| {
            let before = month.plus(-1);
            let now = daily(&home.burn_up, month, Some(format::today()));
            let then = daily(&home.previous_burn_up, before, None);
            let mut all = vec![LineSeries::new(name(month), now)];
            if !home.previous_burn_up.is_empty() {
                all.push(LineSeries::new(name(before), then));
            }
            all
        })
    });
    let labels = Signal::derive(move || {
        let count = series.with(|series| series.iter().map(|one| one.points.len()).max().unwrap_or(0));
        let days = month.last_day().signed_duration_since(month.first_day()).num_days() + 1;
        let count = count.max(usize::try_from(days).unwrap_or(0));
        month
            .first_day()
            .iter_days()
            .take(count)
            .map(|day| format::date(day).get(..5).unwrap_or_default().to_owned())
            .collect::<Vec<_>>()
    });
    let total = move || data.with(|home| home.counts.iter().map(|one| one.count).sum::<i64>());
    let done = move || data.with(|home| sum(&home.counts, DONE));
    let aside = move || {
        view! {
            <A href=paths::month(month) attr:class="small muted num home__more">
                {move || tr!(home.done_of, done = format::count(done()), total = format::count(total()))}
            </A>
        }
    };
    view! {
        <Card title=tr!(home.closing, month = name(month)) aside>
            <LineChart title=tr!(home.closing, month = name(month)) series labels/>
        </Card>
    }
}

/// One number per day from the month's first on: days without a sending repeat the one before. An open month ends today.
fn daily(days: &[BurnUpDay], month: Month, today: Option<NaiveDate>) -> Vec<f64> {
    let first = month.first_day();
    let last_known = days.last().map_or(first, |day| day.day);
    let last = match today {
        Some(today) if today <= month.last_day() => last_known.max(today),
        Some(_) => last_known.max(month.last_day()),
        None => last_known,
    };
    let count = usize::try_from((last - first).num_days() + 1).unwrap_or(0);
    let mut points = Vec::new();
    for offset in 0..count.min(DAYS_MOST) {
        let Some(day) = first.checked_add_days(Days::new(u64::try_from(offset).unwrap_or(0))) else {
            break;
        };
        let done = days
            .iter()
            .take_while(|one| one.day <= day)
            .last()
            .map_or(0, |one| one.done);
        #[expect(clippy::cast_precision_loss, reason = "counts of a chart")]
        points.push(done as f64);
    }
    points
}
