//! Schedules, their runs, and maintenance.

mod files;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    error::{FieldCode, FieldError, words},
    ids::{JobId, MaintenanceId, ScheduleId, ScheduleRunId},
    instant::Instant,
    reason::ReasonDto,
    schedule::{Exception, Schedule},
    status::{
        CatchUp, JobStatus, MaintenanceArea, MissedCause, Overlap, PauseCause, RunOrigin, ScheduleKind,
        ScheduleRunStatus,
    },
    validate::{Fields, Validate},
};

pub use self::files::{
    CalendarFileDto, ScheduleFileDto, ScheduleFileFormat, ScheduleImport, ScheduleImportDto, ScheduleImportLineDto,
    ScheduleImportNoteDto, ScheduleLineOutcome,
};

/// Slots that a catch-up runs at most; more stay missed.
pub const CATCH_UP_RUNS: i32 = 50;
/// Slots of one backfill.
pub const BACKFILL_RUNS: usize = 500;
/// A year.
pub const CATCH_UP_HOURS: i32 = 8_784;

words! {
    /// Whether a schedule fires.
    ScheduleState {
        Active = "active",
        Paused = "paused",
        Disabled = "disabled",
    }
}

/// A schedule as lists and its page show it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScheduleDto {
    pub id: ScheduleId,
    /// Unique in the organisation.
    pub name: String,
    pub kind: ScheduleKind,
    /// As the kind takes them.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub parameters: Value,
    pub schedule: Schedule,
    /// The rule in words, in the language of `Accept-Language`.
    pub description: String,
    pub catch_up: CatchUp,
    /// Slots older than this are not caught up with.
    pub catch_up_hours: i32,
    pub overlap: Overlap,
    /// Pauses after this many failures in a row; 0 never.
    pub pause_after_failures: i32,
    pub state: ScheduleState,
    /// Present when paused.
    pub pause: Option<PauseDto>,
    /// When it fires next; absent when it does not.
    pub next: Option<SlotDto>,
    /// The last run that began.
    pub last: Option<ScheduleRunDto>,
    pub failures_in_row: i32,
    /// Slots that did not run and wait for somebody's word.
    pub missed: i64,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PauseDto {
    pub at: Instant,
    pub cause: PauseCause,
    /// Who paused it; absent when the program did.
    pub by: Option<String>,
    pub note: Option<String>,
}

/// One slot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SlotDto {
    /// When it fires.
    pub at: Instant,
    /// The same in the schedule's zone, `2026-05-04T10:00`.
    pub local: String,
    /// What the rule gives, as an instant: the slot's identity.
    pub nominal_at: Instant,
}

/// A slot that ran, or did not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScheduleRunDto {
    pub id: ScheduleRunId,
    pub schedule_id: ScheduleId,
    pub schedule_name: String,
    pub kind: ScheduleKind,
    pub nominal_at: Instant,
    /// When it was to fire: the nominal time after everything that moved it.
    pub due_at: Instant,
    pub origin: RunOrigin,
    pub status: ScheduleRunStatus,
    /// Why it was missed.
    pub cause: Option<MissedCause>,
    /// The run that was unfinished then.
    pub blocked_by: Option<ScheduleRunId>,
    pub job_id: Option<JobId>,
    pub job_status: Option<JobStatus>,
    /// Who asked for it.
    pub requested_by: Option<String>,
    /// What moved it from its nominal time.
    pub moved: Vec<ReasonDto>,
    /// When its job was queued.
    pub fired_at: Option<Instant>,
    /// `fired_at` after `due_at`, when nobody asked for it.
    pub late_ms: Option<i64>,
    pub ended_at: Option<Instant>,
    /// From its firing to its end.
    pub took_ms: Option<i64>,
    /// What it did, as its kind says.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub result: Option<Value>,
    /// Why it failed.
    pub failure: Option<ReasonDto>,
}

/// A schedule to be made or to be replaced.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScheduleCreate {
    pub name: String,
    pub kind: ScheduleKind,
    /// Left out: those that the kind has by itself.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub parameters: Value,
    pub schedule: Schedule,
    /// Left out: what suits the kind.
    #[serde(default)]
    pub catch_up: Option<CatchUp>,
    #[serde(default = "a_day")]
    pub catch_up_hours: i32,
    #[serde(default = "skip")]
    pub overlap: Overlap,
    #[serde(default = "five")]
    pub pause_after_failures: i32,
    #[serde(default = "yes")]
    pub active: bool,
}

