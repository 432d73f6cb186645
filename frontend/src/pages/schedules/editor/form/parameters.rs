//! What each kind of schedule is told. The fields of all kinds stand side by side: going from one to another loses nothing.

use esteira_shared::status::ScheduleKind;
use serde_json::{Map, Value};

use super::{Wrong, number};

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Parameters {
    /// Which month, counted from that of the run; each kind has its own.
    pub opened_month: String,
    pub downloaded_month: String,
    pub reported_month: String,
    pub only_pending: bool,
    pub at_once: String,
    /// Empty: all.
    pub operators: Vec<String>,
    pub to: Vec<String>,
    pub attach_csv: bool,
    pub language: String,
    pub only_if_pending: bool,
    pub executions_days: String,
    pub jobs_days: String,
    pub webhooks_days: String,
    pub emails_days: String,
    pub runs_days: String,
    pub uploads_hours: String,
    pub documents: bool,
    pub target: String,
    pub encrypt: bool,
    pub keep_last: String,
    pub keep_weekly: String,
    pub keep_monthly: String,
}

impl Parameters {
    /// Takes over what is there for a kind; the rest stays.
    pub fn read(&mut self, kind: ScheduleKind, value: &Value) {
        let number = |key: &str, into: &mut String| {
            if let Some(number) = value.get(key).and_then(Value::as_i64) {
                *into = number.to_string();
            }
        };
        let text = |key: &str, into: &mut String| {
            if let Some(text) = value.get(key).and_then(Value::as_str) {
                text.clone_into(into);
            }
        };
        let flag = |key: &str, into: &mut bool| {
            if let Some(flag) = value.get(key).and_then(Value::as_bool) {
                *into = flag;
            }
        };
        let list = |key: &str, into: &mut Vec<String>| {
            if let Some(list) = value.get(key).and_then(Value::as_array) {
                *into = list.iter().filter_map(|one| one.as_str().map(str::to_owned)).collect();
            }
        };
        match kind {
            ScheduleKind::OpenMonth => number("month_offset", &mut self.opened_month),
            ScheduleKind::StartDownloads => {
                flag("apenas_processos_pendentes", &mut self.only_pending);
                number("limite_execucoes_simultaneas", &mut self.at_once);
                list("operator_ids", &mut self.operators);
                number("month_offset", &mut self.downloaded_month);
            }
            ScheduleKind::SendReport => {
                list("to", &mut self.to);
                number("month_offset", &mut self.reported_month);
                flag("attach_csv", &mut self.attach_csv);
                text("language", &mut self.language);
                flag("only_if_pending", &mut self.only_if_pending);
            }
            ScheduleKind::CleanUp => {
                number("executions_days", &mut self.executions_days);
                number("jobs_days", &mut self.jobs_days);
                number("webhooks_days", &mut self.webhooks_days);
                number("emails_days", &mut self.emails_days);
                number("runs_days", &mut self.runs_days);
                number("uploads_hours", &mut self.uploads_hours);
            }
            ScheduleKind::BackUp => {
                flag("documents", &mut self.documents);
                text("target", &mut self.target);
                flag("encrypt", &mut self.encrypt);
                number("keep_last", &mut self.keep_last);
                number("keep_weekly", &mut self.keep_weekly);
                number("keep_monthly", &mut self.keep_monthly);
            }
        }
    }

    /// What a kind is told. Fields that are no number are missing from it, and in `wrong`.
    pub fn write(&self, kind: ScheduleKind, wrong: &mut Wrong) -> Map<String, Value> {
        let mut told = Map::new();
        // The field's key follows from its whole name, which `wrong` needs.
        let mut tell = |field: &'static str, value: Option<Value>| {
            let key = field.strip_prefix("parameters.").unwrap_or(field);
            if let Some(value) = value {
                told.insert(key.to_owned(), value);
            }
        };
        let mut count = |field: &'static str, text: &str| number::<i64>(text, field, wrong).map(Value::from);
        match kind {
            ScheduleKind::OpenMonth => {
                tell("month_offset", count("parameters.month_offset", &self.opened_month));
            }
            ScheduleKind::StartDownloads => {
                tell("apenas_processos_pendentes", Some(self.only_pending.into()));
                let field = "parameters.limite_execucoes_simultaneas";
                tell(field, count(field, &self.at_once));
                tell("operator_ids", Some(self.operators.clone().into()));
                tell("month_offset", count("parameters.month_offset", &self.downloaded_month));
            }
            ScheduleKind::SendReport => {
                tell("to", Some(self.to.clone().into()));
                tell("month_offset", count("parameters.month_offset", &self.reported_month));
                tell("attach_csv", Some(self.attach_csv.into()));
                tell("language", Some(self.language.clone().into()));
                tell("only_if_pending", Some(self.only_if_pending.into()));
            }
            ScheduleKind::CleanUp => {
                for (field, text) in [
                    ("parameters.executions_days", &self.executions_days),
                    ("parameters.jobs_days", &self.jobs_days),
                    ("parameters.webhooks_days", &self.webhooks_days),
                    ("parameters.emails_days", &self.emails_days),
                    ("parameters.runs_days", &self.runs_days),
                    ("parameters.uploads_hours", &self.uploads_hours),
                ] {
                    tell(field, count(field, text));
                }
            }
            ScheduleKind::BackUp => {
                tell("documents", Some(self.documents.into()));
                tell("target", Some(self.target.trim().into()));
                tell("encrypt", Some(self.encrypt.into()));
                for (field, text) in [
                    ("parameters.keep_last", &self.keep_last),
                    ("parameters.keep_weekly", &self.keep_weekly),
                    ("parameters.keep_monthly", &self.keep_monthly),
                ] {
                    tell(field, count(field, text));
                }
            }
        }
        told
    }
}
