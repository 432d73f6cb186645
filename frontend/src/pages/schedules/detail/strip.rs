//! The last runs as a strip: the colour says how each ended, the height how long it took.

use esteira_shared::{dto::schedules::ScheduleRunDto, status::ScheduleRunStatus};
use leptos::prelude::*;

use crate::{
    i18n::tr,
    text::{format, schedules},
};

#[component]
pub(super) fn Strip(
    /// Newest first.
    #[prop(into)]
    runs: Signal<Vec<ScheduleRunDto>>,
) -> impl IntoView {
    move || {
        let runs = runs.get();
        if runs.is_empty() {
            return None;
        }
        let most = runs.iter().filter_map(|run| run.took_ms).max().unwrap_or(0);
        let bars = runs.iter().rev().map(|run| bar(run, most)).collect_view();
        Some(view! {
            <figure class="sched-strip">
                <figcaption class="small faint">{tr!(schedules.strip)}</figcaption>
                <ol>{bars}</ol>
            </figure>
        })
    }
}

fn bar(run: &ScheduleRunDto, most: i64) -> impl IntoView + use<> {
    let said = said(run);
    let title = said.clone();
    let class = format!("is-{}", look(run.status));
    let height = height(run.took_ms, most).to_string();
    view! { <li class=class title=title style:--share=height><span class="sr-only">{said}</span></li> }
}

/// The suffix of the colour.
fn look(status: ScheduleRunStatus) -> &'static str {
    match status {
        ScheduleRunStatus::Succeeded => "done",
        ScheduleRunStatus::Failed => "fail",
        ScheduleRunStatus::Running => "run",
        ScheduleRunStatus::Missed => "need",
        ScheduleRunStatus::Waiting | ScheduleRunStatus::Cancelled | ScheduleRunStatus::Dismissed => "idle",
    }
}

/// `04/05/2026 10:00: Concluída, 12 s`
fn said(run: &ScheduleRunDto) -> String {
    let took = run
        .took_ms
        .map(|ms| format!(", {}", format::duration(ms)))
        .unwrap_or_default();
    let at = format::date_time(*run.nominal_at);
    format!("{at}: {}{took}", schedules::run(run.status))
}

/// A fifth of the strip at least, so that each can be seen and pointed at.
#[expect(clippy::cast_precision_loss, reason = "milliseconds on a screen")]
fn height(took_ms: Option<i64>, most: i64) -> f64 {
    match took_ms {
        Some(ms) if most > 0 => 0.2 + 0.8 * (ms as f64 / most as f64).clamp(0.0, 1.0),
        _ => 0.2,
    }
}

#[cfg(test)]
mod tests {
    use super::height;

    #[test]
    fn the_longest_fills_the_strip_and_none_disappears() {
        assert!((height(Some(900), 900) - 1.0).abs() < f64::EPSILON);
        assert!((height(Some(0), 900) - 0.2).abs() < f64::EPSILON);
        assert!((height(None, 900) - 0.2).abs() < f64::EPSILON, "it never began");
        assert!((height(Some(0), 0) - 0.2).abs() < f64::EPSILON, "all took no time");
    }
}
