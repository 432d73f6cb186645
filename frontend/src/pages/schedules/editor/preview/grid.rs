//! What happens on each day of the months in sight.

use chrono::NaiveDate;
use esteira_shared::{reason::ReasonDto, schedule::Preview};

use super::live::{Shown, end_of};
use crate::{
    i18n::tr,
    pages::schedules::editor::times::{day, local},
    text::reasons,
};

/// Times of a day that are named; the others are counted.
const NAMED: usize = 4;

#[derive(Debug, Clone, Default, PartialEq)]
pub struct DayNews {
    pub runs: Vec<Run>,
    /// Where runs of this day went, and why.
    pub away: Vec<(NaiveDate, String)>,
    /// Times that do not run, and why.
    pub skipped: Vec<(String, String)>,
    /// Runs here that the saved schedule does not have.
    pub added: bool,
    /// Times at which the saved schedule runs and this one does not.
    pub gone: Vec<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    pub time: String,
    /// The day that the rule gives.
    pub nominal: NaiveDate,
    /// Why it is not at the time that the rule gives.
    pub moved: Option<String>,
    /// What exceptions change for it.
    pub changed: bool,
}

/// One for each day, from the first on.
pub fn days(shown: &Shown) -> Vec<DayNews> {
    let (first, end) = (shown.first, end_of(shown.first));
    let mut days: Vec<DayNews> = first
        .iter_days()
        .take_while(|day| *day < end)
        .map(|_| DayNews::default())
        .collect();
    let mut on = |date: NaiveDate, change: &mut dyn FnMut(&mut DayNews)| {
        let place = usize::try_from((date - first).num_days()).ok();
        if let Some(day) = place.and_then(|place| days.get_mut(place)) {
            change(day);
        }
    };
    for occurrence in &shown.told.months.occurrences {
        let (Some((date, time)), Some((nominal, _))) = (local(&occurrence.local), local(&occurrence.nominal)) else {
            continue;
        };
        let moved = (!occurrence.moved.is_empty()).then(|| because(&occurrence.moved));
        if date != nominal {
            on(nominal, &mut |day| {
                day.away.push((date, moved.clone().unwrap_or_default()))
            });
        }
        on(date, &mut |day| {
            day.runs.push(Run {
                time: time.to_owned(),
                nominal,
                moved: moved.clone(),
                changed: !occurrence.changes.is_empty(),
            });
        });
    }
    for skipped in &shown.told.months.skipped {
        if let Some((date, time)) = local(&skipped.nominal) {
            let why = because(std::slice::from_ref(&skipped.reason));
            on(date, &mut |day| day.skipped.push((time.to_owned(), why.clone())));
        }
    }
    if let Some(saved) = &shown.saved {
        let fully_told = |until: Option<NaiveDate>, date: NaiveDate| until.is_none_or(|until| date <= until);
        let before = times(&saved.months, first, days.len());
        for ((day, date), before) in days.iter_mut().zip(first.iter_days()).zip(before) {
            if fully_told(shown.told.until, date) {
                let gone = before
                    .iter()
                    .filter(|time| !day.runs.iter().any(|run| run.time == **time));
                day.gone = gone.map(|time| (*time).to_owned()).collect();
            }
            if fully_told(saved.until, date) {
                day.added = day.runs.iter().any(|run| !before.contains(&run.time.as_str()));
            }
        }
    }
    days
}

/// The times of the runs of each day.
fn times(preview: &Preview, first: NaiveDate, count: usize) -> Vec<Vec<&str>> {
    let mut days = vec![Vec::new(); count];
    for occurrence in &preview.occurrences {
        let Some((date, time)) = local(&occurrence.local) else {
            continue;
        };
        let place = usize::try_from((date - first).num_days()).ok();
        if let Some(day) = place.and_then(|place| days.get_mut(place)) {
            day.push(time);
        }
    }
    days
}

/// The sentences of all that moved something, as plain text.
pub fn because(moved: &[ReasonDto]) -> String {
    let all: Vec<String> = moved
        .iter()
        .map(|reason| reasons::plain(&reasons::told(reason)))
        .collect();
    all.join("; ")
}

impl DayNews {
    /// What a reader learns of the day, line by line.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let plain: Vec<&str> = self
            .runs
            .iter()
            .filter(|run| run.moved.is_none())
            .map(|run| run.time.as_str())
            .collect();
        if !plain.is_empty() {
            lines.push(tr!(schedule_editor.day_runs, times = several(&plain)));
        }
        for run in self.runs.iter().filter(|run| run.moved.is_some()).take(NAMED) {
            let why = run.moved.clone().unwrap_or_default();
            lines.push(tr!(
                schedule_editor.day_runs_moved,
                time = run.time.clone(),
                from = day(run.nominal),
                why = why
            ));
        }
        if self.runs.iter().any(|run| run.changed) {
            lines.push(tr!(schedule_editor.day_changed).to_owned());
        }
        for (to, why) in self.away.iter().take(NAMED) {
            lines.push(tr!(schedule_editor.day_away, to = day(*to), why = why.clone()));
        }
        let mut told: Vec<&str> = Vec::new();
        for (_, why) in &self.skipped {
            if !told.contains(&why.as_str()) {
                told.push(why);
                let of_this = self.skipped.iter().filter(|(_, other)| other == why);
                let times: Vec<&str> = of_this.map(|(time, _)| time.as_str()).collect();
                lines.push(tr!(
                    schedule_editor.day_skipped,
                    times = several(&times),
                    why = why.clone()
                ));
            }
        }
        if self.added {
            lines.push(tr!(schedule_editor.day_added).to_owned());
        }
        if !self.gone.is_empty() {
            let times: Vec<&str> = self.gone.iter().map(String::as_str).collect();
            lines.push(tr!(schedule_editor.day_gone, times = several(&times)));
        }
        lines
    }

    /// Whether the rule gives the day anything, so that an exception has something to be about.
    pub fn nominal_days(&self, here: NaiveDate) -> Vec<NaiveDate> {
        let mut all: Vec<NaiveDate> = Vec::new();
        let given_here = !self.away.is_empty() || !self.skipped.is_empty();
        let of_runs = self.runs.iter().map(|run| run.nominal);
        for date in of_runs.chain(given_here.then_some(here)) {
            if !all.contains(&date) {
                all.push(date);
            }
        }
        all
    }
}

