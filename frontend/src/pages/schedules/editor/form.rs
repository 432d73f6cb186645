//! The form of a schedule: what is typed, and the schedule that it makes.

mod limits;
mod parameters;
mod rule;
#[cfg(test)]
mod tests;

use chrono::NaiveDate;
use esteira_shared::{
    dto::schedules::{ScheduleCreate, ScheduleDto, ScheduleKindDto, ScheduleState, ScheduleUpdate},
    schedule::{Exception, Schedule},
    status::{CatchUp, Overlap, ScheduleKind},
};

pub use limits::LimitsForm;
pub use parameters::Parameters;
pub use rule::RuleForm;

use crate::{
    hooks::{self, FieldWords, merge_fields},
    i18n::tr,
};

/// What keeps the form from being a schedule: the field, as the server would name it, and what to do.
pub type Wrong = Vec<(&'static str, &'static str)>;

#[derive(Debug, Clone, PartialEq)]
pub struct ScheduleForm {
    pub name: String,
    pub kind: ScheduleKind,
    pub parameters: Parameters,
    pub rule: RuleForm,
    pub limits: LimitsForm,
    pub exceptions: Vec<Exception>,
    pub running: RunningForm,
    pub active: bool,
    pub version: i32,
}

/// What happens when something gets in its way.
#[derive(Debug, Clone, PartialEq)]
pub struct RunningForm {
    /// Wire words.
    pub catch_up: String,
    pub catch_up_hours: String,
    pub overlap: String,
    pub pause_after_failures: String,
}

impl ScheduleForm {
    /// A new one, with what its kind usually begins with.
    pub fn fresh(kinds: &[ScheduleKindDto], timezone: &str, today: NaiveDate) -> Self {
        let kind = kinds.first().map_or(ScheduleKind::OpenMonth, |first| first.kind);
        let mut parameters = Parameters::default();
        for one in kinds {
            parameters.read(one.kind, &one.parameters);
        }
        Self {
            name: String::new(),
            kind,
            parameters,
            rule: RuleForm::usual(kind, timezone, today),
            limits: LimitsForm::default(),
            exceptions: Vec::new(),
            running: RunningForm {
                catch_up: catch_up_of(kinds, kind).as_str().to_owned(),
                catch_up_hours: "24".to_owned(),
                overlap: Overlap::Skip.as_str().to_owned(),
                pause_after_failures: "5".to_owned(),
            },
            active: true,
            version: 0,
        }
    }

    pub fn of(saved: &ScheduleDto, today: NaiveDate) -> Self {
        let mut parameters = Parameters::default();
        parameters.read(saved.kind, &saved.parameters);
        Self {
            name: saved.name.clone(),
            kind: saved.kind,
            parameters,
            rule: RuleForm::of(&saved.schedule, today),
            limits: LimitsForm::of(&saved.schedule),
            exceptions: saved.schedule.exceptions.clone(),
            running: RunningForm {
                catch_up: saved.catch_up.as_str().to_owned(),
                catch_up_hours: saved.catch_up_hours.to_string(),
                overlap: saved.overlap.as_str().to_owned(),
                pause_after_failures: saved.pause_after_failures.to_string(),
            },
            active: saved.state != ScheduleState::Disabled,
            version: saved.version,
        }
    }

    /// Another kind was chosen: what nobody has touched becomes what that kind usually has.
    pub fn choose(&mut self, kind: ScheduleKind, kinds: &[ScheduleKindDto], today: NaiveDate) {
        let timezone = self.rule.timezone.clone();
        if self.rule == RuleForm::usual(self.kind, &timezone, today) {
            self.rule = RuleForm::usual(kind, &timezone, today);
        }
        if self.running.catch_up == catch_up_of(kinds, self.kind).as_str() {
            catch_up_of(kinds, kind).as_str().clone_into(&mut self.running.catch_up);
        }
        self.kind = kind;
    }

