//! The live stream: one per browser tab, saying what changed.

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, Method, header},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use esteira_shared::{
    event::{Change, Topic},
    ids::UserId,
};
use futures_util::Stream;
use tokio::sync::broadcast::{Receiver, error::RecvError};

use crate::{
    app::SharedApp,
    auth::{SignedIn, authenticate},
    engine::bus::Signal,
};

/// A stream outlives what its reader may do by at most this, should every signal be lost.
const JUDGE_AGAIN: Duration = Duration::from_secs(30);

/// What changed, live
///
/// Server-sent events. `hello` opens the stream; `change` carries `{"topic","id"}`; `reset` says that some were missed and
/// everything should be read again. A comment every 15 s keeps proxies awake.
#[utoipa::path(
    get, path = "/events", tag = "events", operation_id = "stream_events",
    responses((status = 200, content_type = "text/event-stream", body = Change)),
    security(("session" = []), ("token" = [])),
)]
pub async fn stream_events(
    SignedIn(principal): SignedIn,
    State(app): State<SharedApp>,
    headers: HeaderMap,
) -> Response {
    let state = Watch {
        receiver: app.bus.subscribe(),
        stopping: app.stopping.clone(),
        user: principal.user_id,
        organization: principal.organization_id,
        app,
        headers,
        greeted: false,
        judge_at: tokio::time::Instant::now() + JUDGE_AGAIN,
    };
    let stream = Sse::new(events(state)).keep_alive(KeepAlive::new().interval(Duration::from_secs(15)));
    let mut response = stream.into_response();
    // Proxies must pass each event on at once.
    response
        .headers_mut()
        .insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

struct Watch {
    receiver: Receiver<Signal>,
    stopping: tokio_util::sync::CancellationToken,
    user: UserId,
    organization: esteira_shared::ids::OrganizationId,
    app: SharedApp,
    headers: HeaderMap,
    greeted: bool,
    judge_at: tokio::time::Instant,
}

fn events(watch: Watch) -> impl Stream<Item = Result<Event, Infallible>> {
    futures_util::stream::unfold(Some(watch), |watch| async move {
        let mut watch = watch?;
        let event = watch.next().await?;
        Some((Ok(event), Some(watch)))
    })
}

impl Watch {
    /// The next event, or the end of the stream: the server stops, or the reader's rights are gone.
    async fn next(&mut self) -> Option<Event> {
        if !std::mem::replace(&mut self.greeted, true) {
            return Some(Event::default().event("hello").data("{}"));
        }
        loop {
            let signal = tokio::select! {
                () = self.stopping.cancelled() => return None,
                signal = self.receiver.recv() => signal,
                () = tokio::time::sleep_until(self.judge_at) => {
                    self.judge_at = tokio::time::Instant::now() + JUDGE_AGAIN;
                    self.still_allowed().await.then_some(())?;
                    continue;
                }
            };
            match signal {
                Ok(Signal::AccessChanged { user }) if user == self.user => {
                    self.still_allowed().await.then_some(())?;
                    return change(&Change {
                        topic: Topic::Session,
                        id: None,
                    });
                }
                Ok(Signal::Missed) | Err(RecvError::Lagged(_)) => {
                    return Some(Event::default().event("reset").data("{}"));
                }
                Ok(signal) => {
                    if let Some(seen) = signal.change_for(self.organization) {
                        return change(&seen);
                    }
                }
                Err(RecvError::Closed) => return None,
            }
        }
    }

    async fn still_allowed(&self) -> bool {
        authenticate(&self.app, &Method::GET, &self.headers).await.is_ok()
    }
}

fn change(change: &Change) -> Option<Event> {
    Event::default().event("change").json_data(change).ok()
}
