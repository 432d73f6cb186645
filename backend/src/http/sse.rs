//! The live stream: one per browser tab, saying what changed, and carrying the lines of the log that the tab shows.

use std::{convert::Infallible, time::Duration};

use axum::{
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, HeaderName, Method, header},
    response::{IntoResponse, Response},
};
use esteira_shared::{
    event::{Change, Topic},
    ids::{LogId, OrganizationId},
    permission::Permission,
};
use futures_util::Stream;
use serde::Deserialize;
use tokio::sync::broadcast::{
    Receiver,
    error::{RecvError, TryRecvError},
};

use crate::{
    app::SharedApp,
    auth::{Place, Principal, SignedIn, authenticate},
    bus::Signal,
    error::{AppError, AppResult},
    http::extract::Query,
    logs::{self, Seen},
};

/// When rights end and every signal is lost, the stream ends after this at the latest.
const JUDGE_AGAIN: Duration = Duration::from_secs(30);
/// Proxies close what is silent for longer.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Which log the stream carries beside.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct EventsQuery {
    /// Id of what writes the log, for example an execution.
    log: Option<LogId>,
    /// Number of the last line that is known; 0 for all of it. A reconnecting browser says so in `Last-Event-ID`.
    #[serde(default)]
    after: i64,
}

/// What changed, live; only what the reader may read
///
/// Server-sent events. `hello` opens the stream; `change` carries `{"topic","id"}`; `reset` says that some were missed and
/// everything should be read again. A comment every 15 s keeps proxies awake.
///
/// With `log`, `log` events carry its lines as `LogChunk`, without gap or repeat, each with the number of its last line as
/// the event's id. `behind` says that the reader was too slow and gets the next lines from the store; `log_end` that
/// nothing more will come. The reader needs the permission that the log was opened for.
///
/// A user, and an organisation, have a limited number of streams at once; over it the answer is 429 `too_many_at_once`.
#[utoipa::path(
    get, path = "/events", tag = "events", operation_id = "stream_events", params(EventsQuery),
    responses(
        (status = 200, content_type = "text/event-stream", body = Change),
        (status = 404, body = esteira_shared::error::ErrorBody),
        (status = 429, body = esteira_shared::error::ErrorBody),
    ),
)]
pub async fn stream_events(
    SignedIn(principal): SignedIn,
    State(app): State<SharedApp>,
    Query(query): Query<EventsQuery>,
    headers: HeaderMap,
) -> AppResult<Response> {
    let organization = principal.organization_id;
    let places = app.shares.stream(&principal)?;
    let log = match query.log {
        Some(id) => {
            let state = logs::find(&mut app.db.read().await?, organization, id)
                .await?
                .ok_or_else(|| AppError::not_found("log"))?;
            principal.require(state.permission)?;
            let after = last_event_id(&headers).unwrap_or(query.after);
            Some((app.log_feeds.watch(organization, id, after), state.permission))
        }
        None => None,
    };
    let (log, needs) = log.unzip();
    let state = Watch {
        receiver: app.bus.subscribe(),
        stopping: app.stopping.clone(),
        organization,
        principal,
        log,
        needs,
        _places: places,
        app,
        headers,
        greeted: false,
        judged: None,
    };
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-cache"),
        // Proxies must pass each event on at once.
        (HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    Ok((headers, Body::from_stream(events(state))).into_response())
}

fn last_event_id(headers: &HeaderMap) -> Option<i64> {
    headers.get("last-event-id")?.to_str().ok()?.trim().parse().ok()
}

struct Watch {
    receiver: Receiver<Signal>,
    stopping: tokio_util::sync::CancellationToken,
    organization: OrganizationId,
    /// The reader, with the rights that were seen last.
    principal: Principal,
    log: Option<logs::Watch>,
    /// The permission that readers of its log need.
    needs: Option<Permission>,
    /// Free again when the stream ends.
    _places: (Place, Place),
    app: SharedApp,
    headers: HeaderMap,
    greeted: bool,
    /// When the reader's rights were last looked at, and what [`crate::bus::Bus::access_epoch`] was before.
    judged: Option<(tokio::time::Instant, u64)>,
}

fn events(watch: Watch) -> impl Stream<Item = Result<Bytes, Infallible>> {
    futures_util::stream::unfold(Some(watch), |watch| async move {
        let mut watch = watch?;
        let event = watch.next().await?;
        Some((Ok(event), Some(watch)))
    })
}

impl Watch {
    /// The next event, or the end of the stream: the server stops, or the reader's rights are gone.
    async fn next(&mut self) -> Option<Bytes> {
        if !std::mem::replace(&mut self.greeted, true) {
            return Some(plain("hello"));
        }
        let silent = tokio::time::Instant::now() + KEEP_ALIVE;
        loop {
            self.judge().await?;
            // A watcher that is behind reads on whatever else happens, for on a busy server it would never catch up; what
            // happened meanwhile is looked at between two reads.
            if self.log.as_ref().is_some_and(logs::Watch::is_behind) {
                if self.stopping.is_cancelled() {
                    return None;
                }
                match self.receiver.try_recv() {
                    Err(TryRecvError::Empty) => {}
                    Err(TryRecvError::Closed) => return None,
                    Err(TryRecvError::Lagged(_)) => return Some(plain("reset")),
                    Ok(signal) => match self.heard(&signal) {
                        Some(event) => return Some(event),
                        None => continue,
                    },
                }
                if let Some(log) = &mut self.log {
                    match log.from_store().await {
                        Ok(Some(seen)) => return Some(told(seen)),
                        Ok(None) => {}
                        Err(error) => return broken(&error),
                    }
                }
            }
            let judge_at = self
                .judged
                .map_or_else(tokio::time::Instant::now, |(at, _)| at + JUDGE_AGAIN);
            let signal = tokio::select! {
                () = self.stopping.cancelled() => return None,
                signal = self.receiver.recv() => signal,
                seen = next_of(&mut self.log) => return seen.map_or_else(|error| broken(&error), |seen| Some(told(seen))),
                () = tokio::time::sleep_until(silent) => return Some(Bytes::from_static(b":\n\n")),
                () = tokio::time::sleep_until(judge_at) => continue,
                () = self.app.clock.sleep_until(self.principal.proved_until) => continue,
            };
            // Signals may have been lost, also one that says that rights ended: the number tells of those too.
            self.judge().await?;
            match signal {
                Err(RecvError::Lagged(_)) => return Some(plain("reset")),
                Err(RecvError::Closed) => return None,
                Ok(signal) => {
                    if let Some(event) = self.heard(&signal) {
                        return Some(event);
                    }
                }
            }
        }
    }

    /// What a signal means to this reader.
    fn heard(&self, signal: &Signal) -> Option<Bytes> {
        match signal {
            Signal::AccessChanged { user } if *user == self.principal.user_id => {
                let topic = Topic::Session;
                change(&Change { topic, id: None })
            }
            Signal::Missed => Some(plain("reset")),
            signal => {
                let heard = signal.change_for(self.organization).filter(|heard| {
                    let needs = heard.topic.permission();
                    needs.is_none_or(|permission| self.principal.may(permission))
                });
                heard.as_ref().and_then(change)
            }
        }
    }

    /// Checks whether the reader may still read: at first, since their rights may have ended while the stream was opened,
    /// then whenever anybody's rights changed, when their session or token ends, and now and then. Nothing when the stream
    /// has to end.
    async fn judge(&mut self) -> Option<()> {
        let (now, epoch) = (tokio::time::Instant::now(), self.app.bus.access_epoch());
        let proved = self.app.clock.now() < self.principal.proved_until;
        let holds = |(at, seen): (tokio::time::Instant, u64)| seen == epoch && now < at + JUDGE_AGAIN;
        if proved && self.judged.is_some_and(holds) {
            return Some(());
        }
        self.judged = Some((now, epoch));
        self.still_allowed().await.then_some(())
    }

    async fn still_allowed(&mut self) -> bool {
        let Ok(principal) = authenticate(&self.app.auth, &Method::GET, &self.headers).await else {
            return false;
        };
        self.principal = principal;
        self.needs.is_none_or(|permission| self.principal.may(permission))
    }
}

async fn next_of(log: &mut Option<logs::Watch>) -> AppResult<Seen> {
    match log {
        Some(log) => log.next().await,
        None => std::future::pending().await,
    }
}

fn told(seen: Seen) -> Bytes {
    match seen {
        Seen::Lines(frame) => frame,
        Seen::Behind => plain("behind"),
        Seen::Ended => plain("log_end"),
    }
}

/// Ends the stream: its reader comes back and goes on after the last line it has.
fn broken(error: &AppError) -> Option<Bytes> {
    tracing::warn!(error = %error, "a log cannot be read for its watcher");
    None
}

fn plain(event: &str) -> Bytes {
    Bytes::from(format!("event: {event}\ndata: {{}}\n\n"))
}

fn change(change: &Change) -> Option<Bytes> {
    let data = serde_json::to_string(change).ok()?;
    Some(Bytes::from(format!("event: change\ndata: {data}\n\n")))
}
