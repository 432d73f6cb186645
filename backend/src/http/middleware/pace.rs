//! A least pace for bodies that may take as long as the line needs: uploads and imports.
//!
//! Such requests have no time-out. Without a least pace, one byte now and then would keep a connection, a handler and a file
//! open for days.

use std::{
    error::Error,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    body::{Body, Bytes, HttpBody},
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use esteira_shared::error::ErrorCode;
use http_body::{Frame, SizeHint};
use tokio::time::{Instant, Sleep, sleep};

use crate::{app::SharedApp, error::AppError};

/// Bytes in a second. Slower than this is slower than any line that people use.
const LEAST: u32 = 4 * 1024;

pub async fn layer(State(app): State<SharedApp>, request: Request, next: Next) -> Response {
    let patience = app.config.http.upload_patience;
    next.run(request.map(|body| Body::new(Paced::new(body, patience))))
        .await
}

/// The body came slower than it must.
#[derive(Debug, thiserror::Error)]
#[error("the body came too slowly")]
pub struct TooSlow;

/// Why a body did not come to its end: `timeout` when it was too slow, `malformed_request` when its sender went away.
#[must_use]
pub fn broken_off(error: axum::Error) -> AppError {
    let mut cause: Option<&(dyn Error + 'static)> = Some(&error);
    while let Some(one) = cause {
        if one.is::<TooSlow>() {
            let message = format!("the body came slower than {LEAST} bytes in a second and was given up");
            return AppError::new(ErrorCode::Timeout, message).with_cause(error);
        }
        cause = one.source();
    }
    AppError::new(ErrorCode::MalformedRequest, "the body broke off; send it again").with_cause(error)
}

/// Only waiting for the sender counts: it uses up the patience, and what comes gives it back at the least pace. So a pause is
/// forgiven, and a fast beginning does not buy hours of silence.
struct Paced {
    body: Body,
    patience: Duration,
    left: Duration,
    waiting: Option<(Instant, Pin<Box<Sleep>>)>,
}

impl Paced {
    fn new(body: Body, patience: Duration) -> Self {
        Self {
            body,
            patience,
            left: patience,
            waiting: None,
        }
    }

    /// Something came, or the end.
    fn came(&mut self, bytes: usize) {
        if let Some((since, _)) = self.waiting.take() {
            self.left = self.left.saturating_sub(since.elapsed());
        }
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        let earned = Duration::from_secs(bytes.into()) / LEAST;
        self.left = (self.left + earned).min(self.patience);
    }
}

impl HttpBody for Paced {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(context) {
            let bytes = match &frame {
                Some(Ok(frame)) => frame.data_ref().map_or(0, Bytes::len),
                Some(Err(_)) | None => 0,
            };
            self.came(bytes);
            return Poll::Ready(frame);
        }
        let left = self.left;
        let (_, sleep) = self
            .waiting
            .get_or_insert_with(|| (Instant::now(), Box::pin(sleep(left))));
        match sleep.as_mut().poll(context) {
            Poll::Ready(()) => Poll::Ready(Some(Err(axum::Error::new(TooSlow)))),
            Poll::Pending => Poll::Pending,
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use futures_util::{Stream, StreamExt as _, stream};

    use super::*;
    use crate::http::extract::whole;

    /// So many pieces of so many bytes, each after a pause.
    fn body(pieces: usize, bytes: usize, pause: Duration) -> Body {
        Body::from_stream(stream::unfold(pieces, move |left| async move {
            let left = left.checked_sub(1)?;
            sleep(pause).await;
            Some((Ok::<_, Infallible>(vec![b'x'; bytes]), left))
        }))
    }

    async fn read(body: Body, patience: Duration) -> Result<usize, ErrorCode> {
        let paced = Body::new(Paced::new(body, patience));
        let read = whole(paced, usize::MAX).await;
        read.map(|bytes| bytes.len()).map_err(|error| error.code())
    }

    const PATIENCE: Duration = Duration::from_millis(200);
    const PAUSE: Duration = Duration::from_millis(20);

    #[tokio::test]
    async fn a_trickle_is_given_up() {
        let trickle = body(500, 1, PAUSE);
        let started = Instant::now();
        assert_eq!(read(trickle, PATIENCE).await, Err(ErrorCode::Timeout));
        assert!(started.elapsed() < PAUSE * 100, "{:?}", started.elapsed());
    }

    #[tokio::test]
    async fn a_fast_beginning_does_not_buy_silence() {
        let begun =
            Body::from_stream(stream::once(async { Ok::<_, Infallible>(vec![0_u8; 1_000_000]) }).chain(silence()));
        assert_eq!(read(begun, PATIENCE).await, Err(ErrorCode::Timeout));
    }

    fn silence() -> impl Stream<Item = Result<Vec<u8>, Infallible>> {
        stream::pending()
    }

    #[tokio::test]
    async fn who_keeps_the_pace_is_read_to_the_end() {
        // Far longer than the patience, at 50 kB in a second.
        assert_eq!(read(body(40, 1_000, PAUSE), PATIENCE).await, Ok(40_000));
    }
}
