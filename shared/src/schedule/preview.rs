//! What a schedule will do, before it is saved.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    Schedule,
    calendar::Calendars,
    civil::written,
    describe::describe,
    pipeline::{Dropped, LISTED, Occurrence, Step},
    plan::Plan,
    validate::{Problem, Problems},
    zone::{Zone, Zones},
};
use crate::{
    error::FieldCode,
    instant::Instant,
    language::Language,
    reason::{Reason, ReasonDto},
};

/// Occurrences in one answer.
pub const PREVIEW_COUNT: u32 = 1_000;

/// A schedule, and what is asked about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PreviewRequest {
    #[serde(flatten)]
    pub schedule: Schedule,
    /// Occurrences after this instant.
    pub from: Instant,
    /// How many, at most 1,000.
    #[serde(default = "ten")]
    pub count: u32,
}

fn ten() -> u32 {
    10
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Preview {
    /// The schedule in words.
    pub description: String,
    pub occurrences: Vec<PreviewOccurrence>,
    /// What does not run, up to the last occurrence.
    pub skipped: Vec<PreviewSkipped>,
    /// More was skipped than is listed.
    pub skipped_more: bool,
    /// Nothing runs after `from`.
    pub never_fires: bool,
    pub warnings: Vec<ReasonDto>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PreviewOccurrence {
    pub at: Instant,
    /// The same in the schedule's zone, `2026-05-04T10:00`.
    pub local: String,
    /// The date and time that the rule gives, in the schedule's zone.
    pub nominal: String,
    /// What moved it from there.
    pub moved: Vec<ReasonDto>,
    /// What exceptions change for it.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub changes: Map<String, Value>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PreviewSkipped {
    /// The date and time that the rule gives, in the schedule's zone.
    pub nominal: String,
    #[serde(flatten)]
    pub reason: ReasonDto,
}

/// The next occurrences of a schedule and what is skipped between them.
///
/// # Errors
/// Everything in the request that cannot be, each with its field.
pub fn preview(
    request: &PreviewRequest,
    zones: &impl Zones,
    calendars: &Calendars,
    language: Language,
) -> Result<Preview, Vec<Problem>> {
    let PreviewRequest { schedule, from, count } = request;
    let plan = Plan::new(schedule, zones, calendars);
    let mut problems = Problems::default();
    if !(1..=PREVIEW_COUNT).contains(count) {
        let reason = Reason::MustBeBetween {
            least: 1,
            most: PREVIEW_COUNT.into(),
        };
        problems.push("count", FieldCode::OutOfRange, reason);
    }
    match (plan, problems.finish()) {
        (Ok(plan), Ok(())) => Ok(preview_of(&plan, schedule, *from, *count, language)),
        (plan, count) => Err([plan.err(), count.err()].into_iter().flatten().flatten().collect()),
    }
}

/// The same of a schedule that is ready, with the delays of its own jitter.
#[must_use]
pub fn preview_of<Z: Zone>(
    plan: &Plan<Z>,
    schedule: &Schedule,
    from: Instant,
    count: u32,
    language: Language,
) -> Preview {
    let mut steps = plan.after(from);
    let mut occurrences: Vec<Occurrence> = Vec::new();
    let mut skipped: Vec<Dropped> = Vec::new();
    let mut skipped_more = false;
    for step in &mut steps {
        let is_full = occurrences.len() == count as usize;
        match step {
            Step::Fires(_) if is_full => break,
            Step::Fires(occurrence) => occurrences.push(occurrence),
            // What is dropped at the very instant of the last occurrence belongs to it.
            Step::Dropped(dropped) if is_full && occurrences.last().is_some_and(|last| dropped.at > last.at) => break,
            Step::Dropped(dropped) if skipped.len() < LISTED as usize => skipped.push(dropped),
            Step::Dropped(_) => skipped_more = true,
        }
    }
    skipped_more |= steps.jumped();
    let mut warnings = plan.warnings(from);
    if let Some(date) = steps.roll_exhausted() {
        warnings.push(Reason::RollExhausted { date: date.to_string() });
    }
    let said = |reasons: &[Reason]| reasons.iter().map(|reason| ReasonDto::new(reason, language)).collect();
    Preview {
        description: describe(schedule, language),
        never_fires: occurrences.is_empty(),
        occurrences: occurrences
            .into_iter()
            .map(|occurrence| PreviewOccurrence {
                at: occurrence.at,
                local: written(occurrence.local),
                nominal: written(occurrence.nominal),
                moved: said(&occurrence.moved),
                changes: occurrence.changes,
            })
            .collect(),
        skipped: skipped
            .into_iter()
            .map(|dropped| PreviewSkipped {
                nominal: written(dropped.nominal),
                reason: ReasonDto::new(&dropped.reason, language),
            })
            .collect(),
        skipped_more,
        warnings: said(&warnings),
    }
}
