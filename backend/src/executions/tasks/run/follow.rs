//! Follows a robot at work until its API says how it ended.

use std::{
    mem,
    pin::pin,
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use esteira_shared::{
    reason::Reason,
    status::{ExecutionStatus, ExecutionType, LogLevel, ProcessStatus},
};
use tokio::sync::mpsc;

use super::{Robot, log};
use crate::{
    engine::{CANCEL_DEADLINE, Failure},
    executions::{
        apply::Report,
        end::{self, Trouble},
        model::ExecutionChanges,
        settings,
    },
    integrations::rpa::{
        Cancelled, ExternalJobId, Mask, RpaConnection, RpaError, RpaJob, RpaLogList, RpaStatus, failure,
    },
    processes::model::Process,
};

/// How a robot was last seen.
pub(super) enum Ended {
    Reported(Report),
    /// Somebody asked for the end, and the API says that nothing works any more.
    Cancelled(Reason),
    /// Somebody asked for the end; the text is the API's answer. The robot may still be at work.
    Abandoned(Reason),
    /// The API is silent, or does not know the job any more.
    Lost(Trouble),
}

/// Between two questions: soon while things change, rarely when they do not.
const FIRST_WAIT: Duration = Duration::from_millis(300);
const LONGEST_WAIT: Duration = Duration::from_secs(4);
/// Between two questions while the API does not answer as it should.
const SILENT_WAIT: Duration = Duration::from_secs(1);
/// Between two questions while a robot is being cancelled.
const CANCEL_WAIT: Duration = Duration::from_millis(300);
/// Before the engine ends the job by itself.
const MARGIN: Duration = Duration::from_secs(2);
/// A job that is not found may be new there, or the API may have restarted. So it is asked for this often, and for this
/// long.
const NOT_FOUND: u32 = 4;
const NOT_FOUND_FOR: Duration = Duration::from_secs(30);
/// After the end, for the rest of the log.
const LOG_END: Duration = Duration::from_secs(10);
const CANCEL_LOG_END: Duration = Duration::from_millis(500);
const STEP: &str = "ACOMPANHAMENTO";

impl Robot<'_> {
    /// Returns when the robot is over or given up. Keeps its log meanwhile.
    pub(super) async fn follow(
        &mut self,
        connection: &RpaConnection,
        external: &ExternalJobId,
    ) -> Result<Ended, Failure> {
        let job = self.job;
        let (lines, taken) = mpsc::channel(log::AHEAD);
        let mut keep = pin!(log::keep(job, self.execution.id, taken));
        let cursor = log::cursor(job, self.execution.id).await?;
        let shared = log::Shared::new(connection, self.mask.clone(), cursor);
        let work = async {
            let lines = lines;
            let mut tail = pin!(log::tail(&job.app, external, lines.clone(), &shared));
            let mut tailed = false;
            let mut watch = pin!(self.watch(external, &lines, &shared));
            let mut ended = loop {
                tokio::select! {
                    ended = &mut watch => break ended?,
                    () = &mut tail, if !tailed => tailed = true,
                }
            };
            shared.over.cancel();
            // The engine ends a job that is being cancelled soon.
            let patience = if job.is_cancelled() { CANCEL_LOG_END } else { LOG_END };
            if !tailed && tokio::time::timeout(patience, tail).await.is_err() {
                job.warn(Reason::RestOfLogLate {});
                let told = Reason::EndOfLogUnread {};
                // Waits for its place among the lines. When nobody keeps them any more, they tell nothing either.
                let _ = lines.send(log::Lines::own(&job.app, LogLevel::Warn, &told)).await;
            }
            if let Ended::Reported(report) = &mut ended
                && shared.none.load(Ordering::Relaxed)
            {
                let told = RpaLogList::from(mem::take(&mut report.logs));
                // Nobody keeps lines any more only when the lease is lost.
                let _ = log::listed(&job.app, &lines, &shared, &told, true).await;
            }
            Ok(ended.masked(&shared.mask))
        };
        let mut work = pin!(work);
        tokio::select! {
            ended = &mut work => {
                // All senders are gone with `work`'s end, so this ends when the last line is kept.
                keep.await?;
                ended
            }
            // Only a lost lease ends the keeping of lines early.
            kept = &mut keep => {
                kept?;
                work.await
            }
        }
    }

    async fn watch(
        &mut self,
        external: &ExternalJobId,
        lines: &mpsc::Sender<log::Lines>,
        shared: &log::Shared,
    ) -> Result<Ended, Failure> {
        let job = self.job;
        let mut connection = shared.connection();
        let mut wait = FIRST_WAIT;
        let mut silent_since: Option<Instant> = None;
        let mut not_found: Option<(Instant, u32)> = None;
        let mut token_told = false;
        loop {
            let mut left_alone = false;
            let seen = tokio::select! {
                seen = job.app.rpa.job(&connection, external) => seen,
                () = job.cancelled() => return self.cancel(&connection, external, lines).await,
            };
            match seen {
                Ok(mut seen) => {
                    if seen.status.has_begun() {
                        shared.begun.store(true, Ordering::Relaxed);
                    }
                    // An API without a log of its own may tell lines along with the status.
                    if shared.none.load(Ordering::Relaxed) && !seen.status.is_over() {
                        let told = RpaLogList::from(seen.logs.take().unwrap_or_default());
                        // Nobody keeps lines any more only when the lease is lost.
                        let _ = log::listed(&job.app, lines, shared, &told, false).await;
                    }
                    token_told = false;
                    if silent_since.take().is_some() {
                        settings::token_accepted(&job.app, self.execution.organization_id, &connection.url).await?;
                        self.say(lines, LogLevel::Info, &Reason::RobotsAnswerAgain {});
                    }
                    not_found = None;
                    let over = seen.status.is_over();
                    match self.show(&seen).await {
                        Ok(changed) => wait = if changed { FIRST_WAIT } else { wait },
                        // The database is away for a moment: the robot is not.
                        Err(Failure::Technical(error)) if !over => {
                            tracing::warn!(error = format!("{error:#}"), "what a robot said cannot be written yet");
                        }
                        Err(failure) => return Err(failure),
                    }
                    if over {
                        return Ok(Ended::Reported(self.report(seen)));
                    }
                    match self.judge(&seen.status, lines).await {
                        Ok(()) => shared.slow.store(self.is_freed(), Ordering::Relaxed),
                        Err(Failure::Technical(error)) => {
                            tracing::warn!(error = format!("{error:#}"), "what a robot said cannot be written yet");
                        }
                        Err(failure) => return Err(failure),
                    }
                    if let Some(minutes) = self.too_long() {
                        return match self.not_understood(&seen.status) {
                            // What may be over is not cancelled.
                            Some(said) => Ok(Ended::unknown(Reason::RobotNeverClear {
                                minutes,
                                said: Box::new(said),
                            })),
                            None => self.stop_late(&connection, external, minutes).await,
                        };
                    }
                }
                Err(error @ RpaError::TooLong(_)) => {
                    let action = error.action();
                    return Ok(Ended::Lost(Trouble {
                        step: Some("RESULTADO".to_owned()),
                        action,
                        unknown: true,
                        ..Trouble::new(error.reason())
                    }));
                }
                Err(RpaError::NotFound) => {
                    let (since, times) = not_found.map_or((Instant::now(), 1), |(since, times)| (since, times + 1));
                    not_found = Some((since, times));
                    let enough = NOT_FOUND_FOR.min(job.app.config.robots.patience);
                    if times >= NOT_FOUND && since.elapsed() >= enough {
                        return Ok(Ended::unknown(Reason::RobotJobForgotten {
                            job: external.to_string(),
                        }));
                    }
                }
                Err(error) => {
                    if silent_since.is_none() {
                        let chain = self.mask.text(format!("{error:#}"));
                        tracing::info!(execution = %self.execution.id, error = chain, "a robot cannot be asked about");
                        let line = Reason::RobotsMisbehave {
                            error: Box::new(error.reason()),
                        };
                        self.say(lines, LogLevel::Warn, &line);
                    }
                    let since = *silent_since.get_or_insert_with(Instant::now);
                    if matches!(error, RpaError::Unauthorized) && !token_told {
                        token_told = true;
                        self.tell_token(&connection.url).await?;
                    }
                    let patience = job.app.config.robots.patience;
                    if since.elapsed() >= patience {
                        return Ok(Ended::unknown(Reason::RobotsSilentAbout {
                            seconds: patience.as_secs(),
                            job: external.to_string(),
                            error: Box::new(error.reason()),
                        }));
                    }
                    // A token may have been renewed meanwhile.
                    connection = self.reconnect(&connection.url).await?;
                    shared.reconnect(connection.clone());
                    wait = wait.min(SILENT_WAIT);
                    if let RpaError::Later { after, .. } = error {
                        // As long as it asks for, but at the end of the patience it is asked for the last time.
                        wait = after.min(patience.saturating_sub(since.elapsed())).max(SILENT_WAIT);
                        left_alone = true;
                    }
                }
            }
            let slow = shared.slow.load(Ordering::Relaxed);
            tokio::select! {
                () = tokio::time::sleep(if slow { wait.max(log::SLOW) } else { wait }) => {}
                () = shared.ended.notified(), if !slow && !left_alone => {}
                () = job.cancelled() => return self.cancel(&connection, external, lines).await,
            }
            wait = (wait * 3 / 2).min(LONGEST_WAIT);
        }
    }

    /// Shows what the API said; true when something changed.
    async fn show(&mut self, seen: &RpaJob) -> Result<bool, Failure> {
        let begins = seen.status.has_begun() && self.execution.status == ExecutionStatus::Pendente;
        // A robot that says less than before is not believed.
        let progress = seen
            .progress
            .map(i32::from)
            .filter(|progress| *progress > self.execution.progress);
        if !begins && progress.is_none() {
            return Ok(false);
        }
        let mut tx = self.job.begin().await?;
        let mut changes = ExecutionChanges {
            progress,
            ..ExecutionChanges::default()
        };
        if begins {
            changes.status = Some(ExecutionStatus::Executando);
            changes.data_inicio = Some(Some(tx.now()));
        }
        let changed = self.execution.change(&mut tx, changes).await?;
        if begins && self.execution.tipo == ExecutionType::DownloadFatura {
            let process = Process::lock(&mut tx, self.execution.organization_id, self.execution.process_id).await?;
            // Otherwise a person went on without the robot.
            if process.status == ProcessStatus::AguardandoDownload {
                end::begin_process(&mut tx, &end::robot(&self.execution), &process).await?;
            }
        }
        tx.commit().await?;
        self.execution = changed;
        Ok(true)
    }

    async fn tell_token(&mut self, endpoint: &str) -> Result<(), Failure> {
        // Not under the claim: who waits for the organisation must not hold up heartbeats.
        let mut tx = self.job.app.db.begin().await?;
        settings::token_refused(&mut tx, self.execution.organization_id, endpoint).await?;
        Ok(tx.commit().await?)
    }

    /// Minutes allowed, when the robot has taken more.
    fn too_long(&self) -> Option<i32> {
        let began = self.execution.data_inicio.or(self.execution.start_sent_at)?;
        let took = self.job.app.clock.now() - began;
        let most = self.settings.max_minutes;
        (took > chrono::TimeDelta::minutes(i64::from(most))).then_some(most)
    }

    async fn stop_late(
        &mut self,
        connection: &RpaConnection,
        external: &ExternalJobId,
        minutes: i32,
    ) -> Result<Ended, Failure> {
        let asked = self.job.app.rpa.cancel(connection, external).await;
        let cause = match asked {
            Ok(_) => Reason::RobotTooLong { minutes },
            Err(error) => Reason::RobotTooLongNotCancelled {
                minutes,
                error: Box::new(error.reason()),
            },
        };
        Ok(Ended::Lost(Trouble {
            step: Some(STEP.to_owned()),
            action: Some(Reason::CheckRobotThenRunAgain {}),
            ..Trouble::new(cause)
        }))
    }

    /// Asks the API to end the job, and waits for its answer as long as the engine allows.
    async fn cancel(
        &mut self,
        connection: &RpaConnection,
        external: &ExternalJobId,
        lines: &mpsc::Sender<log::Lines>,
    ) -> Result<Ended, Failure> {
        let job = self.job;
        let until = Instant::now() + CANCEL_DEADLINE.saturating_sub(MARGIN);
        self.say(lines, LogLevel::Info, &Reason::AskingToCancel {});
        let asked = tokio::time::timeout_at(until.into(), job.app.rpa.cancel(connection, external)).await;
        let refusal = match asked {
            Ok(Ok(Cancelled::Accepted)) => None,
            Ok(Ok(Cancelled::AlreadyOver)) => Some(Reason::CancelRefused {}),
            Ok(Err(error)) => Some(Reason::CancelFailed {
                error: Box::new(error.reason()),
            }),
            Err(_) => Some(Reason::CancelUnanswered {}),
        };
        if let Some(refusal) = &refusal {
            self.say(lines, LogLevel::Warn, refusal);
        }
        while Instant::now() < until {
            let seen = tokio::time::timeout_at(until.into(), job.app.rpa.job(connection, external)).await;
            match seen {
                Ok(Ok(seen)) if seen.status == RpaStatus::Cancelled => {
                    return Ok(Ended::Cancelled(Reason::CancelledConfirmed {}));
                }
                // It was over before it heard of this.
                Ok(Ok(seen)) if seen.status.is_over() => return Ok(Ended::Reported(self.report(seen))),
                Ok(Err(RpaError::NotFound)) => {
                    return Ok(Ended::Cancelled(Reason::CancelledJobForgotten {}));
                }
                _ => tokio::time::sleep(CANCEL_WAIT).await,
            }
        }
        let why = refusal.unwrap_or(Reason::CancelUnconfirmed {});
        Ok(Ended::Abandoned(Reason::CancelledHere { why: Box::new(why) }))
    }

    /// A line of our own in the robot's log.
    pub(super) fn say(&self, lines: &mpsc::Sender<log::Lines>, level: LogLevel, message: &Reason) {
        let message = self.mask.reason(message.clone());
        // Left out when too much waits to be kept: following must not wait for that.
        let _ = lines.try_send(log::Lines::own(&self.job.app, level, &message));
    }

    fn report(&self, seen: RpaJob) -> Report {
        Report {
            error: failure::of_job(&seen.body, &|text| self.mask.text(text)),
            logs: seen.logs.unwrap_or_default(),
            payload: seen.payload.unwrap_or(seen.body),
            too_much: seen.too_much,
            status: seen.status,
            mask: self.mask.clone(),
            _place: seen.place,
        }
    }
}

impl Ended {
    /// Nobody knows how the robot ended.
    fn unknown(cause: Reason) -> Self {
        Self::Lost(Trouble {
            step: Some(STEP.to_owned()),
            action: Some(Reason::CheckWhetherItRanOrAsk {}),
            unknown: true,
            ..Trouble::new(cause)
        })
    }

    /// Refusals are in the words of the API, which may repeat what was sent to it.
    fn masked(self, mask: &Mask) -> Self {
        match self {
            Self::Reported(report) => Self::Reported(report),
            Self::Cancelled(said) => Self::Cancelled(mask.reason(said)),
            Self::Abandoned(said) => Self::Abandoned(mask.reason(said)),
            Self::Lost(trouble) => Self::Lost(Trouble {
                cause: mask.reason(trouble.cause),
                ..trouble
            }),
        }
    }
}
