//! Makes sure that a refusal arrives.
//!
//! When a server closes while the other side still sends, the kernel throws the answer away. Instead of "too large" the
//! sender sees a broken connection (RFC 9112, section 9.6). So the rest of a refused body is read and dropped for a
//! while.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    body::{Body, Bytes, HttpBody},
    extract::Request,
    http::header,
    middleware::Next,
    response::Response,
};
use futures_util::StreamExt as _;
use http_body::{Frame, SizeHint};

/// How long the rest of one body is listened to.
const LONGEST: Duration = Duration::from_secs(30);
/// A sender that pauses for this long has read the answer, or never will.
const PAUSE: Duration = Duration::from_secs(2);

pub async fn layer(request: Request, next: Next) -> Response {
    // Who asks before sending need not be listened to: the answer says no.
    let asks_first = request.headers().contains_key(header::EXPECT);
    let wrap = |body| {
        Body::new(Lingering {
            body,
            begun: !asks_first,
        })
    };
    next.run(request.map(wrap)).await
}

struct Lingering {
    body: Body,
    begun: bool,
}

impl HttpBody for Lingering {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.begun = true;
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Lingering {
    fn drop(&mut self) {
        if self.begun && !self.body.is_end_stream() {
            let mut rest = std::mem::take(&mut self.body).into_data_stream();
            tokio::spawn(tokio::time::timeout(LONGEST, async move {
                while let Ok(Some(Ok(_))) = tokio::time::timeout(PAUSE, rest.next()).await {}
            }));
        }
    }
}
