//! Schedules from a file, by name: crontabs, the former system's list, and what this program exported. A row that cannot
//! be taken stops no other.

mod calendars;

use std::collections::HashMap;

use diesel::prelude::*;
use esteira_shared::{
    dto::schedules::{
        ScheduleCreate, ScheduleImport, ScheduleImportDto, ScheduleImportLineDto, ScheduleImportNoteDto,
        ScheduleLineOutcome, ScheduleProblemDto, ScheduleUpdate,
    },
    error::{ErrorCode, FieldCode},
    ids::{OrganizationId, ScheduleId},
    permission::Permission,
    reason::{Reason, ReasonDto},
    schedule::{Problem, describe},
    schedule_file::{self, FileRow, Unsaid},
    status::ScheduleKind,
    validate::Validate as _,
};
use serde_json::json;

use super::{check, rules, view};
use crate::{
    app::App,
    auth::{
        Principal,
        audit::{self, AuditAction, NOTHING, Subject},
    },
    db::{RunQueryDsl, Tx, schema::schedules},
    error::{AppError, AppResult},
    fold::fold,
    language,
    scheduler::ScheduleRow,
    with_conn,
};

/// Takes what can be taken. A dry run is the same with a transaction that is not committed, so that it tells the truth.
/// `timezone` holds for rules that name none.
///
/// # Errors
/// `validation` when the file cannot be read at all; `forbidden` of calendars, and of kinds of schedules, by who may not
/// change them.
pub(super) async fn take(
    app: &App,
    tx: &mut Tx,
    who: &Principal,
    import: &ScheduleImport,
    timezone: &str,
) -> AppResult<ScheduleImportDto> {
    let unsaid = Unsaid {
        timezone: import.timezone.as_deref().unwrap_or(timezone),
        kind: import.kind,
    };
    let rows = schedule_file::read(import.format, &import.text, unsaid).map_err(unreadable)?;
    if !rows.calendars.is_empty() {
        who.require(Permission::WriteRegistry)?;
    }
    let actor = &who.actor();
    let mut taken = ScheduleImportDto::default();
    let notes = rows.notes.iter().map(|(line, note)| ScheduleImportNoteDto {
        line: *line,
        reason: told(note),
    });
    taken.notes = notes.collect();
    for row in rows.calendars {
        let (line, name) = (row.line, row.name);
        let outcome = match row.read {
            Ok(file) => calendars::merge(tx, actor, &file).await?,
            Err(reason) => Err(vec![reason]),
        };
        add(&mut taken, line, name, None, outcome);
    }
    let mut lines = HashMap::new();
    for row in rows.schedules {
        one(app, tx, who, row, &mut lines, &mut taken).await?;
    }
    if taken.created + taken.updated > 0 {
        let counts = json!({
            "created": taken.created, "updated": taken.updated, "unchanged": taken.unchanged, "refused": taken.refused,
        });
        let subject = Subject::new("schedule", None, import.format.as_str());
        audit::record(tx, actor, AuditAction::ScheduleImport, subject, NOTHING, Some(&counts)).await?;
    }
    Ok(taken)
}

fn unreadable(reason: Reason) -> AppError {
    let problem = Problem {
        field: "text".to_owned(),
        code: FieldCode::Invalid,
        reason,
    };
    check::refused(&[problem], "")
}

/// What became of a row, or why it was refused.
type Outcome = Result<ScheduleLineOutcome, Vec<Reason>>;

/// `lines` are the names that the file had so far, each with its line.
async fn one(
    app: &App,
    tx: &mut Tx,
    who: &Principal,
    row: FileRow<ScheduleCreate>,
    lines: &mut HashMap<String, i64>,
    taken: &mut ScheduleImportDto,
) -> AppResult<()> {
    let FileRow { line, name, read } = row;
    let earlier = lines.insert(fold(&name), line).filter(|_| !name.is_empty());
    let about = read.as_ref().ok().map(|read| {
        let description = describe(&read.schedule, language::current());
        (read.kind, description)
    });
    let outcome = match (earlier, read) {
        (Some(line), _) => Err(vec![Reason::FileNameTwice { line }]),
        (None, Err(reason)) => Err(vec![reason]),
        (None, Ok(read)) => match save(app, tx, who, read).await {
            Ok(outcome) => outcome,
            Err(error) if error.code() == ErrorCode::Validation => Err(problems(&error)),
            Err(error) => return Err(error),
        },
    };
    add(taken, line, name, about, outcome);
    Ok(())
}