/// The kind stays what it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScheduleUpdate {
    pub name: String,
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub parameters: Value,
    pub schedule: Schedule,
    pub catch_up: CatchUp,
    pub catch_up_hours: i32,
    pub overlap: Overlap,
    pub pause_after_failures: i32,
    pub active: bool,
    pub version: i32,
}

const fn a_day() -> i32 {
    24
}

const fn five() -> i32 {
    5
}

const fn yes() -> bool {
    true
}

const fn skip() -> Overlap {
    Overlap::Skip
}

impl Validate for ScheduleCreate {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        let mut fields = Fields::new();
        check(&mut fields, &self.name, self.catch_up_hours, self.pause_after_failures);
        fields.finish()
    }
}

impl Validate for ScheduleUpdate {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        let mut fields = Fields::new();
        check(&mut fields, &self.name, self.catch_up_hours, self.pause_after_failures);
        fields.finish()
    }
}

/// The rule itself is checked by `schedule::Plan`, with the zones and calendars at hand.
fn check(fields: &mut Fields, name: &str, catch_up_hours: i32, pause_after_failures: i32) {
    fields.text("name", name, 100);
    if !(1..=CATCH_UP_HOURS).contains(&catch_up_hours) {
        let message = format!("between 1 and {CATCH_UP_HOURS}");
        fields.push("catch_up_hours", FieldCode::OutOfRange, message);
    }
    if !(0..=100).contains(&pause_after_failures) {
        fields.push("pause_after_failures", FieldCode::OutOfRange, "between 0 and 100");
    }
}

word_list! {
    /// Kinds of schedules.
    ScheduleKinds of ScheduleKind, read by str::parse::<ScheduleKind>, for example "EXECUTAR_DOWNLOADS,BACKUP_DADOS"
}

/// Filters of the list of schedules.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams, utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(deny_unknown_fields)]
pub struct ScheduleQuery {
    /// Part of the name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
    #[serde(default, skip_serializing_if = "ScheduleKinds::is_empty")]
    pub kind: ScheduleKinds,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<ScheduleState>,
    /// Those whose last run failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failing: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
}

word_list! {
    /// Statuses of schedules' runs.
    RunStatuses of ScheduleRunStatus, read by str::parse::<ScheduleRunStatus>, for example "failed,missed"
}

/// What is wrong with one field of a rule, in the reader's language. A refusal lists them as `details.problems`, in the
/// order of `fields`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScheduleProblemDto {
    /// Path of the field as sent, for example `schedule.rule.times`.
    pub field: String,
    #[serde(flatten)]
    pub reason: ReasonDto,
}

/// Filters of a schedule's history.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(deny_unknown_fields)]
pub struct ScheduleRunQuery {
    #[serde(default, skip_serializing_if = "RunStatuses::is_empty")]
    pub status: RunStatuses,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
}

/// Filters of the list of missed slots.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(deny_unknown_fields)]
pub struct MissedQuery {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule_id: Option<ScheduleId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<MissedCause>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
}

/// Numbers of a schedule's last 90 days.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScheduleFiguresDto {
    pub succeeded: i64,
    pub failed: i64,
    pub cancelled: i64,
    pub missed: i64,
    /// Of the runs that nobody asked for.
    pub late_ms_p50: Option<i64>,
    pub late_ms_p99: Option<i64>,
    pub took_ms_p50: Option<i64>,
    pub took_ms_p95: Option<i64>,
}

/// Which part of what a saved schedule will do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(deny_unknown_fields)]
pub struct SchedulePreviewQuery {
    /// Left out: now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Instant>,
    /// Left out: 10.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SchedulePause {
    /// Why; everybody who sees the schedule reads it.
    #[serde(default)]
    pub note: Option<String>,
}

impl Validate for SchedulePause {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        let mut fields = Fields::new();
        fields.optional_text("note", self.note.as_deref(), 500);
        fields.finish()
    }
}

/// Which schedules a bulk action is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SchedulesTarget {
    /// At most 1,000.
    Ids(Vec<ScheduleId>),
    /// All that match.
    Filter(ScheduleQuery),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SchedulesPause {
    pub target: SchedulesTarget,
    #[serde(default)]
    pub note: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SchedulesResume {
    pub target: SchedulesTarget,
}

impl Validate for SchedulesPause {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        let mut fields = Fields::new();
        self.target.check(&mut fields);
        fields.optional_text("note", self.note.as_deref(), 500);
        fields.finish()
    }
}

impl Validate for SchedulesResume {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        let mut fields = Fields::new();
        self.target.check(&mut fields);
        fields.finish()
    }
}