/// `09:00, 10:00, 11:00, 12:00 +284`
fn several(times: &[&str]) -> String {
    let named: Vec<&str> = times.iter().take(NAMED).copied().collect();
    match times.len().saturating_sub(NAMED) {
        0 => named.join(", "),
        more => format!("{} +{more}", named.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at what is not there")]

    use serde_json::{Value, json};

    use super::{super::live::Told, *};

    fn occurrence(local: &str, nominal: &str, moved: &Value) -> Value {
        json!({"at": format!("{local}:00Z"), "local": local, "nominal": nominal, "moved": moved, "changes": {}})
    }

    fn told(occurrences: &[Value], skipped: &Value) -> Told {
        let preview = json!({
            "description": "", "occurrences": occurrences, "skipped": skipped,
            "skipped_more": false, "never_fires": false, "warnings": [],
        });
        let preview: Preview = serde_json::from_value(preview).unwrap();
        Told {
            next: preview.clone(),
            months: preview,
            until: None,
        }
    }

    fn shown(told: Told, saved: Option<Told>) -> Shown {
        Shown {
            now: "2026-10-20T12:00:00Z"
                .parse::<chrono::DateTime<chrono::Utc>>()
                .unwrap()
                .into(),
            first: date("2026-10-01"),
            count: 10,
            told,
            saved,
        }
    }

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn of(days: &[DayNews], text: &str) -> DayNews {
        let place = usize::try_from((date(text) - date("2026-10-01")).num_days()).unwrap();
        days.get(place).unwrap().clone()
    }

    #[test]
    fn each_day_knows_what_runs_what_was_moved_and_what_is_skipped() {
        let moved = json!([{"code": "roll_next_business_day", "args": {"cause": {"code": "weekend", "args": {}}}, "text": "rolled"}]);
        let days = days(&shown(
            told(
                &[
                    occurrence("2026-09-30T09:00", "2026-09-30T09:00", &json!([])),
                    occurrence("2026-10-30T09:00", "2026-10-30T09:00", &json!([])),
                    occurrence("2026-11-02T09:00", "2026-10-31T09:00", &moved),
                ],
                &json!([{"nominal": "2026-10-25T09:00", "code": "weekend", "args": {}, "text": ""}]),
            ),
            None,
        ));
        assert_eq!(days.len(), 31 + 30 + 31);
        assert_eq!(
            of(&days, "2026-10-01"),
            DayNews::default(),
            "what was before does not slip in"
        );
        assert_eq!(of(&days, "2026-10-30").lines(), ["executa às 09:00"]);
        assert_eq!(of(&days, "2026-10-25").lines(), ["09:00 não executa: fim de semana"]);
        let from = of(&days, "2026-10-31");
        assert_eq!((from.runs.len(), from.away.len()), (0, 1));
        assert_eq!(from.nominal_days(date("2026-10-31")), [date("2026-10-31")]);
        let to = of(&days, "2026-11-02");
        assert!(
            to.lines()
                .first()
                .unwrap()
                .starts_with("executa às 09:00, movida de sáb 31/10/2026"),
            "{to:?}"
        );
        assert_eq!(
            to.nominal_days(date("2026-11-02")),
            [date("2026-10-31")],
            "exceptions are about the rule's day"
        );
    }

    #[test]
    fn the_saved_schedule_tells_what_is_new_and_what_is_gone() {
        let at = |text: &str| occurrence(text, text, &json!([]));
        let new = told(&[at("2026-10-10T09:00"), at("2026-10-11T09:00")], &json!([]));
        let old = told(
            &[at("2026-10-10T09:00"), at("2026-10-11T08:00"), at("2026-10-12T09:00")],
            &json!([]),
        );
        let days = days(&shown(new.clone(), Some(old.clone())));
        let marks = |text: &str| {
            let day = of(&days, text);
            (day.added, day.gone)
        };
        assert_eq!(marks("2026-10-10"), (false, Vec::new()));
        assert_eq!(marks("2026-10-11"), (true, vec!["08:00".to_owned()]));
        assert_eq!(marks("2026-10-12"), (false, vec!["09:00".to_owned()]));

        let cut = Told {
            until: Some(date("2026-10-11")),
            ..new
        };
        let days = super::days(&shown(cut, Some(old)));
        assert!(of(&days, "2026-10-12").gone.is_empty(), "what is not told is not gone");
    }

    #[test]
    fn many_times_are_counted() {
        let times = ["00:00", "00:05", "00:10", "00:15", "00:20", "00:25"];
        assert_eq!(several(&times), "00:00, 00:05, 00:10, 00:15 +2");
        assert_eq!(several(times.get(..2).unwrap()), "00:00, 00:05");
    }
}
