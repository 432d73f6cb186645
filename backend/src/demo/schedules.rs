//! What the demonstration does by itself, and how that went lately.

use chrono::TimeDelta;
use diesel::prelude::*;
use esteira_shared::{
    ids::{ScheduleId, ScheduleRunId},
    instant::Instant,
    reason::Reason,
    schedule::{Occurrence, Schedule, Step},
    status::{CatchUp, MissedCause, Overlap, PauseCause, RunOrigin, ScheduleKind, ScheduleRunStatus},
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    app::App,
    auth::Actor,
    db::{
        RunQueryDsl, Tx,
        schema::{schedule_runs, schedules},
        sql_types::Json,
    },
    fold::fold,
    scheduler::{self, ScheduleRow},
    with_conn,
};

/// One schedule to be.
struct Wanted {
    name: &'static str,
    kind: ScheduleKind,
    parameters: Value,
    /// The rule as it travels.
    schedule: Value,
    /// How many of its last slots have a row.
    past: usize,
    /// A person paused it, with this note.
    paused: Option<&'static str>,
}

/// How far back slots are looked for.
const BACK: TimeDelta = TimeDelta::days(150);

fn wanted() -> Vec<Wanted> {
    vec![
        Wanted {
            name: "Abertura do mês",
            kind: ScheduleKind::OpenMonth,
            parameters: json!({ "month_offset": 0 }),
            schedule: json!({
                "timezone": "America/Sao_Paulo",
                "rule": { "type": "monthly", "day": 1, "times": ["06:00"] },
            }),
            past: 4,
            paused: None,
        },
        Wanted {
            name: "Downloads pendentes",
            kind: ScheduleKind::StartDownloads,
            parameters: json!({ "limite_execucoes_simultaneas": 5 }),
            schedule: json!({
                "timezone": "America/Sao_Paulo",
                "rule": { "type": "daily", "times": ["07:00"] },
                "window": { "start": "06:00", "end": "20:00" },
                "skip_weekends": true,
                "skip_holidays": true,
                "calendars": ["br-national"],
            }),
            past: 24,
            paused: None,
        },
        Wanted {
            name: "Relatório da segunda-feira",
            kind: ScheduleKind::SendReport,
            parameters: json!({ "to": ["diretoria@demo.example"], "attach_csv": true }),
            schedule: json!({
                "timezone": "America/Sao_Paulo",
                "rule": { "type": "weekly", "weekdays": ["mon"], "times": ["08:30"] },
                "skip_holidays": true,
                "calendars": ["br-national"],
                "roll": "next_business_day",
            }),
            past: 9,
            paused: None,
        },
        Wanted {
            name: "Limpeza semanal",
            kind: ScheduleKind::CleanUp,
            parameters: json!({}),
            schedule: json!({
                "timezone": "America/Sao_Paulo",
                "rule": { "type": "weekly", "weekdays": ["sun"], "times": ["04:00"] },
            }),
            past: 6,
            paused: Some("A auditoria externa ainda precisa dos registros antigos."),
        },
        Wanted {
            name: "Backup da madrugada",
            kind: ScheduleKind::BackUp,
            parameters: json!({}),
            schedule: json!({
                "timezone": "America/Sao_Paulo",
                "rule": { "type": "daily", "times": ["03:00"] },
            }),
            past: 28,
            paused: None,
        },
    ]
}

/// Makes the schedules with a few weeks of their history, one slot of which nobody was there for.
pub(super) async fn fill(app: &App, manager: &Actor) -> anyhow::Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    let calendars = scheduler::calendars(tx.conn(), manager.organization_id).await?;
    for wanted in wanted() {
        // What the program does not have cannot be scheduled.
        let Some(facts) = app.kinds.fact(wanted.kind) else {
            continue;
        };
        let parameters = app
            .kinds
            .check(&mut tx, manager.organization_id, wanted.kind, &wanted.parameters)
            .await?;
        let rule: Schedule = serde_json::from_value(wanted.schedule.clone())?;
        let mut row = row(manager, &wanted, facts.catch_up, now);
        row.parameters = Json(parameters);
        row.schedule = Json(serde_json::to_value(&rule)?);
        with_conn!(tx.conn(), |c| diesel::insert_into(schedules::table)
            .values(&row)
            .execute(c)
            .await)?;
        scheduler::replan(&mut tx, &mut row).await?;
        let plan = scheduler::plan(row.id, &rule, &calendars).map_err(|problems| anyhow::anyhow!("{problems:?}"))?;
        let passed: Vec<Occurrence> = plan
            .after(now - BACK)
            .filter_map(|step| match step {
                Step::Fires(occurrence) => Some(occurrence),
                Step::Dropped(_) => None,
            })
            .take_while(|occurrence| occurrence.at < now)
            .collect();
        for (back, slot) in passed.into_iter().rev().take(wanted.past).enumerate() {
            let end = end(&row, back, &slot);
            write(&mut tx, &row, slot, end).await?;
        }
    }
    Ok(tx.commit().await?)
}

