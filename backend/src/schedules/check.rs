//! Whether a schedule can be saved as somebody wants it.

use esteira_shared::{
    dto::schedules::ScheduleProblemDto,
    error::{ErrorCode, FieldCode, FieldError},
    ids::{OrganizationId, ScheduleId},
    permission::Permission,
    reason::{Reason, ReasonDto},
    schedule::{BuiltIn, Calendars, Exception, Problem, Schedule},
    status::ScheduleKind,
};
use serde_json::{Map, Value, json};

use crate::{
    app::App,
    auth::{Actor, Principal},
    db::{DbConn, Tx},
    error::{AppError, AppResult},
    language,
    scheduler::{self, Planned},
};

/// Where a rule stands in what is sent.
pub(super) const RULE: &str = "schedule.";

/// The calendars that a rule may name; nothing is read when it names only built-in ones.
pub(super) async fn calendars(
    conn: &mut DbConn,
    organization: OrganizationId,
    schedule: &Schedule,
) -> AppResult<Calendars> {
    let built_in = |name: &String| BuiltIn::named(name).is_some();
    if schedule.calendars.iter().all(built_in) {
        return Ok(Calendars::default());
    }
    Ok(scheduler::calendars(conn, organization).await?)
}

/// Checks a rule and what the kind is told, and answers with the parameters as they are kept. `old` is the rule that it
/// replaces.
///
/// # Errors
/// `validation`, with the problems of the rule in the reader's language as `details.problems`.
pub(super) async fn saving(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    id: ScheduleId,
    wanted: Wanted<'_>,
    old: Option<&Schedule>,
) -> AppResult<Value> {
    let organization = actor.organization_id;
    let rule = rule(tx, actor, id, wanted.schedule, old).await?;
    let parameters = app.kinds.check(tx, organization, wanted.kind, wanted.parameters).await;
    match (rule, parameters) {
        (Ok(()), Ok(parameters)) => {
            check_changes(app, tx, organization, wanted, &parameters).await?;
            Ok(parameters)
        }
        (Ok(()), Err(error)) => Err(error),
        (Err(problems), Ok(_)) => Err(refused(&problems, RULE)),
        (Err(problems), Err(error)) if error.code() == ErrorCode::Validation => {
            let mut fields = fields(&problems, RULE);
            fields.extend_from_slice(error.fields());
            Err(AppError::validation(fields).with_details(told(&problems, RULE)))
        }
        (Err(_), Err(error)) => Err(error),
    }
}

/// An exception that changes parameters must leave some that the kind takes, or its run would fail at its time.
async fn check_changes(
    app: &App,
    tx: &mut Tx,
    organization: OrganizationId,
    wanted: Wanted<'_>,
    parameters: &Value,
) -> AppResult<()> {
    let mut seen: Vec<&Map<String, Value>> = Vec::new();
    for (place, exception) in wanted.schedule.exceptions.iter().enumerate() {
        let Exception::Modify { changes, .. } = exception else {
            continue;
        };
        if seen.contains(&changes) {
            continue;
        }
        seen.push(changes);
        let mut changed = parameters.clone();
        if let Some(all) = changed.as_object_mut() {
            all.extend(changes.clone());
        }
        let checked = app.kinds.check(tx, organization, wanted.kind, &changed).await;
        let Err(error) = checked else { continue };
        if error.code() != ErrorCode::Validation {
            return Err(error);
        }
        let field = |field: &FieldError| {
            let name = field.field.strip_prefix("parameters.").unwrap_or(&field.field);
            let name = format!("{RULE}exceptions.{place}.changes.{name}");
            FieldError::new(&name, field.code, field.message.clone())
        };
        return Err(AppError::validation(error.fields().iter().map(field).collect()));
    }
    Ok(())
}

/// Whether somebody may make and change schedules of a kind.
pub(super) fn may_make(app: &App, who: &Principal, kind: ScheduleKind) -> bool {
    who.may(Permission::ManageSchedules) && needed(app, kind).is_none_or(|needed| who.may(needed))
}

/// # Errors
/// `forbidden` of a kind for which `schedules:manage` is not enough.
pub(super) fn allowed(app: &App, who: &Principal, kind: ScheduleKind) -> AppResult<()> {
    needed(app, kind).map_or(Ok(()), |needed| who.require(needed))
}

fn needed(app: &App, kind: ScheduleKind) -> Option<Permission> {
    app.kinds.fact(kind)?.needs
}

/// What somebody wants to save.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub(super) kind: ScheduleKind,
    pub(super) parameters: &'a Value,
    pub(super) schedule: &'a Schedule,
}

/// Whether a rule can be saved now, instead of an old one.
async fn rule(
    tx: &mut Tx,
    actor: &Actor,
    id: ScheduleId,
    schedule: &Schedule,
    old: Option<&Schedule>,
) -> AppResult<Result<(), Vec<Problem>>> {
    let calendars = calendars(tx.conn(), actor.organization_id, schedule).await?;
    let plan = match scheduler::plan(id, schedule, &calendars) {
        Ok(plan) => plan,
        Err(problems) => return Ok(Err(problems)),
    };
    // Who gives it another name need not mend what time has done to its rule.
    if old == Some(schedule) {
        return Ok(Ok(()));
    }
    let now = tx.now();
    let Err(mut problems) = plan.check_saving(now) else {
        return Ok(Ok(()));
    };
    if let Some(old) = old {
        let calendars = self::calendars(tx.conn(), actor.organization_id, old).await?;
        let before = scheduler::plan(id, old, &calendars).map_or_else(|_| Ok(()), |plan| plan.check_saving(now));
        // Nor what an exception did that was there before.
        let before = before.err().unwrap_or_default();
        problems.retain(|problem| !passed(problem) || !before.contains(problem));
    }
    Ok(if problems.is_empty() { Ok(()) } else { Err(problems) })
}

fn passed(problem: &Problem) -> bool {
    matches!(problem.reason, Reason::RescheduleInPast { .. })
}

/// A rule made ready.
///
/// # Errors
/// `validation`, as [`saving`].
pub(super) fn planned(id: ScheduleId, schedule: &Schedule, calendars: &Calendars) -> AppResult<Planned> {
    scheduler::plan(id, schedule, calendars).map_err(|problems| refused(&problems, RULE))
}

/// A refusal for what cannot be. `within` stands before the names of the fields.
pub(super) fn refused(problems: &[Problem], within: &str) -> AppError {
    AppError::validation(fields(problems, within)).with_details(told(problems, within))
}

fn fields(problems: &[Problem], within: &str) -> Vec<FieldError> {
    let field = |problem: &Problem| {
        let error = FieldError::from(problem.clone());
        FieldError::new(&format!("{within}{}", error.field), error.code, error.message)
    };
    problems.iter().map(field).collect()
}

fn told(problems: &[Problem], within: &str) -> Value {
    let tell = |problem: &Problem| ScheduleProblemDto {
        field: format!("{within}{}", problem.field),
        reason: ReasonDto::new(&problem.reason, language::current()),
    };
    json!({ "problems": problems.iter().map(tell).collect::<Vec<_>>() })
}

/// What a field was refused for, for who reads it among others.
pub(super) fn field_problem(field: &FieldError) -> Reason {
    let why = match field.code {
        FieldCode::Required => Reason::MustNotBeEmpty {},
        FieldCode::Unknown => Reason::NotKnown {},
        _ => Reason::NotTaken {},
    };
    Reason::FieldProblem {
        field: field.field.clone(),
        why: Box::new(why),
    }
}
