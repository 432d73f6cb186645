//! Fires what is due, many schedules in one transaction.

use std::collections::HashMap;

use diesel::QueryResult;
use esteira_shared::{
    ids::{JobId, OrganizationId, ScheduleId},
    instant::Instant,
    reason::Reason,
    status::{MissedCause, Overlap, RunOrigin},
};

use super::{
    Slot,
    decide::{self, Fate, Situation, Verdict},
    due::{self, DueRow, Open, Rest},
    planner::{Ahead, Planned, Planner, Ready, sound},
    slots::passed,
    write::{Advance, Writes},
};
use crate::{db::Tx, error::AppResult};

/// What was done.
#[derive(Debug, Default)]
pub(super) struct Fired {
    /// Schedules that were due.
    pub(super) schedules: usize,
    /// Slots that got their row.
    pub(super) slots: usize,
    /// Jobs whose end is to be asked for, after the commit: their rows are locked before the schedules' everywhere else.
    pub(super) cancels: Vec<(OrganizationId, JobId)>,
    measured: Vec<Measured>,
}

/// One slot, for the metrics.
#[derive(Debug, Clone, Copy)]
enum Measured {
    Fired { late_s: f64 },
    Waits,
    Missed(MissedCause),
}

/// Fires up to `most` schedules that are due.
///
/// # Errors
/// When the database refuses; then nothing fired.
pub(super) async fn fire_due(tx: &mut Tx, planner: &Planner, now: Instant, most: i64) -> AppResult<Fired> {
    let due = due::take(tx, now, most).await?;
    let mut fired = Fired {
        schedules: due.len(),
        ..Fired::default()
    };
    if due.is_empty() {
        return Ok(fired);
    }
    let mut plans = planner.ready(tx.conn(), &due).await?;
    let around = Around::of(tx, &due, now).await?;
    let mut writes = Writes::new(now);
    for row in &due {
        // A row that is gone meanwhile has no plan, and nothing to write to.
        let Some(ready) = plans.remove(&row.id) else { continue };
        match ready.and_then(|mut ready| forward(row, &mut ready, now)) {
            Ok(step) => {
                let step = around.unwritten(tx, row, step).await?;
                around.judge(row, step, true, &mut writes, &mut fired);
            }
            Err(why) => writes.unusable(row, &why),
        }
    }
    fired.slots = writes.apply(tx).await?;
    Ok(fired)
}

/// Gives a row to each slot of one schedule that passed. Those of the last moments still fire, older ones stay missed.
/// Returns how the row stands after that.
///
/// # Errors
/// When the database refuses.
pub(super) async fn settle(tx: &mut Tx, row: &DueRow, plan: &Planned, now: Instant) -> AppResult<Option<Advance>> {
    let rows = std::slice::from_ref(row);
    let Ok(step) = step(row, plan, Ahead::of(plan, row.settled_at), now) else {
        return Ok(None);
    };
    let around = Around::of(tx, rows, now).await?;
    let (mut writes, mut fired) = (Writes::new(now), Fired::default());
    let step = around.unwritten(tx, row, step).await?;
    let advance = step.advance.clone();
    around.judge(row, step, false, &mut writes, &mut fired);
    fired.slots = writes.apply(tx).await?;
    fired.measure();
    Ok(Some(advance))
}

/// The slots of a schedule that are due, and how its row stands when they have their rows.
struct Step {
    slots: Vec<Slot>,
    advance: Advance,
}

fn forward(row: &DueRow, ready: &mut Ready, now: Instant) -> Result<Step, Reason> {
    let ahead = ready.ahead(row)?;
    step(row, &ready.plan, ahead, now)
}