/// Made some months ago, by the manager.
fn row(manager: &Actor, wanted: &Wanted, catch_up: CatchUp, now: Instant) -> ScheduleRow {
    let made = now - BACK;
    ScheduleRow {
        id: ScheduleId(Uuid::now_v7()),
        organization_id: manager.organization_id,
        name: wanted.name.to_owned(),
        sort_name: fold(wanted.name),
        kind: wanted.kind,
        parameters: Json(Value::Null),
        schedule: Json(Value::Null),
        catch_up,
        catch_up_hours: 24,
        overlap: Overlap::Skip,
        pause_after_failures: 5,
        failures_in_row: 0,
        active: true,
        paused_at: wanted.paused.map(|_| now - TimeDelta::days(3)),
        paused_by: manager.user_id.filter(|_| wanted.paused.is_some()),
        pause_note: wanted.paused.map(str::to_owned),
        pause_cause: wanted.paused.map(|_| PauseCause::Person),
        next_nominal_at: None,
        next_at: None,
        settled_at: now,
        created_by: manager.user_id,
        created_at: made,
        updated_at: made,
        version: 1,
    }
}

/// What became of a slot.
enum End {
    /// With what it did.
    Done {
        took: TimeDelta,
        result: Value,
    },
    Failed {
        took: TimeDelta,
        why: Reason,
    },
    Missed(MissedCause),
}

/// By how many slots ago it was, so that the history has something of everything.
fn end(row: &ScheduleRow, back: usize, slot: &Occurrence) -> End {
    let step = i64::try_from(back).unwrap_or(0);
    let took = |least: i64, most: i64| TimeDelta::milliseconds(least + (step * 7_919 + 311) % (most - least));
    let month = slot.local.format("%Y-%m").to_string();
    match (row.kind, back) {
        (ScheduleKind::StartDownloads, 2) => End::Missed(MissedCause::Down),
        (ScheduleKind::StartDownloads, 9) => End::Failed {
            took: took(30_000, 31_000),
            why: Reason::RobotsNotThere { status: 503 },
        },
        (ScheduleKind::StartDownloads, _) => End::Done {
            took: took(900, 4_200),
            result: json!({
                "month": month, "started": 4 + step % 9, "skips": 0, "skipped": [], "failures": 0, "failed": [],
            }),
        },
        (ScheduleKind::OpenMonth, _) => End::Done {
            took: took(1_400, 2_600),
            result: json!({ "month": month, "opened": 60 + step % 3, "existed": 0, "failures": 0, "failed": [] }),
        },
        (ScheduleKind::SendReport, _) => End::Done {
            took: took(2_000, 6_000),
            result: json!({ "month": month, "sent": 1 }),
        },
        (ScheduleKind::CleanUp, _) => End::Done {
            took: took(3_000, 9_000),
            result: json!({
                "removed": { "executions": 3 + step, "jobs": 120 + step * 7, "webhooks": 41 + step * 2, "emails": 9 },
                "bytes": {
                    "executions": 1_500_000 + step * 90_000, "jobs": 96_000 + step * 5_600,
                    "webhooks": 61_000 + step * 3_000, "emails": 143_000,
                },
                "failed": [],
            }),
        },
        (ScheduleKind::BackUp, _) => End::Done {
            took: took(6_000, 14_000),
            result: json!({
                "name": format!("esteira-{}.tar", slot.local.format("%Y-%m-%d")),
                "size_bytes": 4_200_000 - step * 31_000, "rows": 9_800 - step * 60, "proof_ms": 1_900 + step * 13,
            }),
        },
    }
}

async fn write(tx: &mut Tx, row: &ScheduleRow, slot: Occurrence, end: End) -> QueryResult<()> {
    let begun = slot.at + TimeDelta::milliseconds(140);
    let (status, cause, ended, result, failure) = match end {
        End::Done { took, result } => (
            ScheduleRunStatus::Succeeded,
            None,
            Some(begun + took),
            Some(Json(result)),
            None,
        ),
        End::Failed { took, why } => (ScheduleRunStatus::Failed, None, Some(begun + took), None, Some(why)),
        End::Missed(cause) => (ScheduleRunStatus::Missed, Some(cause), None, None, None),
    };
    let moved: Value = slot.moved.iter().map(Reason::stored).collect();
    with_conn!(tx.conn(), |c| diesel::insert_into(schedule_runs::table)
        .values((
            schedule_runs::id.eq(ScheduleRunId(Uuid::now_v7())),
            schedule_runs::organization_id.eq(row.organization_id),
            schedule_runs::schedule_id.eq(row.id),
            schedule_runs::nominal_at.eq(slot.nominal_at),
            schedule_runs::due_at.eq(slot.at),
            schedule_runs::origin.eq(RunOrigin::Schedule),
            schedule_runs::status.eq(status),
            schedule_runs::cause.eq(cause),
            schedule_runs::moved.eq(Json(moved)),
            schedule_runs::changes.eq(Json(json!({}))),
            schedule_runs::fired_at.eq(ended.map(|_| begun)),
            schedule_runs::ended_at.eq(ended),
            schedule_runs::result.eq(result),
            schedule_runs::failure.eq(failure),
            schedule_runs::created_at.eq(slot.at),
        ))
        .execute(c)
        .await)?;
    Ok(())
}
