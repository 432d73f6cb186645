//! Answers that hold something until they are sent.

use futures_util::{Stream, StreamExt as _};

/// The same stream. What is held is dropped with it: at its end, or when its reader goes away.
pub fn holding<S: Stream>(held: impl Send + 'static, stream: S) -> impl Stream<Item = S::Item> {
    stream.inspect(move |_| {
        let _held = &held;
    })
}
