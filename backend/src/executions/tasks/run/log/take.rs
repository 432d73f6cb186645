//! Finds what of an answer is new, and hands it on to be kept.

use std::{sync::Arc, time::Duration};

use esteira_shared::{reason::Reason, status::LogLevel};
use futures_util::{StreamExt as _, stream::BoxStream};
use tokio::sync::mpsc;

use super::{Gone, Lines, ROOM, Shared};
use crate::{
    app::App,
    integrations::rpa::{ExternalJobId, Joining, RpaError, RpaLogLine, RpaLogList, Told},
    logs::{NewLine, lines_of},
};

/// Lines that may be known already wait for others this long.
const QUIET: Duration = Duration::from_secs(1);
/// A line that may hold the beginning of a password waits for the next one this long.
const SHARED_WAIT: Duration = Duration::from_millis(300);

/// Keeps what is new of a list. Its last line may not be whole while the robot is not over. Says whether it could be read.
pub(in crate::executions::tasks::run) async fn listed(
    app: &App,
    lines: &mpsc::Sender<Lines>,
    shared: &Shared,
    list: &RpaLogList,
    over: bool,
) -> Result<bool, Gone> {
    let mut joining = Joining::listed(&shared.cursor());
    loop {
        let mut all = match list.lines() {
            Ok(all) => all,
            Err(error) => {
                tracing::warn!(error = %error, "a robot's log cannot be read now; it is tried again");
                return Ok(false);
            }
        };
        while let Some(line) = all.next().await {
            if over || !line.unfinished {
                let ready = shared.seam().push(line);
                send(app, lines, shared, push(shared, &mut joining, ready)).await?;
            }
        }
        send(app, lines, shared, finish(shared, &mut joining)).await?;
        if !joining.asks_again() {
            return Ok(true);
        }
    }
}

/// Keeps what is new of a stream. Says whether it came to its end.
pub(super) async fn streamed(
    app: &App,
    id: &ExternalJobId,
    lines: &mpsc::Sender<Lines>,
    shared: &Shared,
    mut stream: BoxStream<'static, Result<RpaLogLine, RpaError>>,
    over: bool,
) -> Result<bool, Gone> {
    let mut joining = Joining::streamed(&shared.cursor());
    let mut whole = true;
    loop {
        let next = if joining.waits() {
            tokio::time::timeout(QUIET, stream.next()).await
        } else if shared.seam().is_waiting() {
            tokio::time::timeout(SHARED_WAIT, stream.next()).await
        } else {
            Ok(stream.next().await)
        };
        let told = match next {
            Ok(Some(Ok(line))) if over || !line.unfinished => {
                let ready = shared.seam().push(line);
                push(shared, &mut joining, ready)
            }
            Ok(Some(Ok(_))) => continue,
            Ok(Some(Err(error))) => {
                let error = shared.mask.text(format!("{error:#}"));
                tracing::debug!(job = %id, error, "the robot's log broke off; it is read on");
                whole = false;
                continue;
            }
            Ok(None) => {
                send(app, lines, shared, finish(shared, &mut joining)).await?;
                return Ok(whole);
            }
            Err(_) => finish(shared, &mut joining),
        };
        send(app, lines, shared, told).await?;
    }
}

/// Says in the log that it came in a form that nobody here reads, once for each.
pub(super) async fn unread(
    app: &App,
    lines: &mpsc::Sender<Lines>,
    shared: &Shared,
    error: &RpaError,
    told: &mut Option<Reason>,
) -> Result<(), Gone> {
    let reason = shared.mask.reason(error.reason());
    if !matches!(reason, Reason::LogFormUnknown { .. }) || told.as_ref() == Some(&reason) {
        return Ok(());
    }
    let line = Lines::own(app, LogLevel::Warn, &reason);
    *told = Some(reason);
    lines.send(line).await.map_err(|_| Gone)
}

/// Lines are compared as they are kept: without the password.
fn push(shared: &Shared, joining: &mut Joining, masked: Vec<RpaLogLine>) -> Vec<Told> {
    let mut told = Vec::new();
    for line in masked {
        joining.push(&mut shared.cursor(), line, &mut told);
    }
    told
}

/// Nothing more comes for now.
fn finish(shared: &Shared, joining: &mut Joining) -> Vec<Told> {
    let rest = shared.seam().rest();
    let mut told = push(shared, joining, rest);
    joining.settle(&mut shared.cursor(), &mut told);
    told
}

async fn send(app: &App, lines: &mpsc::Sender<Lines>, shared: &Shared, told: Vec<Told>) -> Result<(), Gone> {
    for told in told {
        match told {
            Told::Line { place, line } => send_line(app, lines, shared, place, line).await?,
            Told::Note(reason) => {
                let line = Lines::own(app, LogLevel::Warn, &reason);
                lines.send(line).await.map_err(|_| Gone)?;
            }
        }
    }
    Ok(())
}

/// One message of the robot as one line or several. Waits while too much is still to be kept.
async fn send_line(
    app: &App,
    lines: &mpsc::Sender<Lines>,
    shared: &Shared,
    place: u64,
    line: RpaLogLine,
) -> Result<(), Gone> {
    let source = i64::try_from(place).unwrap_or(i64::MAX);
    let at = line.at.unwrap_or_else(|| app.clock.now());
    let text = line.message;
    let bytes = u32::try_from(text.len().min(ROOM)).unwrap_or(1);
    let room = Arc::clone(&shared.room)
        .acquire_many_owned(bytes)
        .await
        .map_err(|_| Gone)?;
    let new = lines_of(&text).into_iter().map(|message| NewLine {
        source: Some(source),
        at,
        level: line.level,
        message,
    });
    let message = Lines {
        lines: new.collect(),
        id: line.id,
        room: Some(room),
    };
    lines.send(message).await.map_err(|_| Gone)
}