async fn save(app: &App, tx: &mut Tx, who: &Principal, wanted: ScheduleCreate) -> AppResult<Outcome> {
    wanted.validate()?;
    let (organization, actor) = (who.organization_id, &who.actor());
    let Some(mut row) = named(tx, organization, &wanted.name).await? else {
        check::allowed(app, who, wanted.kind)?;
        rules::insert(app, tx, actor, wanted).await?;
        return Ok(Ok(ScheduleLineOutcome::Create));
    };
    if row.kind != wanted.kind {
        let kind = row.kind.to_string();
        return Ok(Err(vec![Reason::KindStays { kind }]));
    }
    // A crontab says nothing of them.
    let parameters = if wanted.parameters.is_null() {
        row.parameters.0.clone()
    } else {
        app.kinds.check(tx, organization, row.kind, &wanted.parameters).await?
    };
    let wanted = ScheduleCreate {
        parameters,
        catch_up: wanted.catch_up.or(Some(row.catch_up)),
        ..wanted
    };
    if wanted == view::kept(&row)? {
        return Ok(Ok(ScheduleLineOutcome::Unchanged));
    }
    check::allowed(app, who, row.kind)?;
    let update = ScheduleUpdate {
        name: wanted.name,
        parameters: wanted.parameters,
        schedule: wanted.schedule,
        catch_up: wanted.catch_up.unwrap_or(row.catch_up),
        catch_up_hours: wanted.catch_up_hours,
        overlap: wanted.overlap,
        pause_after_failures: wanted.pause_after_failures,
        active: wanted.active,
        version: row.version,
    };
    rules::change(app, tx, actor, &mut row, update).await?;
    Ok(Ok(ScheduleLineOutcome::Update))
}

/// The schedule of a name, held until the transaction ends.
async fn named(tx: &mut Tx, organization: OrganizationId, name: &str) -> AppResult<Option<ScheduleRow>> {
    let found: Option<ScheduleId> = with_conn!(tx.conn(), |c| schedules::table
        .filter(schedules::organization_id.eq(organization))
        .filter(schedules::sort_name.eq(fold(name)))
        .select(schedules::id)
        .first(c)
        .await
        .optional())?;
    match found {
        Some(id) => ScheduleRow::lock(tx, organization, id).await,
        None => Ok(None),
    }
}

/// What was refused, for a list in which each line stands for itself.
fn problems(error: &AppError) -> Vec<Reason> {
    let told = error.details().and_then(|details| details.get("problems")).cloned();
    let told: Vec<ScheduleProblemDto> = told
        .and_then(|told| serde_json::from_value(told).ok())
        .unwrap_or_default();
    let others = error
        .fields()
        .iter()
        .filter(|field| !told.iter().any(|told| told.field == field.field))
        .map(check::field_problem);
    told.iter().map(of_rule).chain(others).collect()
}

/// A reason that does not say by itself what it is about gets the name of the field.
fn of_rule(problem: &ScheduleProblemDto) -> Reason {
    let why = problem.reason.reason();
    let vague = matches!(
        why,
        Reason::MustNotBeEmpty {}
            | Reason::AtMost { .. }
            | Reason::MustBeBetween { .. }
            | Reason::MustCount { .. }
            | Reason::EndBeforeStart {}
            | Reason::ExceptionsOverlap { .. }
    );
    if vague {
        let field = problem.field.strip_prefix(check::RULE).unwrap_or(&problem.field);
        Reason::FieldProblem {
            field: field.to_owned(),
            why: Box::new(why),
        }
    } else {
        why
    }
}

/// `about` is the kind and the rule in words.
fn add(
    taken: &mut ScheduleImportDto,
    line: i64,
    name: String,
    about: Option<(ScheduleKind, String)>,
    outcome: Outcome,
) {
    let (kind, description) = about.unzip();
    let (outcome, problems) = match outcome {
        Ok(outcome) => (outcome, Vec::new()),
        Err(problems) => (ScheduleLineOutcome::Refused, problems),
    };
    let count = match outcome {
        ScheduleLineOutcome::Create => &mut taken.created,
        ScheduleLineOutcome::Update => &mut taken.updated,
        ScheduleLineOutcome::Unchanged => &mut taken.unchanged,
        ScheduleLineOutcome::Refused => &mut taken.refused,
    };
    *count += 1;
    taken.lines.push(ScheduleImportLineDto {
        line,
        name,
        kind,
        outcome,
        description: description
            .filter(|_| outcome != ScheduleLineOutcome::Refused)
            .unwrap_or_default(),
        problems: problems.iter().map(told).collect(),
    });
}

fn told(reason: &Reason) -> ReasonDto {
    language::told(reason).1
}