impl SchedulesTarget {
    fn check(&self, fields: &mut Fields) {
        if let Self::Ids(ids) = self
            && !(1..=1_000).contains(&ids.len())
        {
            fields.push("target.ids", FieldCode::OutOfRange, "between 1 and 1000 ids");
        }
    }
}

/// How many an action took.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SchedulesChanged {
    pub changed: i64,
    /// Were so already, or could not be.
    pub unchanged: i64,
}

/// Which missed slots.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MissedTarget {
    /// At most 1,000.
    Ids(Vec<ScheduleRunId>),
    /// All that match; `cursor` and `limit` are not looked at.
    All {
        #[serde(default)]
        schedule_id: Option<ScheduleId>,
        #[serde(default)]
        cause: Option<MissedCause>,
    },
}

/// "Run now", "run all" or "dismiss".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MissedAct {
    pub target: MissedTarget,
    /// Needed for kinds that write to people.
    #[serde(default)]
    pub confirm_messages: bool,
}

impl Validate for MissedAct {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        let mut fields = Fields::new();
        if let MissedTarget::Ids(ids) = &self.target
            && !(1..=1_000).contains(&ids.len())
        {
            fields.push("target.ids", FieldCode::OutOfRange, "between 1 and 1000 ids");
        }
        fields.finish()
    }
}

/// Runs a slot of the past once more.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(deny_unknown_fields)]
pub struct ScheduleRunAgainQuery {
    /// Needed for kinds that write to people.
    #[serde(default)]
    pub confirm_messages: bool,
}

/// Runs the slots of a range of the past, those that succeeded or are under way excepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BackfillRequest {
    /// First and last day, in the schedule's zone.
    pub from: NaiveDate,
    pub to: NaiveDate,
    /// Only says what it would run.
    #[serde(default)]
    pub dry_run: bool,
    /// How many run at once, 1 to 10.
    #[serde(default = "one")]
    pub concurrency: i32,
    /// Needed for kinds that write to people.
    #[serde(default)]
    pub confirm_messages: bool,
}

const fn one() -> i32 {
    1
}

impl Validate for BackfillRequest {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        let mut fields = Fields::new();
        if self.to < self.from {
            fields.push("to", FieldCode::OutOfRange, "must not be before `from`");
        }
        if !(1..=10).contains(&self.concurrency) {
            fields.push("concurrency", FieldCode::OutOfRange, "between 1 and 10");
        }
        fields.finish()
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BackfillDto {
    /// What runs, or would run; at most 500.
    pub slots: Vec<BackfillSlotDto>,
    /// There are more slots in the range than one backfill takes.
    pub more: bool,
    /// Whether the kind writes to people, so that `confirm_messages` is needed.
    pub to_people: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BackfillSlotDto {
    pub nominal_at: Instant,
    /// In the schedule's zone.
    pub local: String,
    /// What became of it so far; absent when nothing is known.
    pub status: Option<ScheduleRunStatus>,
    /// Whether this backfill takes it.
    pub runs: bool,
}

/// A schedule's exceptions, with what each does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScheduleExceptionsDto {
    pub exceptions: Vec<ScheduleExceptionDto>,
    pub version: i32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScheduleExceptionDto {
    pub exception: Exception,
    /// The rule gives no slot that it is about.
    pub unmatched: bool,
}

/// Replaces all exceptions of a schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScheduleExceptionsUpdate {
    pub exceptions: Vec<Exception>,
    pub version: i32,
}

/// What a kind of schedule is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScheduleKindDto {
    pub kind: ScheduleKind,
    /// What a new one begins with.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub parameters: Value,
    pub catch_up: CatchUp,
    /// It writes to people.
    pub to_people: bool,
    /// Whether who asks may make and change schedules of this kind.
    pub may_make: bool,
}

/// A time in which something rests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MaintenanceDto {
    pub id: MaintenanceId,
    pub area: MaintenanceArea,
    pub reason: String,
    pub starts_at: Instant,
    /// It ends by itself then.
    pub ends_at: Instant,
    /// Somebody ended it before.
    pub ended_at: Option<Instant>,
    /// It holds now.
    pub active: bool,
    pub created_by: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MaintenanceCreate {
    pub area: MaintenanceArea,
    pub reason: String,
    /// Left out: now.
    #[serde(default)]
    pub starts_at: Option<Instant>,
    pub ends_at: Instant,
}

impl Validate for MaintenanceCreate {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        let mut fields = Fields::new();
        fields.text("reason", &self.reason, 200);
        if self.starts_at.is_some_and(|start| start >= self.ends_at) {
            fields.push("ends_at", FieldCode::OutOfRange, "must be after `starts_at`");
        }
        fields.finish()
    }
}
