//! One exception as it is typed.

use chrono::NaiveDate;
use esteira_shared::{
    schedule::{Exception, LocalMinute},
    status::ScheduleKind,
};
use serde_json::{Map, Value};

use super::{MODIFY, RESCHEDULE, SKIP};
use crate::{
    i18n::tr,
    pages::schedules::editor::{
        form::{Parameters, Wrong},
        times::{parse_time, time_of},
    },
};

#[derive(Debug, Clone, PartialEq)]
pub struct ExceptionForm {
    /// The word of its type.
    pub kind: String,
    pub start: Option<NaiveDate>,
    pub end: Option<NaiveDate>,
    pub to_day: Option<NaiveDate>,
    pub to_time: String,
    pub reason: String,
    /// What the task is told in the period, whole; only what differs is kept.
    pub parameters: Parameters,
    /// What a saved one changes. It stays, also what equals the schedule's own by now.
    kept: Map<String, Value>,
}

impl ExceptionForm {
    pub fn new(kind: &str, date: Option<NaiveDate>, parameters: Parameters) -> Self {
        Self {
            kind: kind.to_owned(),
            start: date,
            end: date,
            to_day: date.and_then(|date| date.succ_opt()),
            to_time: "09:00".to_owned(),
            reason: String::new(),
            parameters,
            kept: Map::new(),
        }
    }

    pub fn of(exception: &Exception, task: ScheduleKind, parameters: Parameters) -> Self {
        let (start, end) = exception.period();
        let mut form = Self {
            end: Some(end),
            reason: exception.reason().unwrap_or_default().to_owned(),
            ..Self::new(SKIP, Some(start), parameters)
        };
        match exception {
            Exception::Skip { .. } => {}
            Exception::Reschedule { to, .. } => {
                RESCHEDULE.clone_into(&mut form.kind);
                form.to_day = Some(to.date());
                form.to_time = time_of(*to);
            }
            Exception::Modify { changes, .. } => {
                MODIFY.clone_into(&mut form.kind);
                form.parameters.read(task, &Value::Object(changes.clone()));
                form.kept.clone_from(changes);
            }
        }
        form
    }

    /// # Errors
    /// What is missing or cannot be read.
    pub fn exception(&self, task: ScheduleKind, own: &Parameters) -> Result<Exception, Wrong> {
        let mut wrong = Wrong::new();
        if self.start.is_none() {
            wrong.push(("start", tr!(schedule_editor.no_date)));
        }
        let reason = Some(self.reason.trim().to_owned()).filter(|reason| !reason.is_empty());
        let made = match self.kind.as_str() {
            RESCHEDULE => self.rescheduled(reason, &mut wrong),
            MODIFY => {
                let changes = self.changes(task, own, &mut wrong);
                let period = self.period(&mut wrong);
                period.map(|(start, end)| Exception::Modify {
                    start,
                    end,
                    changes,
                    reason,
                })
            }
            _ => self
                .period(&mut wrong)
                .map(|(start, end)| Exception::Skip { start, end, reason }),
        };
        made.filter(|_| wrong.is_empty()).ok_or(wrong)
    }

    fn rescheduled(&self, reason: Option<String>, wrong: &mut Wrong) -> Option<Exception> {
        let time = parse_time(&self.to_time);
        if self.to_day.is_none() {
            wrong.push(("to", tr!(schedule_editor.no_date)));
        }
        if time.is_none() {
            wrong.push(("to_time", tr!(schedule_editor.not_a_time)));
        }
        Some(Exception::Reschedule {
            date: self.start?,
            to: LocalMinute::new(self.to_day?, time?),
            reason,
        })
    }

    /// Without an end it is one day.
    fn period(&self, wrong: &mut Wrong) -> Option<(NaiveDate, NaiveDate)> {
        let start = self.start?;
        let end = self.end.unwrap_or(start);
        if end < start {
            wrong.push(("end", tr!(schedule_editor.end_before_start)));
        }
        Some((start, end))
    }

    fn changes(&self, task: ScheduleKind, own: &Parameters, wrong: &mut Wrong) -> Map<String, Value> {
        let usual = own.write(task, &mut Wrong::new());
        let wanted = self.parameters.write(task, wrong);
        let mut changes = self.kept.clone();
        for (key, value) in wanted {
            if usual.get(&key) != Some(&value) || self.kept.contains_key(&key) {
                changes.insert(key, value);
            }
        }
        if changes.is_empty() && wrong.is_empty() {
            wrong.push(("changes", tr!(schedule_editor.no_changes)));
        }
        changes
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at what is not there")]

    use serde_json::json;

    use super::*;

    const TASK: ScheduleKind = ScheduleKind::StartDownloads;

    fn own() -> Parameters {
        let mut own = Parameters::default();
        let told = json!({"apenas_processos_pendentes": true, "limite_execucoes_simultaneas": 5, "operator_ids": [], "month_offset": 0});
        own.read(TASK, &told);
        own
    }

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn wrong(form: &ExceptionForm) -> Vec<&'static str> {
        let wrong = form.exception(TASK, &own()).unwrap_err();
        wrong.into_iter().map(|(field, _)| field).collect()
    }

    #[test]
    fn a_saved_exception_comes_out_of_its_form_as_it_went_in() {
        for sent in [
            json!({"type": "skip", "start": "2026-03-01", "end": "2026-03-31", "reason": "manutenção"}),
            json!({"type": "reschedule", "date": "2026-04-30", "to": "2026-05-04T10:00"}),
            json!({"type": "modify", "start": "2026-06-01", "end": "2026-06-30", "changes": {"limite_execucoes_simultaneas": 10}}),
            json!({"type": "modify", "start": "2026-06-01", "end": "2026-06-30", "changes": {"limite_execucoes_simultaneas": 5}}),
            json!({"type": "modify", "start": "2026-06-01", "end": "2026-06-30", "changes": {"of_a_newer_program": true}}),
        ] {
            let saved: Exception = serde_json::from_value(sent.clone()).unwrap();
            let form = ExceptionForm::of(&saved, TASK, own());
            assert_eq!(form.exception(TASK, &own()), Ok(saved), "{sent}");
        }
    }

    #[test]
    fn only_what_differs_is_a_change() {
        let mut form = ExceptionForm::new(MODIFY, Some(date("2026-06-01")), own());
        assert_eq!(wrong(&form), ["changes"]);
        form.parameters.only_pending = false;
        let made = form.exception(TASK, &own()).unwrap();
        let Exception::Modify {
            changes, start, end, ..
        } = made
        else {
            panic!("another type: {made:?}")
        };
        assert_eq!(Value::Object(changes), json!({"apenas_processos_pendentes": false}));
        assert_eq!((start, end), (date("2026-06-01"), date("2026-06-01")));
        form.parameters.at_once = "muitas".to_owned();
        assert_eq!(wrong(&form), ["parameters.limite_execucoes_simultaneas"]);
    }

    #[test]
    fn what_is_missing_is_named() {
        let mut form = ExceptionForm::new(RESCHEDULE, None, own());
        form.to_time = "25h".to_owned();
        assert_eq!(wrong(&form), ["start", "to", "to_time"]);
        let mut form = ExceptionForm::new(SKIP, Some(date("2026-06-10")), own());
        form.end = Some(date("2026-06-09"));
        assert_eq!(wrong(&form), ["end"]);
        form.end = None;
        let Ok(Exception::Skip { start, end, .. }) = form.exception(TASK, &own()) else {
            panic!("a day is a period")
        };
        assert_eq!(start, end);
    }
}