fn step(row: &DueRow, plan: &Planned, ahead: Ahead, now: Instant) -> Result<Step, Reason> {
    let is_due = |slot: &Option<Slot>| slot.as_ref().is_some_and(|slot| slot.due_at <= now);
    let Ahead { first, second } = ahead;
    let (slots, next) = if !is_due(&first) {
        (Vec::new(), first)
    } else if !is_due(&second) {
        (Vec::from_iter(first), second)
    } else {
        let (passed, next) = sound(|| {
            let passed = passed(plan, row.settled_at, now);
            (passed, Ahead::of(plan, now).first)
        })?;
        if passed.more {
            tracing::warn!(
                schedule = %row.id, since = %*row.settled_at, kept = passed.slots.len(),
                "many slots of a schedule passed unseen; only the newest are kept"
            );
        }
        (passed.slots, next)
    };
    let settled_at = slots.last().map_or(row.settled_at, |slot| slot.due_at);
    let advance = Advance {
        id: row.id,
        settled_at,
        next: next.map(|slot| (slot.nominal_at, slot.due_at)),
    };
    Ok(Step { slots, advance })
}

/// What decides about slots beside their schedules.
struct Around {
    now: Instant,
    rests: HashMap<OrganizationId, Vec<Rest>>,
    open: HashMap<ScheduleId, Vec<Open>>,
}

impl Around {
    async fn of(tx: &mut Tx, rows: &[DueRow], now: Instant) -> AppResult<Self> {
        Ok(Self {
            now,
            rests: due::rests(tx.conn(), rows, now).await?,
            open: due::open(tx.conn(), rows).await?,
        })
    }

    /// Without the slots that have their row already: after a change of the rule, of a calendar or of the clock one may come
    /// round again. It would run no more, but others would wait for it or be cancelled for it. One slot alone does neither
    /// unless it cancels, and its second row is not written anyway.
    async fn unwritten(&self, tx: &mut Tx, row: &DueRow, mut step: Step) -> QueryResult<Step> {
        let cancels = row.overlap == Overlap::CancelPrevious && self.open.contains_key(&row.id);
        if step.slots.len() > 1 || (cancels && !step.slots.is_empty()) {
            let nominal = step.slots.iter().map(|slot| slot.nominal_at);
            let written = due::written(tx.conn(), row, nominal.collect()).await?;
            step.slots.retain(|slot| !written.contains(&slot.nominal_at));
        }
        Ok(step)
    }

    fn judge(&self, row: &DueRow, step: Step, catches_up: bool, writes: &mut Writes, fired: &mut Fired) {
        let situation = Situation {
            now: self.now,
            rests: self
                .rests
                .get(&row.organization_id)
                .map(Vec::as_slice)
                .unwrap_or_default(),
            open: self.open.get(&row.id).map(Vec::as_slice).unwrap_or_default(),
            catches_up,
        };
        let Verdict {
            decided,
            cancels,
            gives_up,
        } = decide::decide(row, step.slots, &situation);
        let ends = cancels.into_iter().map(|job| (row.organization_id, job));
        fired.cancels.extend(ends);
        writes.gives_up.extend(gives_up);
        for one in &decided {
            fired.measured.push(Measured::of(one.fate, &one.slot, self.now));
        }
        writes.slots(row, decided);
        writes.advances.push(step.advance);
    }
}

impl Measured {
    fn of(fate: Fate, slot: &Slot, now: Instant) -> Self {
        match fate {
            Fate::Runs(RunOrigin::Schedule) => Self::Fired {
                late_s: (now - slot.due_at).as_seconds_f64(),
            },
            Fate::Runs(_) | Fate::Waits(..) => Self::Waits,
            Fate::Missed(cause) => Self::Missed(cause),
            Fate::Blocked(_) => Self::Missed(MissedCause::Overlap),
        }
    }
}

impl Fired {
    /// Shows it in the metrics; once it is committed.
    pub(super) fn measure(&self) {
        for one in &self.measured {
            let outcome = match one {
                Measured::Fired { late_s } => {
                    metrics::histogram!("esteira_schedule_lateness_seconds").record(*late_s);
                    "fired"
                }
                Measured::Waits => "later",
                Measured::Missed(cause) => cause.as_str(),
            };
            metrics::counter!("esteira_schedule_slots_total", "outcome" => outcome).increment(1);
        }
    }
}