    /// # Errors
    /// What is not filled in, or is no number, date or time. Whether the rule makes sense is for the server to say.
    pub fn schedule(&self) -> Result<Schedule, Wrong> {
        let mut wrong = Wrong::new();
        let rule = self.rule.rule(&mut wrong);
        let window = self.limits.window(&mut wrong);
        let jitter_seconds = number(&self.limits.jitter_seconds, "jitter_seconds", &mut wrong);
        match (rule, jitter_seconds) {
            (Some(rule), Some(jitter_seconds)) if wrong.is_empty() => Ok(Schedule {
                timezone: self.rule.timezone.trim().to_owned(),
                rule,
                start: self.rule.start,
                end: self.rule.end,
                window,
                skip_weekends: self.limits.skip_weekends,
                skip_holidays: self.limits.skip_holidays,
                calendars: self.limits.calendars.clone(),
                blackouts: self.limits.blackouts.clone(),
                roll: self.limits.roll.parse().unwrap_or_default(),
                exceptions: self.exceptions.clone(),
                jitter_seconds,
            }),
            _ => Err(wrong),
        }
    }

    /// # Errors
    /// As [`ScheduleForm::schedule`], with what is wrong beside the rule.
    pub fn create(&self) -> Result<ScheduleCreate, Wrong> {
        let update = self.update()?;
        Ok(ScheduleCreate {
            name: update.name,
            kind: self.kind,
            parameters: update.parameters,
            schedule: update.schedule,
            catch_up: Some(update.catch_up),
            catch_up_hours: update.catch_up_hours,
            overlap: update.overlap,
            pause_after_failures: update.pause_after_failures,
            active: update.active,
        })
    }

    /// # Errors
    /// As [`ScheduleForm::create`].
    pub fn update(&self) -> Result<ScheduleUpdate, Wrong> {
        let schedule = self.schedule();
        let mut wrong = schedule.as_ref().err().cloned().unwrap_or_default();
        let parameters = self.parameters.write(self.kind, &mut wrong);
        let hours = number(&self.running.catch_up_hours, "catch_up_hours", &mut wrong);
        let failures = number(&self.running.pause_after_failures, "pause_after_failures", &mut wrong);
        match (schedule, hours, failures) {
            (Ok(schedule), Some(hours), Some(failures)) if wrong.is_empty() => Ok(ScheduleUpdate {
                name: self.name.trim().to_owned(),
                parameters: parameters.into(),
                schedule,
                catch_up: self.running.catch_up.parse().unwrap_or(CatchUp::Last),
                catch_up_hours: hours,
                overlap: self.running.overlap.parse().unwrap_or(Overlap::Skip),
                pause_after_failures: failures,
                active: self.active,
                version: self.version,
            }),
            _ => Err(wrong),
        }
    }
}

fn catch_up_of(kinds: &[ScheduleKindDto], kind: ScheduleKind) -> CatchUp {
    let found = kinds.iter().find(|one| one.kind == kind);
    found.map_or(CatchUp::Last, |found| found.catch_up)
}

/// A whole number that was typed.
fn number<N: std::str::FromStr>(text: &str, field: &'static str, wrong: &mut Wrong) -> Option<N> {
    let read = text.trim().parse().ok();
    if read.is_none() {
        wrong.push((field, tr!(schedule_editor.not_a_number)));
    }
    read
}

impl hooks::Form for ScheduleForm {
    fn merge(&mut self, base: &Self, theirs: &Self) -> Vec<String> {
        self.version = theirs.version;
        merge_fields!(self, base, theirs;
            name => tr!(schedules.name),
            parameters => tr!(schedule_editor.parameters),
            rule => tr!(schedule_editor.when),
            limits => tr!(schedule_editor.limits),
            exceptions => tr!(schedule_editor.exceptions),
            running => tr!(schedule_editor.running),
            active => tr!(schedule_editor.active),
        )
    }
}

macro_rules! only_changed {
    ($($name:ty),+) => {$(
        impl FieldWords for $name {
            fn words(&self) -> String {
                tr!(schedule_editor.changed).to_owned()
            }
        }
    )+};
}

only_changed!(Parameters, RuleForm, LimitsForm, RunningForm);

impl FieldWords for Vec<Exception> {
    fn words(&self) -> String {
        self.len().to_string()
    }
}
